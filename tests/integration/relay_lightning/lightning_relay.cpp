#include "tests/integration/relay_lightning/lightning_relay.hpp"

#include <stdexcept>
#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/nostr/http_auth.hpp"

namespace berth::relay::test {

using namespace std::chrono_literals;
namespace json = boost::json;

std::string TextOf(const json::object& document, std::string_view name)
{
    return std::string{document.at(name).as_string()};
}

RelayProcess::Settings LightningRelayTest::Lightning(RelayProcess::Settings more) const
{
    more.insert({{"PAYMENT_ASSET", "btc"},
                 {"PAYMENT_ADMISSION", "5000"},
                 {"PAYMENT_PUBLICATION", "*=1000"},
                 {"PAYMENT_FREE_KINDS", "7"},
                 {"PAYMENT_LIGHTNING_URL", lnd_.url()},
                 {"PAYMENT_LIGHTNING_MACAROON_FILE", lnd_.macaroon_file().string()},
                 {"PAYMENT_LIGHTNING_CERTIFICATE_FILE", lnd_.certificate_file().string()},
                 {"PAYMENT_LIGHTNING_LOOK_INTERVAL", "20ms"},
                 {"PAYMENT_LIGHTNING_TIMEOUT", "2s"},
                 {"PAYMENT_LIGHTNING_RATE", "0"},
                 {"PAYMENT_LIGHTNING_RATE_ALL", "0"},
                 {"NAME", "Harbour <of> the North"}});
    return more;
}

HttpAnswer LightningRelayTest::Ask(const json::object& wish, const nostr::SecretKey* key) const
{
    const auto body = json::serialize(wish);
    std::map<std::string, std::string> headers{{"Content-Type", "application/json"}};
    if (key) {
        headers["Authorization"] = nostr::MakeHttpAuth(
            {.url = "http://127.0.0.1/payments/invoice", .method = "POST", .body = body}, *key,
            SystemClock{}.Now());
    }
    return Fetch(relay_.port(), "/payments/invoice", headers, "POST", body);
}

json::object LightningRelayTest::Made(const json::object& wish, const nostr::SecretKey* key) const
{
    const auto answer = Ask(wish, key);
    if (answer.status != 200) throw std::runtime_error{answer.body};
    return json::parse(answer.body).as_object();
}

HttpAnswer LightningRelayTest::Look(const std::string& hash) const
{
    return Fetch(relay_.port(), "/payments/invoice?hash=" + hash);
}

std::string LightningRelayTest::StateOf(const std::string& hash) const
{
    const auto document = json::parse(Look(hash).body).as_object();
    return TextOf(document, document.contains("state") ? "state" : "reason");
}

std::string LightningRelayTest::BalanceOf(const nostr::SecretKey& key) const
{
    const auto proof =
        nostr::MakeHttpAuth({.url = "http://127.0.0.1/payments", .method = "GET", .body = {}}, key,
                            SystemClock{}.Now());
    const auto answer = Fetch(relay_.port(), "/payments", {{"Authorization", proof}});
    return TextOf(json::parse(answer.body).at("account").as_object(), "balance");
}

bool LightningRelayTest::Becomes(const std::function<bool()>& condition)
{
    for (const auto limit = Deadline::After(20s); !limit.Passed();) {
        if (condition()) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

std::string LightningRelayTest::Publish(const nostr::SecretKey& key,
                                        const std::string& content) const
{
    RelayClient client{relay_.port()};
    return client.Publish(Sign(key, {.content = content}));
}

}  // namespace berth::relay::test
