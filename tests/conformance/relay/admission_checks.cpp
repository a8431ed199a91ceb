// What the relay says of itself, and which events it takes.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "core/base/encoding.hpp"
#include "tests/conformance/relay/check.hpp"

namespace berth::relay::conformance {
namespace {

constexpr std::int64_t kDay = 86'400;

boost::json::value Information(World& world)
{
    return boost::json::parse(
        test::Fetch(world.port(), "/", {{"Accept", "application/nostr+json"}}).body);
}

template <int Nip>
bool Claims(World& world)
{
    const auto information = Information(world);
    for (const auto& nip : information.at("supported_nips").as_array()) {
        if (nip == Nip) return true;
    }
    return false;
}

/// Whether an event of the known user is taken whose time is so many seconds from now.
template <std::int64_t Seconds>
bool AcceptsAge(World& world)
{
    return World::Accepts(world.Known(), Sign(world.known, {.created_at = Now() + Seconds}));
}

template <std::int64_t Time>
bool AcceptsTime(World& world)
{
    return World::Accepts(world.Known(), Sign(world.known, {.created_at = Time}));
}

/// An event whose fields stand in its JSON, and in what is hashed, exactly as they are given.
bool AcceptsAsWritten(World& world, const std::string& time, const std::string& content,
                      const std::string& tags = "[]", const std::string& kind = "1")
{
    const auto rest = time + "," + kind + "," + tags + ",\"" + content + "\"]";
    const auto id = Sha256("[0,\"" + world.known.pubkey() + "\"," + rest);
    const auto json = R"({"id":")" + ToHex(id) + R"(","pubkey":")" + world.known.pubkey() +
                      R"(","created_at":)" + time + R"(,"kind":)" + kind + R"(,"tags":)" + tags +
                      R"(,"content":")" + content + R"(","sig":")" + ToHex(world.known.Sign(id)) +
                      "\"}";
    return World::AcceptsRaw(world.Known(), json, ToHex(id));
}

bool AcceptsContent(World& world, const std::string& content)
{
    return AcceptsAsWritten(world, std::to_string(Now()), content);
}

template <int Kind>
bool PublicCanPublish(World& world)
{
    return World::Accepts(world.Visitor(), Sign(nostr::SecretKey::Generate(), {.kind = Kind}));
}

bool PromptsForAuth(World& world) { return !RelayClient{world.port()}.challenge().empty(); }

bool HasEose(World& world)
{
    world.Visitor().Send(R"(["REQ","eose",)" +
                         By("authors", nostr::SecretKey::Generate().pubkey()) + "]");
    const bool eose = world.Visitor().Receive().at(0) == "EOSE";
    world.Visitor().Send(R"(["CLOSE","eose"])");
    return eose;
}

/// Whether the relay itself ends a subscription; a later question shows that it has not.
bool ClosesAfterEose(World& world, const std::string& filter)
{
    auto& client = world.Visitor();
    client.Send(R"(["REQ","first",)" + filter + "]");
    client.ReceiveOnly("EOSE");
    client.Send(R"(["REQ","second",{"limit":0}])");
    const bool closed = client.Receive().at(0) == "CLOSED";
    client.Send(R"(["CLOSE","first"])");
    client.Send(R"(["CLOSE","second"])");
    return closed;
}

bool VerifiesSignatures(World& world)
{
    auto event = Sign(world.known, {.content = "signed"});
    event.sig = Sign(world.known, {.content = "another"}).sig;
    return !World::Accepts(world.Known(), event);
}

bool VerifiesIds(World& world)
{
    auto event = Sign(world.known, {.content = "hashed"});
    event.content = "changed";
    return !World::Accepts(world.Known(), event);
}

constexpr auto kRequired = Need::kRequired;
constexpr auto kInformative = Need::kInformative;

