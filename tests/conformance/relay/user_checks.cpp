// What the relay does for those it knows, for those it does not, and with what they send.
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "tests/conformance/relay/check.hpp"

namespace berth::relay::conformance {
namespace {

using Client = RelayClient& (World::*)();
using Key = const nostr::SecretKey World::*;

template <Client Who, Key Author>
bool CanWrite(World& world)
{
    return World::Accepts((world.*Who)(), Sign(world.*Author, {.content = "written"}));
}

template <Client Who, Key Author>
bool CanReadBack(World& world)
{
    auto& client = (world.*Who)();
    const auto event = Sign(world.*Author, {.content = "read back"});
    return World::Accepts(client, event) &&
           client.Query(By("ids", event.id)) == std::vector{event.id};
}

template <Client Who>
bool CanAuthenticate(World& world)
{
    return !(world.*Who)().challenge().empty();  // The world has it authenticated already.
}

/// Whether a wrap stays hidden from who has not said who he is, and from whom it is not for.
bool HidesGiftWraps(World& world)
{
    const auto wrap =
        Sign(nostr::SecretKey::Generate(), {.kind = 1059, .tags = {{"p", world.known.pubkey()}}});
    if (!World::Accepts(world.Visitor(), wrap)) return false;
    world.Visitor().Send(R"(["REQ","wraps",{"kinds":[1059]}])");
    const bool refused = world.Visitor().Receive().at(0) == "CLOSED";
    return refused && world.Unknown().Query(By("ids", wrap.id)).empty() &&
           world.Known().Query(By("ids", wrap.id)) == std::vector{wrap.id};
}

bool HidesDirectMessages(World& world)
{
    const auto message = Sign(world.other, {.kind = 4, .tags = {{"p", world.known.pubkey()}}});
    if (!World::Accepts(world.Visitor(), message)) return false;
    return world.Visitor().Query(By("ids", message.id)).empty();
}

/// What the relay sends of an event that was written in an order and with a field of one's own.
std::string SentBack(World& world)
{
    const auto event = Sign(world.known, {.content = "fields"});
    const auto text = nostr::ToJson(event);
    const auto json = R"({"sig":")" + event.sig + R"(","mine":1,)" +
                      text.substr(1, text.find(",\"sig\"") - 1) + "}";
    if (!World::AcceptsRaw(world.Known(), json, event.id)) return {};
    world.Known().Send(R"(["REQ","back",)" + By("ids", event.id) + "]");
    const auto sent = boost::json::serialize(world.Known().ReceiveOnly("EVENT").at(2));
    world.Known().ReceiveOnly("EOSE");
    world.Known().Send(R"(["CLOSE","back"])");
    return sent;
}

bool HasNoEnd(World& world, bool subscriptions)
{
    std::vector<std::unique_ptr<RelayClient>> clients;
    RelayClient client{world.port()};
    for (int i = 0; i < 300; ++i) {
        if (!subscriptions) {
            clients.push_back(std::make_unique<RelayClient>(world.port()));
            continue;
        }
        client.Send(R"(["REQ","many)" + std::to_string(i) + R"(",{"limit":0}])");
        if (client.Receive().at(0) != "EOSE") return false;
    }
    return true;
}

bool TakesThemBackAtOnce(World& world)
{
    for (int i = 0; i < 5; ++i) RelayClient{world.port()};
    return RelayClient{world.port()}.Query(R"({"limit":1})").size() == 1;
}

constexpr auto kRequired = Need::kRequired;
constexpr auto kInformative = Need::kInformative;
constexpr auto kKnown = &World::Known;
constexpr auto kUnknown = &World::Unknown;

constexpr Check kChecks[] = {
    {"Nip4DmsRequireAuth", kInformative, false, HidesDirectMessages},
    {"GiftwrapsRequireAuth", kRequired, true, HidesGiftWraps},
    {"CanAuthAsUnknown", kInformative, true, CanAuthenticate<kUnknown>},
    {"UnknownCanWriteOwn", kRequired, true, CanWrite<kUnknown, &World::unknown>},
    {"UnknownCanReadbackOwn", kRequired, true, CanReadBack<kUnknown, &World::unknown>},
    {"UnknownCanWriteOther", kRequired, true, CanWrite<kUnknown, &World::other>},
    {"UnknownCanReadbackOther", kRequired, true, CanReadBack<kUnknown, &World::other>},
    {"CanAuthAsKnown", kRequired, true, CanAuthenticate<kKnown>},
    {"KnownCanWriteOwn", kRequired, true, CanWrite<kKnown, &World::known>},
    {"KnownCanReadbackOwn", kRequired, true, CanReadBack<kKnown, &World::known>},
    {"KnownCanWriteOther", kRequired, true, CanWrite<kKnown, &World::other>},
    {"KnownCanReadbackOther", kRequired, true, CanReadBack<kKnown, &World::other>},
    {"PreservesJsonFieldOrder", kInformative, false,
     [](World& w) { return SentBack(w).starts_with(R"({"sig")"); }},
    {"PreservesNonstandardJsonFields", kInformative, false,
     [](World& w) { return SentBack(w).find("mine") != std::string::npos; }},
    {"MaxSubscriptions", kInformative, false, [](World& w) { return HasNoEnd(w, true); }},
    {"MaxConnections", kInformative, true, [](World& w) { return HasNoEnd(w, false); }},
    {"AllowsImmediateReconnect", kInformative, true, TakesThemBackAtOnce},
};

}  // namespace

std::span<const Check> ChecksOfUsers() { return kChecks; }

}  // namespace berth::relay::conformance
