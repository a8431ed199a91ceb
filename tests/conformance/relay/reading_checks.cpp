// What a REQ finds.
#include <algorithm>

#include "tests/conformance/relay/check.hpp"

namespace berth::relay::conformance {
namespace {

constexpr std::int64_t kMinute = 60;

/// Notes of two tags, told apart from all others by their author and their place in time.
struct Notes {
    nostr::SecretKey author = nostr::SecretKey::Generate();
    std::string mark = "mark" + author.pubkey().substr(0, 8);
    nostr::Event first, second, third, fourth;

    explicit Notes(World& world)
    {
        const auto publish = [&](const char* tag, std::int64_t minutes) {
            return world.Publish(author, {.content = tag,
                                          .tags = {{"t", tag}, {"n", mark}},
                                          .created_at = Now() - minutes * kMinute});
        };
        first = publish("a", 40);
        third = publish("a", 50);
        second = publish("b", 45);
        fourth = publish("b", 55);
    }

    std::string Authors() const { return R"("authors":[")" + author.pubkey() + "\"]"; }
};

using Ids = std::vector<std::string>;

bool OrdersNewestFirst(World& world)
{
    const Notes notes{world};
    return world.Find("{" + notes.Authors() + "}") ==
           Ids{notes.first.id, notes.second.id, notes.third.id, notes.fourth.id};
}

bool LimitsToTheNewest(World& world)
{
    const Notes notes{world};
    return world.Find("{" + notes.Authors() + R"(,"limit":2})") ==
           Ids{notes.first.id, notes.second.id};
}

bool LimitsEachFilter(World& world)
{
    const Notes notes{world};
    const auto filter = [&](const std::string& tag) {
        return "{" + notes.Authors() + R"(,"#t":[")" + tag + R"("],"limit":1})";
    };
    return world.Find(filter("a") + "," + filter("b")) == Ids{notes.first.id, notes.second.id};
}

bool FindsByTagsAlone(World& world)
{
    const Notes notes{world};
    return world.Find(R"({"#n":[")" + notes.mark + "\"]}").size() == 4;
}

bool FindsByMultipleTags(World& world)
{
    const Notes notes{world};
    return world.Find(R"({"#t":["b"],"#n":[")" + notes.mark + "\"]}") ==
           Ids{notes.second.id, notes.fourth.id};
}

bool FindsByPubkeyAndTags(World& world)
{
    const Notes notes{world};
    return world.Find("{" + notes.Authors() + R"(,"#t":["a"]})") ==
           Ids{notes.first.id, notes.third.id};
}

bool FindsByKindAndTags(World& world)
{
    const Notes notes{world};
    return world.Find(R"({"kinds":[1],"#n":[")" + notes.mark + "\"]}").size() == 4 &&
           world.Find(R"({"kinds":[7],"#n":[")" + notes.mark + "\"]}").empty();
}

bool FindsByPubkeyAndKind(World& world)
{
    const Notes notes{world};
    return world.Find("{" + notes.Authors() + R"(,"kinds":[1]})").size() == 4 &&
           world.Find("{" + notes.Authors() + R"(,"kinds":[7]})").empty();
}

bool FindsByScrape(World& world)
{
    const auto event = world.Publish(world.known, {.content = "the newest of all"});
    const auto ids = world.Find(R"({"limit":20})");
    return ids.size() == 20 && std::ranges::find(ids, event.id) != ids.end();
}

bool IncludesSinceAndUntil(World& world)
{
    const Notes notes{world};
    const auto between = [&](std::int64_t since, std::int64_t until) {
        return world.Find("{" + notes.Authors() + R"(,"since":)" + std::to_string(since) +
                          R"(,"until":)" + std::to_string(until) + "}");
    };
    const auto second = notes.second.created_at;
    const auto third = notes.third.created_at;
    return between(third, second) == Ids{notes.second.id, notes.third.id} &&
           between(third + 1, second - 1).empty();
}

bool AnswersLimitZero(World& world)
{
    auto& client = world.Known();
    client.Send(R"(["REQ","zero",{"kinds":[1],"limit":0}])");
    if (client.Receive().at(0) != "EOSE") return false;
    const auto event = Sign(world.other, {.content = "after zero"});
    if (!World::Accepts(world.Unknown(), event)) return false;
    const bool live = client.ReceiveOnly("EVENT").at(2).at("id").as_string() == event.id;
    client.Send(R"(["CLOSE","zero"])");
    return live;
}

bool ServesAfterEose(World& world)
{
    auto& client = world.Known();
    client.Send(R"(["REQ","live",)" + By("authors", world.other.pubkey()) + "]");
    client.ReceiveOnly("EOSE");
    const auto event = Sign(world.other, {.content = "live"});
    if (!World::Accepts(world.Unknown(), event)) return false;
    const bool live = client.ReceiveOnly("EVENT").at(2).at("id").as_string() == event.id;
    client.Send(R"(["CLOSE","live"])");
    return live;
}

bool HasWaited(World& world)
{
    const auto event = world.Publish(world.known, {.kind = 4242});
    return world.Patient().ReceiveOnly("EVENT").at(2).at("id").as_string() == event.id;
}

bool SendsEphemeralEvents(World& world)
{
    auto& client = world.Known();
    client.Send(R"(["REQ","brief",{"kinds":[21212]}])");
    client.ReceiveOnly("EOSE");
    const auto event = Sign(world.other, {.kind = 21212});
    if (!World::Accepts(world.Unknown(), event)) return false;
    const bool live = client.ReceiveOnly("EVENT").at(2).at("id").as_string() == event.id;
    client.Send(R"(["CLOSE","brief"])");
    return live;
}

bool KeepsEphemeralEvents(World& world)
{
    const auto event = world.Publish(world.known, {.kind = 21213});
    return world.Finds(By("ids", event.id), event);
}

/// Whether the relay serves a filter at all.
bool Serves(World& world, const std::string& filter)
{
    world.Known().Send(R"(["REQ","odd",)" + filter + "]");
    while (true) {
        const auto answer = world.Known().Receive();
        if (answer.at(0) == "CLOSED") return false;
        if (answer.at(0) == "EOSE") break;
    }
    world.Known().Send(R"(["CLOSE","odd"])");
    return true;
}

constexpr auto kRequired = Need::kRequired;
constexpr auto kInformative = Need::kInformative;

constexpr Check kChecks[] = {
    {"EventsOrderedFromNewestToOldest", kRequired, true, OrdersNewestFirst},
    {"NewestEventsWhenLimited", kRequired, true, LimitsToTheNewest},
    {"FindById", kRequired, true,
     [](World& w) {
         const auto event = w.Publish(w.known, {.content = "by id"});
         return w.Find(By("ids", event.id)) == Ids{event.id};
     }},
    {"FindByPubkeyAndKind", kRequired, true, FindsByPubkeyAndKind},
    {"FindByPubkeyAndTags", kRequired, true, FindsByPubkeyAndTags},
    {"FindByKindAndTags", kRequired, true, FindsByKindAndTags},
    {"FindByTags", kRequired, true, FindsByTagsAlone},
    {"FindByMultipleTags", kRequired, true, FindsByMultipleTags},
    {"FindByPubkey", kRequired, true,
     [](World& w) { return w.Find("{" + Notes{w}.Authors() + "}").size() == 4; }},
    {"FindByScrape", kRequired, true, FindsByScrape},
    {"SinceUntilAreInclusive", kRequired, true, IncludesSinceAndUntil},
    {"LimitZero", kRequired, true, AnswersLimitZero},
    {"LimitWorksAcrossMultipleFilterGroups", kRequired, true, LimitsEachFilter},
    {"EphemeralSubscriptionsWork", kInformative, true, SendsEphemeralEvents},
    {"PersistsEphemeralEvents", kInformative, false, KeepsEphemeralEvents},
    {"ServesPostEoseEvents", kRequired, true, ServesAfterEose},
    {"HandlesFilterKindLargerThan16bit", kInformative, false,
     [](World& w) { return Serves(w, R"({"kinds":[70000]})"); }},
    {"AcceptsNegativeFilterCreatedAt", kInformative, false,
     [](World& w) { return Serves(w, R"({"since":-1})"); }},
    {"HandlesFilterPrefixes", kInformative, false,
     [](World& w) { return Serves(w, By("ids", "abcd")); }},
    {"NoTimeoutWhileSubscribed", kRequired, true, HasWaited},
};

}  // namespace

std::span<const Check> ChecksOfReading() { return kChecks; }

}  // namespace berth::relay::conformance
