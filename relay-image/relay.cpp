#include "relay-image/relay.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/base/file.hpp"
#include "relay-image/archive/archive_schedule.hpp"
#include "relay-image/backup/backup_schedule.hpp"
#include "relay-image/fanout/replicas.hpp"
#include "relay-image/governance/announcement.hpp"
#include "relay-image/governance/profile.hpp"
#include "relay-image/http/dashboard_pages.hpp"
#include "relay-image/http/management_endpoint.hpp"
#include "relay-image/http/metrics_page.hpp"
#include "relay-image/http/moderation_pages.hpp"
#include "relay-image/http/payment_endpoint.hpp"
#include "relay-image/http/process_figures.hpp"
#include "relay-image/http/public_pages.hpp"
#include "relay-image/http/server.hpp"
#include "relay-image/life/descriptors.hpp"
#include "relay-image/life/hand_over.hpp"
#include "relay-image/mirror/mirrors.hpp"
#include "relay-image/payment/payments.hpp"
#include "relay-image/retention/retention.hpp"
#include "relay-image/session/written_events.hpp"
#include "relay-image/storage/hot_tail_filler.hpp"
#include "relay-image/storage/housekeeper.hpp"
#include "relay-image/storage/watched_event_store.hpp"
#include "relay-image/transport/listening.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kTick = 2ms;
const unsigned kVerifiers = std::max(1U, std::thread::hardware_concurrency());
constexpr auto kTendEvery = 1s, kCertificateLook = 10s, kDrainLimit = 10s, kGoodbyeLimit = 2s;

/// All parts of a running relay, in the order in which they need each other.
class Relay {
public:
    Relay(const RelaySettings& settings, const Clock& clock, Log& log, SettingsSource again)
        : settings_{settings},
          again_{std::move(again)},
          log_{log},
          access_{settings.access},
          clock_{clock},
          tail_{settings.storage.is_postgres() ? settings.hot_bytes : 0},
          replicas_{{settings.storage.database_url, settings.fanout},
                    PeerPorts(clock),
                    [this](bool alone) { tail_.Trust(alone); }},
          store_{MakeStoreFactory(settings.storage, &replicas_.watch())},
          watched_store_{Watching(store_, tail_)},
          writing_store_{Watching(store_, tail_, WatchedEventStore::StoredTold::kByCaller)},
          payments_{Payments::Make(
              settings.payment, store_, [this](const auto& key) { return access_.IsMember(key); },
              clock, log)},
          archive_{settings.archive, store_, access_, clock, log},
          retention_{settings.retention,
                     ClassesBy(access_, [this](const auto& key) { return paywall().HasPaid(key); }),
                     log,
                     [this](auto& store, auto& event) { return archive_.MayForget(store, event); }},
          written_{{io_, tail_, sessions_, paywall(), replicas_.fanout(),
                    [this](auto& event) { mirrors_.Offer(event); }}},
          writer_{writing_store_, settings.storage.writers(), log,
                  [this](auto written) { written_.Tell(std::move(written)); }},
          filler_{store_, tail_, clock},
          readers_{watched_store_, settings.reader_threads},
          membership_{access_, clock, settings_.self_key,
                      [this](auto event) { Publish(std::move(event)); }},
          governor_{watched_store_, access_, clock, log,
                    [this](const auto& change) { Obey(change); }},
          housekeeper_{watched_store_, clock, log,
                       [this](auto& store, auto now) {
                           return Loaded() && retention_.WorkOrWarn(store, now);
                       }},
          intake_{settings_.limits, access_, clock, *throttle_, paywall(), writer_, kVerifiers},
          context_{settings_.profile, settings_.limits,  access_,  clock,      log,     intake_,
                   readers_,          sessions_,         figures_, *throttle_, shared_, tail_,
                   paywall(),         replicas_.fanout()},
          management_{io_, context_, governor_},
          dashboard_{io_, context_, settings.dashboard, store_},
          moderation_{io_, context_, governor_, dashboard_.token()},
          payment_pages_{io_, context_, payments_ ? (*payments_)->invoices() : nullptr},
          server_{context_, routes_, settings_.transport},
          ports_{io_, settings_.transport, tls_, *throttle_, server_},
          mirrors_{settings.mirrors, MirrorPorts(clock)},
          backups_{settings.backup, store_, clock, log}
    {
        const auto health = [this] { return CurrentHealth(); };
        AddPublicPages(routes_, context_, health);
        dashboard_.AddTo(routes_);
        management_.AddTo(routes_);
        intake_.AnswerRequestsBy(membership_, governor_);
        context_.invite = [this](const auto& keys, auto invited) {
            membership_.Invite(governor_, keys, std::move(invited));
        };
        moderation_.AddTo(routes_, dashboard_);
        payment_pages_.AddTo(routes_);
        AddMetrics(routes_, context_, dashboard_, {health, settings_.public_metrics});
        if (settings.storage.is_postgres()) replicas_.Start();
    }
    Relay(const Relay&) = delete;
    ~Relay() { replicas_.Stop(); }

