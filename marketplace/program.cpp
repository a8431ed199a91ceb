#include "marketplace/program.hpp"

#include <chrono>
#include <vector>

#include "akash/cli_chain_reader.hpp"
#include "core/base/clock.hpp"
#include "core/base/command_runner.hpp"
#include "core/base/file.hpp"
#include "core/probe/relay_probe.hpp"
#include "core/probe/resolver.hpp"
#include "core/rails/rippled/rippled_ledger.hpp"
#include "core/rails/xrp.hpp"
#include "marketplace/claims/claim_intake.hpp"
#include "marketplace/configured.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/method_table.hpp"
#include "marketplace/orders/catalogue.hpp"
#include "marketplace/orders/intake.hpp"
#include "marketplace/payments/fresh_channels.hpp"
#include "marketplace/proof/activate.hpp"
#include "marketplace/proof/book_fee.hpp"
#include "marketplace/proof/book_lease.hpp"
#include "marketplace/proof/confirm_closed.hpp"
#include "marketplace/proof/observe_channel.hpp"
#include "marketplace/proof/reserve.hpp"
#include "marketplace/proof/sweeper.hpp"
#include "marketplace/proof/verify_relay.hpp"
#include "marketplace/queue/executor.hpp"
#include "marketplace/rpc/dispatcher.hpp"
#include "marketplace/rpc/session_store.hpp"
#include "marketplace/rpc/work_pool.hpp"

namespace berth::marketplace {
namespace {

using namespace std::chrono_literals;

constexpr auto kDrain = 10s;
constexpr auto kSweep = 10min;
constexpr int kCommandsAtOnce = 2;  // Each child takes 165 MiB.

int ThreadsOf(const config::Config& config)
{
    return static_cast<int>(config.Integer("database.connections"));
}

rpc::Subscribe SubscribeTo(db::Listener& listener)
{
    return [&listener](const std::string& topic, std::function<void()> wake) {
        return listener.Subscribe(topic, std::move(wake));
    };
}

/// Where everything is kept.
struct Storage {
    explicit Storage(const config::Config& config)
        : database{{.url = DatabaseUrl(config), .connections = ThreadsOf(config)}},
          listener{{.url = DatabaseUrl(config), .belt = config.Duration("jobs.poll")}},
          sessions{database}
    {
    }

    db::Database database;
    db::Listener listener;
    rpc::SessionStore sessions;
};

/// Orders, and the workers that carry them out.
struct Orders {
    Orders(const config::Config& config, const std::string& marketplace, Storage& storage, Log& log)
        : settings{OrderSettings(config, marketplace)},
          queue{QueueSettings(config)},
          catalogue{storage.database, storage.listener, settings},
          intake{{.url = DatabaseUrl(config),
                  .queue_max = settings.intake_queue_max,
                  .batch_max = settings.intake_batch_max},
                 log},
          orders{{storage.database, catalogue, intake, settings}},
          workers{{storage.database, log, settings, queue}}
    {
    }

    const orders::Settings settings;
    const queue::Settings queue;
    orders::Catalogue catalogue;
    orders::Intake intake;
    orders::OrderHandlers orders;
    orders::WorkerHandlers workers;
};

/// Channels and claims of the xrp rail.
struct Payments {
    Payments(const config::Config& config, const std::string& marketplace, db::Database& database)
        : settings{PaymentSettings(config, marketplace)},
          resolver{ResolversOf(config)},
          ledger{{.url = config.Text("rails.xrp.url"), .route = {.resolver = &resolver}}},
          channels{ledger, settings},
          intake{database, settings.policy},
          payments{{database, channels, verifier, intake}}
    {
    }

