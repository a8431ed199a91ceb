#include "tests/bench/soak/hour.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/bench/connection.hpp"
#include "relay-image/bench/scenarios.hpp"
#include "tests/integration/relay_abuse/raw_client.hpp"

namespace berth::bench {
namespace {

using relay::test::RawClient;

constexpr std::size_t kEvents = 5000;
constexpr std::size_t kSentAgain = 1000;
constexpr std::size_t kQuestions = 500;  ///< Of each shape.
constexpr std::size_t kLive = 50, kSubscribers = 100;
constexpr std::size_t kPassersBy = 500;
constexpr std::size_t kOwnEvents = 100;  ///< Of each of the special kinds.
constexpr std::size_t kHostile = 40;     ///< Times each hostile message.
constexpr std::int64_t kLifetime = 20;   ///< Seconds that an event stays.

std::int64_t Now() { return ToUnixSeconds(SystemClock{}.Now()); }

/// Events of which each takes another's place, takes others away, or is never kept.
class SpecialEvents {
public:
    std::vector<SignedEvent> Make()
    {
        std::vector<SignedEvent> events;
        for (std::size_t i = 0; i < kOwnEvents; ++i) {
            events.push_back(Sign(0, {}));
            events.push_back(Sign(30000, {{"d", std::to_string(i % 10)}}));
            events.push_back(Sign(20001, {}));
            events.push_back(Sign(1, {}));
            events.push_back(Sign(5, {{"e", events.back().id}}));
        }
        return events;
    }

private:
    SignedEvent Sign(int kind, std::vector<std::vector<std::string>> tags)
    {
        nostr::Event event;
        event.created_at = time_++;
        event.kind = kind;
        event.tags = std::move(tags);
        event.tags.push_back({"expiration", std::to_string(Now() + kLifetime)});
        event.content = "soak";
        nostr::SignEvent(event, key_);
        return {event.id, nostr::ToJson(event)};
    }

    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    std::int64_t time_ = Now() - static_cast<std::int64_t>(5 * kOwnEvents);
};

std::size_t Publishers(const Target& target, const Load& load)
{
    Publish(target, load.stored, 16);
    Publish(target, std::span{load.stored}.first(kSentAgain), 4);
    return load.stored.size() + kSentAgain;
}

/// Change what they have said. Of two versions that come at once the older may be refused.
std::size_t Editors(unsigned short port)
{
    RawClient client{port};
    client.Upgrade();
    const auto events = SpecialEvents{}.Make();
    for (const auto& event : events) client.SendText("[\"EVENT\"," + event.json + "]");
    for (std::size_t answered = 0; answered < events.size();) {
        const auto text = client.ReceiveText();
        if (text.empty()) throw std::runtime_error{"the relay went away"};
        answered += text.starts_with("[\"OK\"");
    }
    return events.size();
}

std::size_t Askers(const Target& target, const Load& load)
{
    std::size_t requests = 0;
    for (const auto& shape : Shapes(load, kQuestions)) requests += Ask(target, shape.filters).done;
    return requests;
}

/// Subscribe, and leave without a word: one in two in the middle of a message.
std::size_t PassersBy(unsigned short port)
{
    for (std::size_t i = 0; i < kPassersBy; ++i) {
        RawClient client{port};
        client.Upgrade(i % 3 == 0 ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
        client.SendText(R"(["REQ","all",{"kinds":[1],"limit":5}])");
        client.SendText(R"(["REQ","live",{"kinds":[4242],"limit":1}])");
        if (i % 2 == 0) client.Send("\x81\xFE\x10");
        if (i % 5 == 0) client.ReceiveText();
    }
    return kPassersBy;
}

/// Ask for much and read nothing.
std::size_t Deaf(unsigned short port)
{
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < 10; ++i) {
        auto& client = clients.emplace_back(port);
        client.Upgrade();
        for (int n = 0; n < 10; ++n) client.SendText(R"(["REQ","all",{"limit":500}])");
    }
    return clients.size();
}

/// Count, begin to sync and stop, prove to be somebody by a word that proves nothing.
std::size_t Curious(unsigned short port)
{
    RawClient client{port};
    client.Upgrade();
    for (std::size_t i = 0; i < kHostile; ++i) {
        const auto name = std::to_string(i);
        client.SendText(R"(["COUNT","c",{"kinds":[1,7]}])");
        client.SendText(R"(["NEG-OPEN","n)" + name + R"(",{"kinds":[1]},"6100000200"])");
        client.SendText(R"(["AUTH",{"kind":22242,"id":"","tags":[]}])");
    }
    client.SendText(R"(["REQ","last",{"limit":1}])");
    for (auto text = client.ReceiveText(); !text.starts_with(R"(["EOSE","last")");) {
        if (text.empty()) break;
        text = client.ReceiveText();
    }
    return 3 * kHostile;
}

/// What the relay has to refuse; it may end the connection over each.
std::size_t Hostile(unsigned short port)
{
    const std::vector<std::string> messages{
        "nonsense",
        std::string(100'000, '['),
        R"(["EVENT",{"id":"00","kind":1}])",
        R"(["EVENT",{"id":")" + std::string(64, '0') + R"(","pubkey":")" + std::string(64, '1') +
            R"(","created_at":1,"kind":1,"tags":[],"content":"","sig":")" + std::string(128, '2') +
            R"("}])",
        R"(["REQ","s",{"kinds":"all"}])",
        R"(["REQ",")" + std::string(1000, 's') + R"(",{}])",
        "[\"REQ\",\"\xFF\xFE\",{}]",
        std::string(200'000, 'x')};
    const std::vector<std::string> requests{
        "GET /health HTTP/1.1\r\nHost: relay.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: relay.test\r\nAccept: application/nostr+json\r\n\r\n",
        "GET /dashboard HTTP/1.1\r\nHost: relay.test\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: relay.test\r\nContent-Length: 999999999\r\n\r\n", "GET / HT"};
    for (std::size_t i = 0; i < kHostile; ++i) {
        for (const auto& message : messages) {
            RawClient client{port};
            client.Upgrade();
            client.SendText(message);
        }
        for (const auto& request : requests) RawClient{port}.Send(request);
    }
    return kHostile * (messages.size() + requests.size());
}

}  // namespace

HourWork& HourWork::operator+=(const HourWork& other)
{
    events += other.events;
    requests += other.requests;
    deliveries += other.deliveries;
    connections += other.connections;
    refused += other.refused;
    return *this;
}

HourWork PassHour(unsigned short port)
{
    const auto target = Target::Loopback(port);
    const auto load = SignLoad(kEvents, Now() + kLifetime);
    HourWork work;
    work.events = Publishers(target, load) + Editors(port);
    work.requests = Askers(target, load) + Curious(port);
    work.deliveries = FanOut(target, std::span{load.live}.first(kLive), kSubscribers).done;
    work.refused = Hostile(port);
    work.connections = PassersBy(port) + Deaf(port) + work.refused + kSubscribers;
    return work;
}

}  // namespace berth::bench
