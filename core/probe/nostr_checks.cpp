#include "core/probe/nostr_checks.hpp"

#include "core/base/digest.hpp"

namespace berth::probe {
namespace {

constexpr std::int64_t kExpirySeconds = 3600;
constexpr std::string_view kLive = "live";

bool DemandsAuth(std::string_view message) { return message.starts_with("auth-required:"); }

}  // namespace

NostrChecks::NostrChecks(Endpoint endpoint, std::string relay_url, const nostr::SecretKey& key,
                         Time now)
    : endpoint_{std::move(endpoint)}, relay_url_{std::move(relay_url)}, key_{key}, now_{now}
{
    const auto expires = std::to_string(ToUnixSeconds(now) + kExpirySeconds);
    event_ = MakeEvent(1, {{"expiration", expires}},
                       "Acceptance probe " + ToHex(Sha256(RandomBytes(32))).substr(0, 32));
}

nostr::Event NostrChecks::MakeEvent(int kind, std::vector<nostr::Tag> tags,
                                    std::string content) const
{
    nostr::Event event;
    event.created_at = ToUnixSeconds(now_);
    event.kind = kind;
    event.tags = std::move(tags);
    event.content = std::move(content);
    nostr::SignEvent(event, key_);
    return event;
}

bool NostrChecks::Run(CheckList& list)
{
    const auto run = [&](const char* name, Result<std::string> (NostrChecks::*check)(Deadline)) {
        return list.Run(name, [&](Deadline deadline) { return (this->*check)(deadline); });
    };
    if (!run("websocket", &NostrChecks::Connect)) return false;
    if (must_authenticate_ && !run("auth", &NostrChecks::Authenticate)) return false;
    return run("req_eose", &NostrChecks::Request) && run("event_ok", &NostrChecks::Publish) &&
           run("read_back", &NostrChecks::ReadBack) &&
           run("close", &NostrChecks::CloseSubscription) && run("deletion", &NostrChecks::Delete);
}

Result<std::string> NostrChecks::Connect(Deadline deadline)
{
    auto client = RelayClient::Connect(endpoint_, "/", deadline);
    if (!client) return client.error();
    client_ = std::move(*client);
    const auto first = Request(deadline);  // Only to see whether it demands AUTH.
    must_authenticate_ = !first && DemandsAuth(first.error().message);
    return std::string{must_authenticate_ ? "upgraded, demands AUTH" : "upgraded"};
}

Result<std::string> NostrChecks::Request(Deadline deadline)
{
    const auto events = client_->Subscribe("probe", R"({"kinds":[1],"limit":1})", deadline);
    if (!events) return events.error();
    return "EOSE after " + std::to_string(events->size()) + " events";
}

Result<std::string> NostrChecks::Authenticate(Deadline deadline)
{
    const auto answer = client_->Authenticate(relay_url_, key_, now_, deadline);
    if (!answer) return answer.error();
    if (!answer->accepted) return Refused("AUTH_REFUSED", answer->message);
    return std::string{"accepted"};
}

Result<std::string> NostrChecks::Publish(Deadline deadline)
{
    auto answer = client_->Publish(event_, deadline);
    if (answer && !answer->accepted && DemandsAuth(answer->message)) {
        if (const auto known = Authenticate(deadline); !known) return known.error();
        answer = client_->Publish(event_, deadline);
    }
    if (!answer) return answer.error();
    if (!answer->accepted) return Refused("EVENT_REFUSED", answer->message);
    return event_.id;
}

Result<std::string> NostrChecks::ReadBack(Deadline deadline)
{
    const auto filter = "{\"ids\":[\"" + event_.id + "\"]}";
    const auto events = client_->Subscribe("back", filter, deadline);
    if (!events) return events.error();
    if (events->size() != 1 || events->front() != event_) {
        return Refused("EVENT_NOT_STORED", "The relay did not give back what it took.");
    }
    return event_.id;
}

/// After CLOSE an event that the subscription matches must not come any more.
Result<std::string> NostrChecks::CloseSubscription(Deadline deadline)
{
    const std::string live{kLive};
    const auto filter = "{\"authors\":[\"" + key_.pubkey() + "\"],\"limit\":1}";
    if (const auto events = client_->Subscribe(live, filter, deadline); !events) {
        return events.error();
    }
    for (const auto* name : {"live", "back", "probe"}) {
        if (const auto sent = client_->Unsubscribe(name, deadline); !sent) return sent.error();
    }
    const auto expires = std::to_string(ToUnixSeconds(now_) + kExpirySeconds);
    const auto after = MakeEvent(20001, {{"expiration", expires}}, "After CLOSE.");
    if (const auto sent = client_->Send("[\"EVENT\"," + nostr::ToJson(after) + "]", deadline);
        !sent) {
        return sent.error();
    }
    while (true) {
        const auto message = client_->Receive(deadline);
        if (!message) return message.error();
        const auto& word = message->at(0).as_string();
        if (word == "OK") return std::string{"nothing came after CLOSE"};
        if (word == "EVENT" && message->size() > 1 && message->at(1).is_string() &&
            message->at(1).get_string() == kLive) {
            return Refused("CLOSE_IGNORED", "An event came for a closed subscription.");
        }
    }
}

Result<std::string> NostrChecks::Delete(Deadline deadline)
{
    const auto request = MakeEvent(5, {{"e", event_.id}, {"k", "1"}}, "");
    const auto answer = client_->Publish(request, deadline);
    if (!answer) return answer.error();
    if (!answer->accepted) return Refused("DELETION_REFUSED", answer->message);
    return request.id;
}

}  // namespace berth::probe
