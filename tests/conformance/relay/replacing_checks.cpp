// Replaceable and addressable events, and deletion.
#include <algorithm>

#include "tests/conformance/relay/check.hpp"

namespace berth::relay::conformance {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr int kLongForm = 30023;
constexpr int kDraft = 30024;

/// An older and a newer event at one address, published in that order.
struct Versions {
    nostr::SecretKey author = nostr::SecretKey::Generate();
    nostr::Event older, newer;
    std::string filter;

    Versions(World& world, int kind, std::vector<nostr::Tag> tags = {})
    {
        const auto publish = [&](const char* content, std::int64_t minutes) {
            return world.Publish(author, {.kind = kind,
                                          .content = content,
                                          .tags = tags,
                                          .created_at = Now() - minutes * kMinute});
        };
        older = publish("older", 60);
        newer = publish("newer", 1);
        filter =
            R"({"kinds":[)" + std::to_string(kind) + R"(],"authors":[")" + author.pubkey() + "\"]}";
    }
};

template <int Kind>
bool Accepts(World& world)
{
    return World::Accepts(world.Known(), Sign(nostr::SecretKey::Generate(), {.kind = Kind}));
}

template <int Kind>
bool Replaces(World& world)
{
    const Versions versions{world, Kind, {{"d", "1"}}};
    return world.Find(versions.filter) == std::vector{versions.newer.id};
}

template <int Kind>
bool RefusesTheOlder(World& world)
{
    const Versions versions{world, Kind, {{"d", "1"}}};
    return !World::Accepts(world.Known(), versions.older);
}

bool KeepsReplaced(World& world)
{
    const Versions versions{world, 3};
    return world.Finds(By("ids", versions.older.id), versions.older);
}

bool TakesLargeContactList(World& world)
{
    EventDraft draft{.kind = 3};
    for (int i = 0; i < 1'700; ++i) {
        draft.tags.push_back({"p", ToHex(Sha256(std::to_string(i)))});
    }
    const auto list = Sign(nostr::SecretKey::Generate(), draft);
    return World::Accepts(world.Known(), list) && world.Finds(By("ids", list.id), list);
}

nostr::Event Article(World& world, const nostr::SecretKey& author, const std::string& name,
                     std::int64_t minutes = 5, int kind = kLongForm)
{
    return world.Publish(author, {.kind = kind,
                                  .content = "an article",
                                  .tags = {{"d", name}},
                                  .created_at = Now() - minutes * kMinute});
}

std::string AddressOf(const nostr::SecretKey& author, const std::string& name)
{
    return std::to_string(kLongForm) + ":" + author.pubkey() + ":" + name;
}

/// Whether a deletion of what `tag` names is taken.
bool Deletes(World& world, const nostr::SecretKey& author, const nostr::Tag& tag,
             std::int64_t minutes = 0)
{
    return World::Accepts(
        world.Known(),
        Sign(author, {.kind = 5, .tags = {tag}, .created_at = Now() - minutes * kMinute}));
}

bool DeletesById(World& world)
{
    const auto event = world.Publish(world.known, {.content = "wrong"});
    return Deletes(world, world.known, {"e", event.id}) && !world.Finds(By("ids", event.id), event);
}

bool DeletesByAddress(World& world)
{
    const auto event = Article(world, world.known, "by address");
    return Deletes(world, world.known, {"a", AddressOf(world.known, "by address")}) &&
           !world.Finds(By("ids", event.id), event);
}

bool DeletesOlderOnly(World& world)
{
    const auto older = Article(world, world.known, "older only", 5);
    const auto newer = Article(world, world.known, "older only", 1);
    return Deletes(world, world.known, {"a", AddressOf(world.known, "older only")}, 3) &&
           !world.Finds(By("ids", older.id), older) && world.Finds(By("ids", newer.id), newer);
}

