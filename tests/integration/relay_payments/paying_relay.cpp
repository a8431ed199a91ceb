#include "tests/integration/relay_payments/paying_relay.hpp"

#include <thread>

#include <boost/json/parse.hpp>

#include "core/nostr/http_auth.hpp"

namespace berth::relay::test {

using namespace std::chrono_literals;

nostr::Tag ClaimTag(const PayingUser& user, const std::string& channel, std::int64_t drops,
                    std::uint64_t nonce)
{
    return {"payment",
            "ilp",
            channel,
            std::to_string(drops),
            std::to_string(nonce),
            user.channel_key.SignClaim(channel, drops).value(),
            "XRP"};
}

boost::json::object AccountOf(const RelayProcess& relay, const nostr::SecretKey& key)
{
    const auto proof =
        nostr::MakeHttpAuth({.url = "http://127.0.0.1/payments", .method = "GET", .body = {}}, key,
                            SystemClock{}.Now());
    const auto answer = Fetch(relay.port(), "/payments", {{"Authorization", proof}});
    return boost::json::parse(answer.body).at("account").as_object();
}

std::string BalanceOf(const RelayProcess& relay, const nostr::SecretKey& key)
{
    return Text(AccountOf(relay, key).at("balance"));
}

boost::json::object Page(const RelayProcess& relay, const std::string& path)
{
    const auto answer = Fetch(relay.port(), path, {{"Accept", "application/nostr+json"}});
    return boost::json::parse(answer.body).as_object();
}

std::string MetricOf(const RelayProcess& relay, const std::string& name)
{
    const auto text = Fetch(relay.port(), "/metrics").body;
    const auto at = text.find("\n" + name);
    if (at == std::string::npos) return "";
    return text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

std::string Text(const boost::json::value& value) { return std::string{value.as_string()}; }

bool Becomes(const std::function<bool()>& condition)
{
    for (const auto limit = Deadline::After(10s); !limit.Passed();) {
        if (condition()) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

RelayProcess::Settings PaymentsTest::Local(RelayProcess::Settings more) const
{
    more.insert({{"PAYMENT_VERIFIER", "local"},
                 {"PAYMENT_XRP_URL", chain_.url()},
                 {"PAYMENT_XRP_ACCOUNT", owner_.address()},
                 {"PAYMENT_PUBLICATION", "*=10"},
                 {"PAYMENT_SETTLE_INTERVAL", "20ms"},
                 {"PUBLIC_METRICS", "true"}});
    return more;
}

std::string PaymentsTest::OpenChannel(const PayingUser& user, std::int64_t drops,
                                      const boost::json::object& changes) const
{
    boost::json::object wanted{{"account", user.channel_key.address()},
                               {"destination", owner_.address()},
                               {"public_key", user.channel_key.public_key_hex()},
                               {"amount", std::to_string(drops)},
                               {"settle_delay", 86'400}};
    for (const auto& change : changes) wanted[change.key()] = change.value();
    return Text(chain_.Ask("sandbox_create_channel", wanted).at("channel_id"));
}

nostr::Event PaymentsTest::Paid(const PayingUser& user, const std::string& channel,
                                std::int64_t drops, std::uint64_t nonce, EventDraft draft)
{
    draft.tags.push_back(ClaimTag(user, channel, drops, nonce));
    return Sign(user.key, std::move(draft));
}

}  // namespace berth::relay::test
