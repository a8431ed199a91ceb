#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace berth::probe {

/// How a FakeRelay behaves; a well-behaved one by default.
struct RelayManners {
    bool demands_auth = false;
    bool refuses_events = false;
    bool forgets_events = false;
    bool ignores_close = false;
    bool dashboard_is_open = false;
    int health_status = 200;
    int max_subscriptions = 20;
    bool hangs = false;
};

/// A relay behind TLS on a free port of loopback, with a certificate for one name that it makes
/// itself.
class FakeRelay {
public:
    FakeRelay(const std::string& host, RelayManners manners, int days = 90);
    ~FakeRelay();

    int port() const;
    std::string ca_file() const;  ///< The self-signed certificate.

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace berth::probe