    Result<void> Run()
    {
        if (!payments_) return payments_.error();
        AllowManyDescriptors();
        if (const auto listening = Listen(); !listening) return listening;
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) signals_.add(signal);
        AwaitSignal();
        SignalReadiness();
        TendSessions();
        WatchCertificate();
        io_.run();
        log_.Info("stopped");
        return {};
    }

private:
    using Steady = std::chrono::steady_clock;
    void AwaitSignal()
    {
        signals_.async_wait([this](auto error, int signal) {
            if (error) return;
            if (signal == SIGHUP) Reload();
            if (signal == SIGUSR2) StartHandOver();
            if (signal == SIGTERM || signal == SIGINT) return Drain();
            AwaitSignal();
        });
    }

    /// Takes the settings that can change while clients are connected; all of them or none.
    void Reload()
    {
        if (!again_) return;
        const auto settings = again_();
        const auto applied = settings ? Apply(*settings) : Result<void>{settings.error()};
        if (applied) return log_.Info("settings reloaded");
        log_.Error("settings kept",
                   {{"reason", applied.error().reason}, {"error", applied.error().message}});
    }

    Result<void> Apply(const RelaySettings& settings)
    {
        if (const auto used = UseCertificate(settings.transport); !used) return used;
        settings_.transport = settings.transport;
        settings_.profile = WithFeesOf(settings_.profile, settings.profile);
        settings_.limits = settings.limits;
        throttle_->Use(settings.transport.rates);
        intake_.Use(settings.limits);
        return {};
    }

    Result<void> UseCertificate(const TransportSettings& transport)
    {
        return transport.tls ? tls_.Use(*transport.tls) : Result<void>{};
    }

    /// Looks every now and then whether the certificate was renewed.
    void WatchCertificate()
    {
        if (!again_ || !settings_.transport.tls) return;
        watching_.expires_after(kCertificateLook);
        watching_.async_wait([this](auto error) {
            if (error) return;
            const auto settings = again_();
            if (settings && settings->transport.tls != settings_.transport.tls) Reload();
            WatchCertificate();
        });
    }

    void StartHandOver()
    {
        (*payments_)->Pause(true);
        const auto end = [this](const Result<int>& pid) {
            (*payments_)->Pause(pid.has_value());
            if (!pid) return log_.Error("not handed over", {{"error", pid.error().message}});
            log_.Info("handed over", {{"pid", *pid}});
            Drain();
        };
        const auto started = hand_over_.Start(ports_.handles(), end);
        if (!started) end(started.error());
    }

    Result<void> Listen()
    {
        const auto& transport = settings_.transport;
        throttle_->Use(transport.rates);
        if (const auto used = UseCertificate(transport); !used) return used;
        if (!inheritance_) return inheritance_.error();
        Listening listening{io_};
        if (const auto taken = listening.Inherit(inheritance_->sockets); !taken) return taken;
        for (const bool over_tls : {false, true}) {
            for (const auto& address : over_tls ? transport.tls_addresses : transport.addresses) {
                auto acceptor = listening.Open(address);
                if (!acceptor) return acceptor.error();
                const auto taken = TextOf(acceptor->local_endpoint());
                log_.Info("listening", {{"address", taken}, {"tls", over_tls}});
                taken_addresses_ += (taken_addresses_.empty() ? "" : "\n") + taken;
                ports_.Serve(std::move(*acceptor), over_tls);
            }
        }
        // At sockets that were open before, clients wait until they can be served.
        if (inheritance_->sockets == 0) ports_.Open();
        return inheritance_->all_are_needed() ? listening.CheckAllTaken() : Result<void>{};
    }

    Health CurrentHealth() const
    {
        const auto median = figures_.latencies.Quantile(50);
        return {.storage = settings_.storage.service_name(),
                .database_up = writer_.healthy(),
                .draining = draining_ && !hand_over_.done(),
                .time_to_store = std::chrono::floor<std::chrono::milliseconds>(median),
                .disk_free_bytes = MeasureProcess("/").disk_free_bytes,
                .certificate_ends = tls_.expires(),
                .payment_verifier = (*payments_)->state(),
                .redis = replicas_.fanout().redis(),
                .hosting_paid_through = (*payments_)->hosting_paid_through()};
    }

    /// Stores an event of the relay itself; the writer reports it as any other.
    void Publish(nostr::Event event)
    {
        auto json = nostr::ToJson(event);
        auto admitted = std::make_shared<const AdmittedEvent>(
            AdmittedEvent{.event = std::move(event), .json = std::move(json), .expires_at = {}});
        if (!writer_.Enqueue({std::move(admitted), {}})) log_.Warning("an event of ours is lost");
    }
    void Announce()
    {
        const auto profile = CurrentProfile(settings_.profile, access_);
        Publish(Announcement(profile.url, InformationDocument(profile, settings_.limits),
                             *settings_.self_key, ToUnixSeconds(context_.clock.Now())));
    }

    /// On the governor's thread: new rules hold.
    void Obey(const RulesChange& change)
    {
        membership_.Announce(change);
        asio::post(io_, [this] { sessions_.Obey(access_); });
    }

    /// What followed relays bring is taken as the relay's own.
    Mirrors::Ports MirrorPorts(const Clock& clock)
    {
        const auto submit = [this](std::string message, std::weak_ptr<Publisher> publisher) {
            asio::post(io_, [this, message = std::move(message), publisher]() mutable {
                intake_.Submit(std::move(message),
                               {.address = {},
                                .keys = std::make_shared<const Authenticated>(),
                                .relay_url = settings_.profile.url,
                                .fetched = true},
                               std::move(publisher));
            });
        };
        return {.clock = clock, .log = log_, .submit = submit, .deliver = DeliverSoon()};
    }

    std::function<void(const EventPtr&)> DeliverSoon()
    {
        return [this](const EventPtr& event) {
            asio::post(io_, [this, event] { sessions_.Deliver(event); });
        };
    }

    PeerEvents::Ports PeerPorts(const Clock& clock)
    {
        return {.clock = clock,
                .log = log_,
                .read = [this](auto job) { readers_.Post({}, std::move(job)); },
                .why_not = [this](const auto& event) { return access_.WhyNotStore(event); },
                .deliver = DeliverSoon()};
    }

    /// Looks again every tick until `settled` or the limit, then goes on.
    void Await(std::function<bool()> settled, Steady::time_point limit, std::function<void()> then)
    {
        if (settled() || Steady::now() >= limit) return then();
        timer_.expires_after(kTick);
        timer_.async_wait([this, settled, limit, then](auto error) {
            if (!error) Await(settled, limit, then);
        });
    }

    void SignalReadiness()
    {
        Await([this] { return writer_.healthy() && Loaded(); }, Steady::time_point::max(),
              [this] {
                  log_.Info("serving");
                  ports_.Open();
                  TellPredecessor(*inheritance_);
                  dashboard_.StartSampling();
                  if (settings_.announce) Announce();
                  if (settings_.ready_file.empty()) return;
                  const auto written =
                      WriteFileAtomically(settings_.ready_file, taken_addresses_ + "\n", 0644);
                  if (!written) log_.Error("no ready file", {{"error", written.error().message}});
              });
    }

    void TendSessions()
    {
        tending_.expires_after(kTendEvery);
        tending_.async_wait([this](auto error) {
            if (error) return;
            sessions_.Tend();
            tail_.OnExpired(ToUnixSeconds(clock_.Now()));
            TendSessions();
        });
    }

    void Drain()
    {
        if (std::exchange(draining_, true)) return;
        log_.Info("draining", {{"connections", sessions_.count()}});
        ports_.StopListening();
        sessions_.StopTaking();
        Await([this] { return sessions_.Settled(); },
              Steady::now() + std::max<Steady::duration>(kDrainLimit, paywall().longest_wait()),
              [this] {
                  sessions_.CloseAll();
                  Await([this] { return ports_.connections() == 0; }, Steady::now() + kGoodbyeLimit,
                        [this] { io_.stop(); });
              });
    }

    /// Members and who has paid are loaded.
    bool Loaded() const { return governor_.loaded() && paywall().loaded(); }

    /// One that asks for nothing where the real one cannot be made; Run says why.
    Paywall& paywall() { return payments_ ? (*payments_)->paywall() : free_; }
    const Paywall& paywall() const { return payments_ ? (*payments_)->paywall() : free_; }

    RelaySettings settings_;  ///< The safe ones change on the I/O thread.
    const SettingsSource again_;
    const Result<Inheritance> inheritance_ = TakeInheritance();
    Log& log_;
    asio::io_context io_{1};
    asio::signal_set signals_{io_};
    asio::steady_timer timer_{io_}, tending_{io_}, watching_{io_};
    HandOver hand_over_{io_};
    std::string taken_addresses_;
    bool draining_ = false;
    AccessPolicy access_;
    Tls tls_;
    std::shared_ptr<Throttle> throttle_ = std::make_shared<Throttle>();
    WebSocketShared shared_{std::make_shared<OutputRoom>(settings_.transport.output_bytes), {}, {}};
    Figures figures_;
    Sessions sessions_{figures_};
    const Clock& clock_;
    HotTail tail_;
    Replicas replicas_;
    EventStoreFactory store_;
    EventStoreFactory watched_store_;
    EventStoreFactory writing_store_;  ///< TellTail tells what it stores.
    Paywall free_;
    Result<std::unique_ptr<Payments>> payments_;  ///< Outlives whoever is paid for.
    ArchiveSchedule archive_;
    Retention retention_;
    WrittenEvents written_;
    EventWriter writer_;
    HotTailFiller filler_;
    EventReaders readers_;
    Membership membership_;
    Governor governor_;
    Housekeeper housekeeper_;
    EventIntake intake_;  ///< Ends before those whom it asks.
    SessionContext context_;
    ManagementEndpoint management_;
    DashboardPages dashboard_;
    ModerationPages moderation_;
    PaymentEndpoint payment_pages_;
    Routes routes_;
    Server server_;
    Ports ports_;
    Mirrors mirrors_;
    BackupSchedule backups_;
};

}  // namespace

Result<void> RunRelay(const RelaySettings& settings, const Clock& clock, Log& log,
                      SettingsSource again)
{
    Relay relay{settings, clock, log, std::move(again)};
    return relay.Run();
}

}  // namespace berth::relay
