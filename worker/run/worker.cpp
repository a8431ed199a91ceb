#include "worker/run/worker.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kCallLimit = 10s;
constexpr auto kLongPoll = 5s;  // A drain waits for it.
constexpr auto kWalletBusy = 500ms;
constexpr auto kWalletRoundLimit = 90s;
constexpr std::chrono::milliseconds kCertificateEvery = 1h;
constexpr std::chrono::milliseconds kCertificateAgain = 60s;  // Then doubled, up to an hour.
constexpr auto kCertificateLimit = 180s;

}  // namespace

Worker::Worker(const Needs& needs, Settings settings)
    : needs_{needs},
      settings_{std::move(settings)},
      leases_{settings_.lease},
      runner_{{.marketplace = needs.marketplace,
               .steps = needs.steps,
               .leases = leases_,
               .log = needs.log,
               .wake_wallet = [this] { wallet_pace_.Wake(); },
               .draining = draining_},
              settings_.registration.worker(),
              {.report_limit = settings_.lease}},
      slots_{std::make_unique<JobSlots>(settings_.slots,
                                        [this](v1::Job job) { runner_.Run(std::move(job)); })},
      heartbeats_{[this] { SendHeartbeats(); }},
      wallet_{[this] { KeepWallet(); }},
      certificate_{[this] { KeepCertificate(); }},
      taker_{[this] { TakeJobs(); }}
{
}

Worker::~Worker()
{
    draining_ = true;
    taking_.Stop();
    slots_->Stop();
    certificate_pace_.Stop();
    taker_.join();
    slots_.reset();  // Waits for the steps under way; heartbeats and wallet still work for them.
    wallet_pace_.Stop();
    beating_.Stop();
}

void Worker::TakeJobs()
{
    v1::AcquireJobsRequest request;
    request.set_worker(settings_.registration.worker());
    while (const int free = slots_->WaitForFree()) {
        request.set_max_jobs(free);
        *request.mutable_held() = leases_.Held();
        request.set_wait_millis(
            static_cast<std::int32_t>(std::chrono::milliseconds{kLongPoll}.count()));
        const auto taken = needs_.marketplace.Acquire(
            request, Deadline::After(kLongPoll + kCallLimit).OrWhen(draining_));
        if (taken) {
            for (const auto& job : taken->jobs()) {
                leases_.Hold(job);  // Before we tell again what we hold.
                slots_->Start(job);
            }
            continue;
        }
        needs_.log.Warning("No jobs could be taken.",
                           {{"reason", taken.error().reason}, {"error", taken.error().message}});
        if (taken.error().reason == "NOT_REGISTERED") {
            const auto again =
                needs_.marketplace.Register(settings_.registration, Deadline::After(kCallLimit));
            if (again) continue;
        }
        if (!taking_.Wait(1s)) return;
    }
}

void Worker::SendHeartbeats()
{
    while (beating_.Wait(settings_.heartbeat)) {
        const auto request = leases_.Request(settings_.registration.worker());
        if (request.leases().empty()) continue;
        const auto sent = Deadline::Steady::now();
        const auto response = needs_.marketplace.Heartbeat(
            request,
            Deadline::After(std::min<std::chrono::milliseconds>(kCallLimit, settings_.lease / 2)));
        if (response) {
            leases_.Confirm(*response, sent);
        } else {
            needs_.log.Warning("A heartbeat had no answer.", {{"reason", response.error().reason}});
        }
        leases_.GiveUpStale();
    }
}

void Worker::KeepWallet()
{
    std::chrono::milliseconds pause{0};
    std::string complained;
    while (wallet_pace_.Wait(pause)) {
        const auto busy = needs_.wallet.Round(Deadline::After(kWalletRoundLimit));
        pause = busy && *busy ? kWalletBusy : settings_.wallet_poll;
        if (!busy && complained != busy.error().reason) {
            needs_.log.Warning("A round of the wallet did not succeed.",
                               {{"reason", busy.error().reason}, {"error", busy.error().message}});
        }
        complained = busy ? "" : busy.error().reason;
    }
    needs_.wallet.Release(Deadline::After(kCallLimit));
}

void Worker::KeepCertificate()
{
    std::chrono::milliseconds pause{0};
    auto again = kCertificateAgain;
    while (certificate_pace_.Wait(pause)) {
        const auto kept =
            needs_.wildcard.Ensure(Deadline::After(kCertificateLimit).OrWhen(draining_));
        pause = kept ? kCertificateEvery : again;
        again = kept ? kCertificateAgain : std::min(again * 2, kCertificateEvery);
        if (kept) {
            needs_.log.Info("The edge's certificate is in place.",
                            {{"not_after", FormatTime(kept->not_after)}});
        } else {
            needs_.log.Error("The edge's certificate is not in place.",
                             {{"reason", kept.error().reason}, {"error", kept.error().message}});
        }
    }
}

}  // namespace berth::worker