    const payments::Settings settings;
    const rails::XrpClaimVerifier verifier;
    const probe::Resolver resolver;
    rails::rippled::RippledLedger ledger;
    payments::FreshChannels channels;
    claims::ClaimIntake intake;
    claims::PaymentHandlers payments;
};

/// What the marketplace does itself: reserve, prove, book, close, and what time alone brings.
struct Duties {
    Duties(const config::Config& config, const nostr::SecretKey& key, Storage& storage,
           Orders& orders, Payments& payments, const Clock& clock, Log& log)
        : runner{kCommandsAtOnce},
          chain{runner, ChainPrograms(config)},
          probe{ProbeOptions(config), key, clock},
          parts{storage.database, orders.catalogue, chain, pace, probe, clock, log,
                orders.settings,  orders.queue},
          observe{storage.database, payments.channels},
          sweeper{parts},
          executor{{.database = storage.database,
                    .listener = storage.listener,
                    .log = log,
                    .settings = orders.queue,
                    .threads = static_cast<int>(config.Integer("duty_threads"))},
                   {&reserve, &verify, &activate, &book, &confirm, &fee, &observe}}
    {
    }

    ProcessRunner runner;
    akash::CliChainReader chain;
    akash::BlockPace pace;
    probe::NetworkRelayProbe probe;
    const proof::Parts parts;
    proof::Reserve reserve{parts};
    proof::VerifyRelay verify{parts};
    proof::Activate activate{parts};
    proof::BookLease book{parts};
    proof::ConfirmClosed confirm{parts};
    proof::BookFee fee{parts};
    proof::ObserveChannel observe;
    proof::Sweeper sweeper;
    queue::Executor executor;
};

}  // namespace

/// In the order of their making; they end in the reverse.
struct Program::Parts {
    Parts(const config::Config& config, Log& log_)
        : key{MarketplaceKey(config)},
          log{log_},
          storage{config},
          orders{config, key.pubkey(), storage, log},
          payments{config, key.pubkey(), storage.database},
          duties{config, key, storage, orders, payments, clock, log},
          operators{storage.database, OperatorSettings(config, key.pubkey())},
          finance{storage.database},
          relays{{storage.database, payments.channels, payments.verifier}},
          authentication{storage.sessions, AuthenticationOptions(config)},
          methods{MethodTable({orders.orders, payments.payments, orders.workers, operators, finance,
                               relays, authentication})},
          pool{{.threads = ThreadsOf(config)}},
          dispatcher{{authentication, pool, clock, log, SubscribeTo(storage.listener)}},
          server{ServerOptions(config),
                 methods,
                 {dispatcher, pool, SubscribeTo(storage.listener),
                  [this] { return storage.sessions.Answers(); }}}
    {
    }

    SystemClock clock;
    const nostr::SecretKey key;
    Log& log;
    Storage storage;
    Orders orders;
    Payments payments;
    Duties duties;
    operators::OperatorHandlers operators;
    ledger::FinanceHandlers finance;
    relays::RelayHandlers relays;
    rpc::Authentication authentication;
    const std::vector<rpc::Method> methods;
    rpc::WorkPool pool;
    rpc::Dispatcher dispatcher;
    rpc::Server server;
};

Program::Program(const config::Config& config, Log& log)
    : parts_{std::make_unique<Parts>(config, log)}
{
    auto& parts = *parts_;
    const auto& address = parts.server.address();
    parts.authentication.AddAuthorities(AuthoritiesOf(address));  // The port, if it was 0.
    parts.pool.Repeat(kSweep, [&parts] {
        if (const auto swept = parts.storage.sessions.Sweep(); !swept) {
            parts.log.Warning("sessions not swept", {{"reason", swept.error().reason}});
        }
    });
    const auto& ready_file = config.Text("ready_file");
    if (!ready_file.empty()) OrThrow(WriteFileAtomically(ready_file, address + "\n", 0644));
    log.Info("serving", {{"address", address}, {"marketplace", parts.key.pubkey()}});
}

Program::~Program() = default;

const std::string& Program::address() const { return parts_->server.address(); }

void Program::Drain() { parts_->server.Drain(Deadline::After(kDrain)); }

}  // namespace berth::marketplace
