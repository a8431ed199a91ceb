#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/error.hpp"
#include "core/rails/lnd_sandbox/rest.hpp"

namespace berth::rails::lnd_sandbox {

/// An HTTPS server on one thread. Ends by SIGTERM or SIGINT.
class Server {
public:
    /// What answers; both are called on the server's thread.
    struct Handler {
        std::function<std::chrono::milliseconds(const RestCall&)> delay;
        std::function<RestAnswer(const RestCall&)> answer;
    };

    /// Binds `address:port`, port 0 being a free one, with tls.cert and tls.key of `folder`.
    /// Errors: kUnavailable `NOT_BOUND`.
    static Result<std::unique_ptr<Server>> Bind(const std::string& address,
                                                const std::string& folder);
    ~Server();

    /// Where it listens, `address:port`.
    std::string address() const;
    /// Serves until a signal comes.
    void Run(Handler handler);

private:
    struct State;
    explicit Server(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace berth::rails::lnd_sandbox