constexpr Check kChecks[] = {
    {"Nip11Provided", kInformative, true,
     [](World& w) { return Information(w).as_object().contains("name"); }},
    {"ClaimsSupportForNip4", kInformative, false, Claims<4>},
    {"ClaimsSupportForNip9", kInformative, true, Claims<9>},
    {"ClaimsSupportForNip11", kInformative, true, Claims<11>},
    {"ClaimsSupportForNip26", kInformative, false, Claims<26>},
    {"ClaimsSupportForNip29", kInformative, false, Claims<29>},
    {"ClaimsSupportForNip40", kInformative, true, Claims<40>},
    {"ClaimsSupportForNip42", kInformative, true, Claims<42>},
    {"ClaimsSupportForNip45", kInformative, true, Claims<45>},
    {"ClaimsSupportForNip50", kInformative, true, Claims<50>},
    {"ClaimsSupportForNip59", kInformative, true, Claims<59>},
    {"ClaimsSupportForNip65", kInformative, false, Claims<65>},
    {"ClaimsSupportForNip94", kInformative, false, Claims<94>},
    {"ClaimsSupportForNip96", kInformative, false, Claims<96>},
    {"PromptsForAuthInitially", kInformative, true, PromptsForAuth},
    {"SupportsEose", kRequired, true, HasEose},
    {"ClosesCompleteSubscriptionsAfterEose", kInformative, false,
     [](World& w) { return ClosesAfterEose(w, By("ids", std::string(64, 'd'))); }},
    {"KeepsOpenIncompleteSubscriptionsAfterEose", kRequired, true,
     [](World& w) { return !ClosesAfterEose(w, R"({"kinds":[1],"until":1700000000})"); }},
    {"PublicCanWrite", kInformative, true, PublicCanPublish<1>},
    {"AcceptsRelayListsFromPublic", kInformative, true, PublicCanPublish<10002>},
    {"AcceptsDmRelayListsFromPublic", kInformative, true, PublicCanPublish<10050>},
    {"AcceptsEphemeralEventsFromPublic", kInformative, true, PublicCanPublish<20001>},
    {"SendsOkAfterEvent", kRequired, true,
     [](World& w) { return World::Accepts(w.Known(), Sign(w.known, {.content = "ok?"})); }},
    {"VerifiesSignatures", kRequired, true, VerifiesSignatures},
    {"VerifiesIdHashes", kRequired, true, VerifiesIds},
    {"AcceptsNip1JsonEscapeSequences", kRequired, true,
     [](World& w) {
         return AcceptsContent(w, R"(feed\nquote\"slash\\return\rtab\tback\bform\f)");
     }},
    {"AcceptsUnlistedJsonEscapeSequences", kInformative, true,
     [](World& w) { return AcceptsContent(w, R"(\u0000\u0001\u0007\u000b\u000e\u001f)"); }},
    {"AcceptsLiteralsForJsonEscapeSequences", kInformative, false,
     [](World& w) { return AcceptsContent(w, "feed\nreturn\rtab\tback\bform\f"); }},
    {"AcceptsUtf8NonCharacters", kRequired, true,
     [](World& w) { return AcceptsContent(w, "\xEF\xB7\x91\xF4\x8F\xBF\xB2"); }},
    {"AcceptsEventsOneWeekOld", kRequired, true, AcceptsAge<-7 * kDay>},
    {"AcceptsEventsOneMonthOld", kInformative, true, AcceptsAge<-30 * kDay>},
    {"AcceptsEventsOneYearOld", kInformative, true, AcceptsAge<-365 * kDay>},
    {"AcceptsEventsFromBeforeNostr", kInformative, true, AcceptsTime<1'500'000'000>},
    {"AcceptsEventsFromBefore2000", kInformative, true, AcceptsTime<900'000'000>},
    {"AcceptsEventsFrom1970", kInformative, true, AcceptsTime<0>},
    {"AcceptsEventsFromBefore1970", kInformative, false, AcceptsTime<-1'000'000>},
    {"AcceptsEventsOneYearIntoTheFuture", kInformative, false, AcceptsAge<365 * kDay>},
    {"AcceptsEventsInTheDistantFuture", kInformative, false, AcceptsTime<64'060'588'800>},
    {"AcceptsEventsWithCreatedAtGreaterThanSigned32Bit", kInformative, false,
     AcceptsTime<(1LL << 31) + 1>},
    {"AcceptsEventsWithCreatedAtGreaterThanUnsigned32Bit", kInformative, false,
     AcceptsTime<(1LL << 32) + 1>},
    {"AcceptsEventsWithCreatedAtInScientificNotation", kInformative, false,
     [](World& w) { return AcceptsAsWritten(w, "1e+9", "scientific"); }},
    {"AcceptsEventsWithEmptyTags", kInformative, true,
     [](World& w) { return AcceptsAsWritten(w, std::to_string(Now()), "tags", "[[]]"); }},
    {"AcceptsNullCharacters", kInformative, true,
     [](World& w) { return AcceptsContent(w, R"(nul \u0000)"); }},
    {"HandlesEventKindLargerThan16bit", kInformative, false,
     [](World& w) { return AcceptsAsWritten(w, std::to_string(Now()), "kind", "[]", "70000"); }},
};

}  // namespace

std::span<const Check> ChecksOfAdmission() { return kChecks; }

}  // namespace berth::relay::conformance
