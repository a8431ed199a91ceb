#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::rails::sandbox {

/// An HTTP server on one thread that hands POST bodies to a handler and calls back on a timer. Ends
/// by SIGTERM or SIGINT.
class Server {
public:
    using Handler = std::function<std::string(std::string_view body)>;

    /// Binds `address:port`; port 0 is a free one. Errors: kUnavailable `NOT_BOUND`.
    static Result<std::unique_ptr<Server>> Bind(const std::string& address);
    ~Server();

    /// Where it listens, `address:port`.
    std::string address() const;
    /// Serves until a signal comes; `tick` is called every `interval`.
    void Run(Handler handler, std::function<void()> tick, std::chrono::milliseconds interval);

private:
    struct State;
    explicit Server(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace berth::rails::sandbox
