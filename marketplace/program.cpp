#include "marketplace/program.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"
#include "core/nostr/keys.hpp"
#include "core/nostr/published_keys.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/rpc/authentication.hpp"
#include "marketplace/rpc/dispatcher.hpp"
#include "marketplace/rpc/server.hpp"
#include "marketplace/rpc/session_store.hpp"
#include "marketplace/rpc/work_pool.hpp"

namespace berth::marketplace {
namespace {

using namespace std::chrono_literals;

constexpr auto kDrain = 10s;
constexpr auto kSweep = 10min;
constexpr auto kBelt = 1s;  // How long a lost wake-up, or a drain, may go unnoticed by a stream.

/// The value, or the end of the start.
template <typename T>
T OrThrow(Result<T> result)
{
    if (!result) throw std::runtime_error(result.error().reason + ": " + result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

nostr::SecretKey KeyOf(const config::Config& config)
{
    const auto& text = config.SecretOf("key_file");
    if (text.empty()) throw std::runtime_error("key_file is not set: the marketplace needs a key");
    auto key = OrThrow(nostr::SecretKey::Parse(text.Expose()));
    if (nostr::IsPublishedTestKey(key)) {
        throw std::runtime_error("key_file holds a key that is published in test vectors");
    }
    return key;
}

std::set<std::string> KeysOf(const config::Config& config, std::string_view setting)
{
    std::set<std::string> keys;
    for (const auto& text : config.List(setting)) keys.insert(OrThrow(nostr::ParsePubkey(text)));
    return keys;
}

rpc::Authentication::Options AuthenticationOf(const config::Config& config)
{
    const auto& names = config.List("authorities");
    return {.admins = KeysOf(config, "admins"),
            .finance = KeysOf(config, "finance"),
            .authorities = {names.begin(), names.end()},
            .session_lifetime =
                std::chrono::floor<std::chrono::seconds>(config.Duration("session_lifetime"))};
}

rpc::Server::Options ServerOf(const config::Config& config)
{
    rpc::Server::Options options;
    options.address = config.Text("address");
    options.insecure = config.Bool("insecure");
    options.key = config.SecretOf("tls.key_file");
    const auto& certificate = config.Text("tls.certificate_file");
    options.services = {};
    if (!certificate.empty()) options.certificate = OrThrow(ReadFile(certificate));
    return options;
}

int ThreadsOf(const config::Config& config)
{
    return static_cast<int>(config.Integer("database.connections"));
}

}  // namespace

std::string DatabaseUrl(const config::Config& config)
{
    const auto& secret = config.SecretOf("database.url_file");
    if (!secret.empty()) return secret.Expose();
    if (config.Text("database.url").empty()) {
        throw std::runtime_error("neither database.url nor database.url_file is set");
    }
    return config.Text("database.url");
}

/// In the order of their making; they end in the reverse.
struct Program::Parts {
    Parts(const config::Config& config, Log& log_)
        : key{KeyOf(config)},
          log{log_},
          database{{.url = DatabaseUrl(config), .connections = ThreadsOf(config)}},
          listener{{.url = DatabaseUrl(config), .belt = kBelt}},
          sessions{database},
          authentication{sessions, AuthenticationOf(config)},
          pool{{.threads = ThreadsOf(config)}},
          dispatcher{{authentication, pool, clock, log, SubscribeTo(listener)}},
          methods{MakeMethods()},
          server{ServerOf(config), methods,
                 {dispatcher, pool, SubscribeTo(listener), [this] { return sessions.Answers(); }}}
    {
    }

    static rpc::Subscribe SubscribeTo(db::Listener& listener)
    {
        return [&listener](const std::string& topic, std::function<void()> wake) {
            return listener.Subscribe(topic, std::move(wake));
        };
    }

    std::vector<rpc::Method> MakeMethods() { return {}; }

    SystemClock clock;
    const nostr::SecretKey key;
    Log& log;
    db::Database database;
    db::Listener listener;
    rpc::SessionStore sessions;
    rpc::Authentication authentication;
    rpc::WorkPool pool;
    rpc::Dispatcher dispatcher;
    const std::vector<rpc::Method> methods;
    rpc::Server server;
};

Program::Program(const config::Config& config, Log& log)
    : parts_{std::make_unique<Parts>(config, log)}
{
    auto& parts = *parts_;
    const auto& address = parts.server.address();
    parts.authentication.AddAuthority(address);
    parts.authentication.AddAuthority("localhost" + address.substr(address.rfind(':')));
    parts.pool.Repeat(kSweep, [&parts] {
        if (const auto swept = parts.sessions.Sweep(); !swept) {
            parts.log.Warning("sessions not swept", {{"reason", swept.error().reason}});
        }
    });
    const auto& ready_file = config.Text("ready_file");
    if (!ready_file.empty()) OrThrow(WriteFileAtomically(ready_file, address + "\n", 0644));
    log.Info("serving", {{"address", address}, {"marketplace", parts.key.pubkey()}});
}

Program::~Program() = default;

const std::string& Program::address() const
{
    return parts_->server.address();
}

void Program::Drain()
{
    parts_->server.Drain(Deadline::After(kDrain));
}

}  // namespace berth::marketplace
