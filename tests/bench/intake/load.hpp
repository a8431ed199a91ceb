#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace berth::bench {

/// A signed order, ready to be sent.
struct SignedOrder {
    std::string event_id;
    std::string request;  ///< PlaceOrderRequest, serialized.
};

/// What came of sending orders.
struct LoadResult {
    std::vector<std::string> acknowledged;  ///< Event ids.
    std::vector<std::chrono::microseconds> latencies;
    std::chrono::duration<double> elapsed{0};
    std::size_t refused = 0;
    std::string first_refusal;

    double PerSecond() const { return static_cast<double>(acknowledged.size()) / elapsed.count(); }
    /// Latency that the given part of the answers stayed below, in milliseconds.
    double Quantile(double part) const;
};

struct LoadOptions {
    std::string address;
    int in_flight = 256;
    int connections = 4;
    /// Called once half of the orders were answered; may kill the server.
    std::function<void()> halfway{};
};

/// Sends each order once, from one thread with a completion queue, `in_flight` at a time.
LoadResult Send(const std::vector<SignedOrder>& orders, const LoadOptions& options);

}  // namespace berth::bench
