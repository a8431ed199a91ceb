#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "relay-image/fanout/fanout.hpp"
#include "relay-image/payment/paywall.hpp"
#include "relay-image/session/figures.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// What a scrape is told besides the figures of the sessions.
struct MetricsState {
    std::string version;
    std::size_t connections = 0;
    std::size_t subscriptions = 0;
    bool database_up = false;
    std::optional<StoreFigures> store;  ///< Nothing while the store does not answer.
    std::size_t members = 0;
    std::size_t banned_pubkeys = 0;
    std::size_t banned_events = 0;
    std::size_t warnings = 0;          ///< As /health tells.
    std::chrono::microseconds cpu{0};  ///< Of all threads, since the start.
    std::int64_t memory_bytes = 0;
    std::int64_t disk_free_bytes = 0;
    std::chrono::seconds uptime{0};
    std::optional<PaymentFigures> payments = {};  ///< Nothing where publishing is free.
    RedisState redis = RedisState::kDisabled;
    FanoutFigures fanout = {};
};

/// The figures in the text format of Prometheus: `nostr_...` under the names that dashboards for
/// relays use, all else as `berth_relay_...` with units in the names.
std::string MetricsText(const Figures& figures, const MetricsState& state);

}  // namespace berth::relay
