#include "relay-image/session/syncs.hpp"

#include <vector>

#include <boost/asio/post.hpp>

#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxSyncs = 4;  ///< Open at once on one connection.
constexpr auto kReadFailed = "error: the stored events cannot be read now";

}  // namespace

bool SyncRoom::Take(std::size_t events)
{
    if (events > left_) return false;
    left_ -= events;
    return true;
}

Syncs::~Syncs()
{
    while (!syncs_.empty()) Close(syncs_.begin()->first);
}

void Syncs::Take(OpenSyncRequest request, FilterRoom::Part room, std::int64_t now)
{
    const auto name = request.sync;
    Close(name);
    if (syncs_.size() >= kMaxSyncs) {
        return ports_.send(SyncErrorMessage(
            name, "blocked: at most " + std::to_string(kMaxSyncs) + " syncs on one connection"));
    }
    const auto serial = ++last_serial_;
    syncs_.emplace(name, Sync{.serial = serial, .set = {}});
    Work(name, serial,
         [request = std::move(request), room = std::move(room),
          most = ports_.limits.max_sync_events, now](EventStore& store) mutable {
             auto outcome = Open(store, request, most, now);
             outcome.room = std::move(room);
             return outcome;
         });
}

void Syncs::Take(ContinueSyncRequest request)
{
    const auto found = syncs_.find(request.sync);
    if (found == syncs_.end()) {
        return ports_.send(SyncErrorMessage(request.sync, "closed: no such sync is open"));
    }
    auto& sync = found->second;
    if (sync.busy) {
        Close(request.sync);
        return ports_.send(
            SyncErrorMessage(request.sync, "invalid: the message before is not answered yet"));
    }
    sync.busy = true;
    sync.last_heard = Steady::now();
    Work(request.sync, sync.serial,
         [name = request.sync, set = sync.set, message = std::move(request.message)](EventStore&) {
             return Answer(name, set, message);
         });
}

void Syncs::Take(const CloseSyncRequest& request) { Close(request.sync); }

void Syncs::CloseIdle(Steady::time_point now)
{
    std::vector<std::string> idle;
    for (const auto& [name, sync] : syncs_) {
        const bool silent =
            now - sync.last_heard > std::chrono::seconds{ports_.limits.sync_idle_seconds};
        if (!sync.busy && silent) idle.push_back(name);
    }
    for (const auto& name : idle) {
        Close(name);
        ports_.send(SyncErrorMessage(name, "closed: the client was silent for too long"));
    }
}

Syncs::Outcome Syncs::Open(EventStore& store, const OpenSyncRequest& request, std::int64_t most,
                           std::int64_t now)
{
    std::vector<negentropy::Item> items;
    if (!request.filter.MatchesNothing()) {
        const auto keys = store.Keys(request.filter, most, now);
        if (!keys && keys.error().code == ErrorCode::kExhausted) {
            return {.set = {}, .reply = SyncTooLargeMessage(request.sync, most)};
        }
        if (!keys) return {.set = {}, .reply = SyncErrorMessage(request.sync, kReadFailed)};
        items.reserve(keys->size());
        for (const auto& key : *keys) {
            items.push_back({static_cast<std::uint64_t>(key.created_at), negentropy::IdOf(key.id)});
        }
    }
    auto set =
        std::make_shared<const negentropy::Reconciliation>(negentropy::ItemSet{std::move(items)});
    return Answer(request.sync, std::move(set), request.message);
}

Syncs::Outcome Syncs::Answer(const std::string& name, Set set, const std::string& message)
{
    const auto answer = set->Answer(message);
    if (!answer) {
        return {.set = {}, .reply = SyncErrorMessage(name, "invalid: " + answer.error().message)};
    }
    return {.set = std::move(set), .reply = SyncMessage(name, *answer), .open = true};
}

void Syncs::Work(const std::string& name, std::uint64_t serial,
                 std::function<Outcome(EventStore&)> work)
{
    auto job = [weak = weak_from_this(), executor = ports_.executor, name, serial,
                work = std::move(work)](EventStore& store) mutable {
        boost::asio::post(executor, [weak, name, serial, outcome = work(store)]() mutable {
            if (const auto syncs = weak.lock()) syncs->OnDone(name, serial, std::move(outcome));
        });
    };
    if (ports_.readers.Post(ports_.client, std::move(job))) return;
    Close(name);
    ports_.send(SyncErrorMessage(name, "error: the relay is busy"));
}

void Syncs::OnDone(const std::string& name, std::uint64_t serial, Outcome outcome)
{
    outcome.room.reset();
    const auto found = syncs_.find(name);
    if (found == syncs_.end() || found->second.serial != serial) return;
    auto& sync = found->second;
    const bool first = !sync.set;
    if (first && outcome.open && !ports_.room.Take(outcome.set->size())) {
        outcome = {.set = {}, .reply = SyncErrorMessage(name, "error: too many syncs are open")};
    }
    if (outcome.open) {
        sync.set = std::move(outcome.set);
        sync.busy = false;
    } else {
        Close(name);
    }
    ports_.send(outcome.reply);
}

void Syncs::Close(const std::string& name)
{
    const auto found = syncs_.find(name);
    if (found == syncs_.end()) return;
    if (found->second.set) ports_.room.GiveBack(found->second.set->size());
    syncs_.erase(found);
}

}  // namespace berth::relay
