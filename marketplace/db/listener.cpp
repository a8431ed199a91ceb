#include "marketplace/db/listener.hpp"

#include <cerrno>
#include <map>
#include <mutex>
#include <thread>

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/assert.hpp"

namespace berth::db {
namespace {

constexpr auto kNotify = "SELECT pg_notify('berth', $1)";
constexpr auto kListen = "LISTEN berth";

using Steady = std::chrono::steady_clock;
using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Session Open(const std::string& url)
{
    Session session{PQconnectdb(url.c_str()), PQfinish};
    if (PQstatus(session.get()) != CONNECTION_OK) return {nullptr, PQfinish};
    PQclear(PQexec(session.get(), kListen));
    return session;
}

}  // namespace

void Notify(pqxx::transaction_base& tx, const std::string& topic)
{
    tx.exec_params(kNotify, topic);
}

struct Listener::State {
    explicit State(Options given)
        : options{std::move(given)}, stop{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}
    {
        BERTH_ASSERT(stop >= 0);
    }
    ~State() { ::close(stop); }

    void WakeAll()
    {
        const std::scoped_lock lock{mutex};
        for (const auto& [topic, wakes] : subscribers) {
            for (const auto& [id, wake] : wakes) wake();
        }
    }
    void WakeTopic(const std::string& topic)
    {
        const std::scoped_lock lock{mutex};
        for (const auto& who : {topic, std::string{}}) {
            const auto found = subscribers.find(who);
            if (found == subscribers.end()) continue;
            for (const auto& [id, wake] : found->second) wake();
        }
    }
    void Remove(const std::string& topic, std::uint64_t id)
    {
        const std::scoped_lock lock{mutex};
        const auto found = subscribers.find(topic);
        if (found == subscribers.end()) return;
        found->second.erase(id);
        if (found->second.empty()) subscribers.erase(found);
    }

    /// Waits for the session's socket until the belt is due. False when it is time to stop.
    bool Wait(const PGconn* session, Steady::time_point until) const
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
        pollfd descriptors[2] = {
            {.fd = stop, .events = POLLIN, .revents = 0},
            {.fd = session ? PQsocket(session) : -1, .events = POLLIN, .revents = 0}};
        ::poll(descriptors, session ? 2 : 1, std::max(0, static_cast<int>(left.count())));
        return (descriptors[0].revents & POLLIN) == 0;
    }

    bool Deliver(PGconn* session)
    {
        if (PQconsumeInput(session) == 0) return false;
        while (auto* notice = PQnotifies(session)) {
            WakeTopic(notice->extra);
            PQfreemem(notice);
        }
        return true;
    }

    void Run()
    {
        Session session{nullptr, PQfinish};
        auto belt = Steady::now() + options.belt;
        do {
            if (!session) {
                session = Open(options.url);
                if (session) WakeAll();  // For what was told while nobody listened.
            } else if (!Deliver(session.get())) {
                session.reset();
            }
            if (Steady::now() >= belt) {
                WakeAll();
                belt = Steady::now() + options.belt;
            }
        } while (Wait(session.get(), session ? belt : Steady::now() + kReconnect));
    }

    static constexpr std::chrono::milliseconds kReconnect{500};
    const Options options;
    const int stop;
    std::thread thread;
    std::mutex mutex;
    std::map<std::string, std::map<std::uint64_t, std::function<void()>>> subscribers;
    std::uint64_t last_id = 0;
};

class Listener::Subscription {
public:
    Subscription(std::shared_ptr<State> state, std::string topic, std::uint64_t id)
        : state_{std::move(state)}, topic_{std::move(topic)}, id_{id}
    {
    }
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription() { state_->Remove(topic_, id_); }

private:
    std::shared_ptr<State> state_;
    std::string topic_;
    std::uint64_t id_;
};

Listener::Listener(Options options) : state_{std::make_shared<State>(std::move(options))}
{
    state_->thread = std::thread{[state = state_.get()] { state->Run(); }};
}

Listener::~Listener()
{
    const std::uint64_t one = 1;
    while (::write(state_->stop, &one, sizeof one) < 0 && errno == EINTR) {}
    state_->thread.join();
}

std::shared_ptr<Listener::Subscription> Listener::Subscribe(const std::string& topic,
                                                            std::function<void()> wake)
{
    const std::scoped_lock lock{state_->mutex};
    const auto id = ++state_->last_id;
    state_->subscribers[topic].emplace(id, std::move(wake));
    return std::make_shared<Subscription>(state_, topic, id);
}

}  // namespace berth::db
