#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <pqxx/pqxx>

namespace berth::db {

/// Tells every process, after this transaction has committed, that something about `topic` changed:
/// `queue/{operator}`, `orders/{id}`, `balance/{customer}`, `catalogue`, `wallet/{address}`.
/// Equal topics of one transaction are told once.
void Notify(pqxx::transaction_base& tx, const std::string& topic);

/// One thread that listens to the database and wakes who waits for a topic. A wake-up is a hint: it
/// may come without a change, and comes to everybody every `belt` in case that one was lost.
/// Thread-safe.
class Listener {
public:
    struct Options {
        std::string url;
        std::chrono::milliseconds belt{5000};
    };
    /// Ends a subscription when it is destroyed; after that its wake-up is not called any more.
    class Subscription;

    explicit Listener(Options options);
    ~Listener();

    /// Calls `wake` on the listener's thread; it must be quick and must not subscribe or
    /// unsubscribe. An empty topic stands for every topic.
    [[nodiscard]] std::shared_ptr<Subscription> Subscribe(const std::string& topic,
                                                          std::function<void()> wake);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace berth::db