bool DeletesByWholeAddress(World& world)
{
    const auto meant = Article(world, world.known, "bound");
    const std::vector spared{Article(world, world.other, "bound"),
                             Article(world, world.known, "bound x"),
                             Article(world, world.known, "bound", 5, kDraft)};
    return Deletes(world, world.known, {"a", AddressOf(world.known, "bound")}) &&
           !world.Finds(By("ids", meant.id), meant) &&
           std::ranges::all_of(
               spared, [&](const auto& event) { return world.Finds(By("ids", event.id), event); });
}

bool SparesOthersById(World& world)
{
    const auto event = world.Publish(world.other, {.content = "another's"});
    return !Deletes(world, world.known, {"e", event.id}) && world.Finds(By("ids", event.id), event);
}

bool SparesOthersByAddress(World& world)
{
    const auto event = Article(world, world.other, "another's");
    return !Deletes(world, world.known, {"a", AddressOf(world.other, "another's")}) &&
           world.Finds(By("ids", event.id), event);
}

bool RefusesDeletedAgain(World& world)
{
    const auto event = world.Publish(world.known, {.content = "wrong again"});
    return Deletes(world, world.known, {"e", event.id}) && !World::Accepts(world.Known(), event);
}

bool RefusesOlderAgain(World& world)
{
    const auto event = Article(world, world.known, "older again", 5);
    return Deletes(world, world.known, {"a", AddressOf(world.known, "older again")}, 2) &&
           !World::Accepts(world.Known(), event);
}

bool TakesNewerAgain(World& world)
{
    Article(world, world.known, "newer again", 5);
    if (!Deletes(world, world.known, {"a", AddressOf(world.known, "newer again")}, 2)) return false;
    const auto event = Article(world, world.known, "newer again", 1);
    return world.Finds(By("ids", event.id), event);
}

bool DeletesReactions(World& world)
{
    const auto event = world.Publish(world.known, {.content = "liked"});
    const auto like = world.Publish(world.other, {.kind = 7, .tags = {{"e", event.id}}});
    return Deletes(world, world.known, {"e", event.id}) && !world.Finds(By("ids", like.id), like);
}

constexpr auto kRequired = Need::kRequired;
constexpr auto kInformative = Need::kInformative;

constexpr Check kChecks[] = {
    {"AcceptsMetadata", kRequired, true, Accepts<0>},
    {"ReplacesMetadata", kRequired, true, Replaces<0>},
    {"AcceptsContactlist", kRequired, true, Accepts<3>},
    {"ReplacesContactlist", kRequired, true, Replaces<3>},
    {"ReplacedEventsStillAvailableById", kInformative, false, KeepsReplaced},
    {"ReplaceableEventRemovesPrevious", kRequired, true, Replaces<10003>},
    {"ReplaceableEventRejectedIfFuture", kRequired, true, RefusesTheOlder<10003>},
    {"AddressableEventRemovesPrevious", kRequired, true, Replaces<30000>},
    {"AddressableEventRejectedIfFuture", kRequired, true, RefusesTheOlder<30000>},
    {"FindReplaceableEvent", kRequired, true, Replaces<10004>},
    {"FindAddressableEvent", kRequired, true, Replaces<30004>},
    {"LargeContactLists", kRequired, true, TakesLargeContactList},
    {"DeleteById", kRequired, true, DeletesById},
    {"DeleteByAddr", kRequired, true, DeletesByAddress},
    {"DeleteByAddrOnlyDeletesOlder", kRequired, true, DeletesOlderOnly},
    {"DeleteByAddrIsBoundByTag", kRequired, true, DeletesByWholeAddress},
    {"DeleteByIdOfOthers", kRequired, true, SparesOthersById},
    {"DeleteByAddrOfOthers", kRequired, true, SparesOthersByAddress},
    {"ResubmissionOfDeletedById", kRequired, true, RefusesDeletedAgain},
    {"ResubmissionOfOlderDeletedByAddr", kRequired, true, RefusesOlderAgain},
    {"SubmissionOfNewerDeletedByAddr", kRequired, true, TakesNewerAgain},
    {"DeletePropagatesToReferrers", kInformative, false, DeletesReactions},
};

}  // namespace

std::span<const Check> ChecksOfReplacing() { return kChecks; }

}  // namespace berth::relay::conformance
