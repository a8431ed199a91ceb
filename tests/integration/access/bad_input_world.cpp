#include "tests/integration/access/bad_input_world.hpp"

#include <stdexcept>

#include <boost/json/serialize.hpp>
#include <pqxx/pqxx>

#include "berth/v1/order_service.pb.h"
#include "cli/signed_request.hpp"
#include "core/base/clock.hpp"

namespace berth::test {
namespace {

using boost::json::object;

constexpr auto kFunds = "10000000";

/// Every table that a signed request could change. The jobs, and what they note on channels, go on
/// by themselves.
constexpr auto kEverything = R"sql(
    SELECT string_agg(line, E'\n' ORDER BY line) FROM (
        SELECT t::text AS line FROM customers t UNION ALL SELECT t::text FROM signed_events t
        UNION ALL SELECT t::text FROM orders t UNION ALL SELECT t::text FROM order_events t
        UNION ALL SELECT t::text FROM claims t UNION ALL SELECT t::text FROM holds t
        UNION ALL SELECT t::text FROM entries t UNION ALL SELECT t::text FROM margins t
        UNION ALL SELECT t::text FROM unique_keys t UNION ALL SELECT t::text FROM operators t
        UNION ALL SELECT t::text FROM plans t UNION ALL SELECT t::text FROM price_snapshots t
        UNION ALL SELECT t::text FROM wallets t UNION ALL SELECT t::text FROM relays t
        UNION ALL SELECT concat_ws(' ', customer_id, channel_id, accepted, unapplied, held)
                  FROM channels) rows)sql";

}  // namespace

BadInputWorld::BadInputWorld()
{
    own_channel = Register(world.one().customer, own_key);
    strangers_channel = Register(world.two().customer, strangers_key);
    Accept("/berth.v1.PaymentService/SubmitClaim", cli::kClaimKind, world.one().customer,
           Claim("1000"));
}

std::string BadInputWorld::Event(int kind, const std::string& content, const nostr::SecretKey& key,
                                 const std::function<void(nostr::Event&)>& spoil) const
{
    const auto now = ToUnixSeconds(SystemClock{}.Now());
    nostr::Event event{
        .id = "",
        .pubkey = "",
        .created_at = now,
        .kind = kind,
        .tags = {{"p", marketplace_key()}, {"v", "1"}, {"expiration", std::to_string(now + 300)}},
        .content = content,
        .sig = ""};
    if (spoil) spoil(event);
    nostr::SignEvent(event, key);
    return nostr::ToJson(event);
}

std::string BadInputWorld::Event(int kind, const object& terms, const nostr::SecretKey& key) const
{
    return Event(kind, boost::json::serialize(terms), key);
}

object BadInputWorld::Claim(const std::string& cumulative) const
{
    const auto amount = money::Amount::Parse(cumulative);
    return {{"rail", "xrp"},
            {"channelId", own_channel},
            {"cumulative", cumulative},
            {"signature", *own_key.SignClaim(own_channel, amount ? *amount : 2000)}};
}

std::string BadInputWorld::Request(const std::string& event)
{
    v1::PlaceOrderRequest request;
    request.set_event(event);
    return request.SerializeAsString();
}

std::string BadInputWorld::Everything() const
{
    pqxx::connection connection{world.marketplace().DatabaseUrl()};
    pqxx::work tx{connection};
    return tx.exec1(kEverything)[0].as<std::string>();
}

std::string BadInputWorld::Register(const nostr::SecretKey& customer, const rails::XrpKey& key)
{
    const auto made = ledger.Ask("sandbox_create_channel", {{"account", key.address()},
                                                            {"destination", payee.address()},
                                                            {"public_key", key.public_key_hex()},
                                                            {"amount", kFunds},
                                                            {"settle_delay", 86'400}});
    const std::string id{made.at("channel_id").as_string()};
    const auto proof =
        key.Sign("berth-channel:1:" + marketplace_key() + ":" + customer.pubkey() + ":" + id);
    Accept("/berth.v1.PaymentService/RegisterChannel", cli::kChannelKind, customer,
           {{"rail", "xrp"}, {"channelId", id}, {"proof", proof}});
    return id;
}

void BadInputWorld::Accept(const char* path, int kind, const nostr::SecretKey& key,
                           const object& terms) const
{
    const auto answer = world.client().Call(path, Request(Event(kind, terms, key)));
    if (!answer.ok()) throw std::runtime_error{answer.reason};
}

}  // namespace berth::test
