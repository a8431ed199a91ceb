#include "marketplace/claims/payment_handlers.hpp"

#include <charconv>

#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/claims/balance_feed.hpp"
#include "marketplace/claims/channel_view.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/claims/registration.hpp"
#include "marketplace/payments/observation.hpp"

namespace berth::claims {
namespace {

constexpr std::string_view kOrderPrefix = "orders/";
constexpr auto kAfterAll = FromUnixSeconds(253'402'300'799);  // The end of the year 9999.

/// Refuses the transaction of a rehearsal after it has shown what would happen.
Error Rehearsed() { return Fail(ErrorCode::kPrecondition, "REHEARSED", "Nothing is kept."); }

/// The id in `orders/{order_id}`, or an empty one for no order. Whether it exists is seen later.
Result<std::string> ReadOrderName(const std::string& name)
{
    if (name.empty()) return std::string{};
    if (name.starts_with(kOrderPrefix) && name.size() > kOrderPrefix.size()) {
        return name.substr(kOrderPrefix.size());
    }
    return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "The caller has no such order.");
}

Error BadPosition()
{
    return Fail(ErrorCode::kInvalid, "BAD_PAGE_TOKEN", "The page token is not one of ours.");
}

std::string WritePosition(const ClaimRow& claim)
{
    return std::to_string(claim.accepted_at.time_since_epoch().count()) + ' ' +
           claim.channel.channel_id + ' ' + claim.cumulative.ToString();
}

Result<ClaimPosition> ReadPosition(const std::string& text)
{
    if (text.empty()) return ClaimPosition{.accepted_at = kAfterAll, .channel_id = ""};
    const auto first = text.find(' ');
    const auto second = text.find(' ', first + 1);
    if (first == std::string::npos || second == std::string::npos) return BadPosition();
    std::int64_t micros = 0;
    const auto* const end = text.data() + first;
    const auto parsed = std::from_chars(text.data(), end, micros);
    const auto cumulative = money::Amount::Parse(text.substr(second + 1));
    if (parsed.ptr != end || parsed.ec != std::errc{} || !cumulative) return BadPosition();
    return ClaimPosition{.accepted_at = Time{std::chrono::microseconds{micros}},
                         .channel_id = text.substr(first + 1, second - first - 1),
                         .cumulative = *cumulative};
}

v1::ClaimRecord ToProto(const ClaimRow& claim)
{
    v1::ClaimRecord record;
    record.set_channel(NameOf(claim.channel));
    record.set_cumulative(claim.cumulative.ToString());
    record.set_credited(claim.credited.ToString());
    if (!claim.order_id.empty()) record.set_order(std::string{kOrderPrefix} + claim.order_id);
    record.set_accepted_at(claim.accepted_at.time_since_epoch().count());
    return record;
}

}  // namespace

Result<std::optional<std::string>> PaymentHandlers::Answered(const nostr::Event& event)
{
    using Found = std::optional<std::string>;
    return parts_.database.Transact<Found>(
        [&](pqxx::work& tx) -> Result<Found> { return FindAnswer(tx, event.pubkey, event.id); });
}

Result<v1::RegisterChannelResponse> PaymentHandlers::RegisterChannel(
    const call::Call& call, const v1::RegisterChannelRequest& request)
{
    const auto event = call::ReadSignedEvent(request.event(), call::kChannelKind);
    if (!event) return event.error();
    const auto answered = Answered(*event);
    if (!answered) return answered.error();
    v1::RegisterChannelResponse response;
    if (*answered && response.ParseFromString(**answered)) return response;
    v1::ChannelTerms terms;
    const auto read = call::ReadTerms(*event, settings().marketplace, call.now, terms);
    if (!read) return read.error();
    const auto key = ReadChannelKey(event->pubkey, terms.rail(), terms.channel_id());
    if (!key) return key.error();
    const auto chain = parts_.channels.Read(key->channel_id, call.deadline);
    if (!chain) return chain.error();
    const auto channel = CheckRegistration(*key, terms, *chain, settings());
    if (!channel) return channel.error();
    auto stored = parts_.database.Transact<v1::RegisterChannelResponse>(
        [&](pqxx::work& tx) -> Result<v1::RegisterChannelResponse> {
            auto done = StoreRegistration(tx, *event, *channel, call.trace);
            if (!done || !request.validate_only()) return done;
            response = *done;
            return Rehearsed();
        });
    if (!stored && stored.error().reason == "REHEARSED") return response;
    return stored;
}

Result<VerifiedClaim> PaymentHandlers::Verify(const call::Call& call, nostr::Event event)
{
    v1::ClaimTerms terms;
    const auto read = call::ReadTerms(event, settings().marketplace, call.now, terms);
    if (!read) return read.error();
    const auto key = ReadChannelKey(event.pubkey, terms.rail(), terms.channel_id());
    if (!key) return key.error();
    const auto cumulative = money::Amount::Parse(terms.cumulative());
    if (!cumulative) return cumulative.error();
    const auto order_id = ReadOrderName(terms.order());
    if (!order_id) return order_id.error();
    const auto public_key =
        parts_.database.Transact<std::string>([&](pqxx::work& tx) -> Result<std::string> {
            const auto channel = payments::FindChannel(tx, *key);
            if (!channel) return UnknownChannel();
            return channel->public_key;
        });
    if (!public_key) return public_key.error();
    const rails::Claim signed_claim{.channel_id = key->channel_id,
                                    .cumulative = *cumulative,
                                    .signature_hex = terms.signature()};
    if (const auto genuine = parts_.verifier.Verify(signed_claim, *public_key); !genuine) {
        return genuine.error();
    }
    auto chain = parts_.channels.Get(key->channel_id, call.deadline);
    if (!chain) return chain.error();
    return VerifiedClaim{.event = std::move(event),
                         .channel = *key,
                         .cumulative = *cumulative,
                         .signature = terms.signature(),
                         .order_id = *order_id,
                         .chain = std::move(*chain)};
}

Result<v1::SubmitClaimResponse> PaymentHandlers::Rehearse(const VerifiedClaim& claim)
{
    v1::SubmitClaimResponse response;
    auto refused = parts_.database.Transact<v1::SubmitClaimResponse>(
        [&](pqxx::work& tx) -> Result<v1::SubmitClaimResponse> {
            auto booked = BookClaim(tx, claim, settings().policy);
            if (!booked) return booked;
            response = *booked;
            return Rehearsed();
        });
    if (!refused && refused.error().reason != "REHEARSED") return refused;
    return response;
}

void PaymentHandlers::SubmitClaim(const call::Call& call, const v1::SubmitClaimRequest& request,
                                  call::Answer<v1::SubmitClaimResponse> answer)
{
    auto event = call::ReadSignedEvent(request.event(), call::kClaimKind);
    if (!event) return answer(event.error());
    const auto answered = Answered(*event);
    if (!answered) return answer(answered.error());
    v1::SubmitClaimResponse response;
    if (*answered && response.ParseFromString(**answered)) return answer(response);
    auto claim = Verify(call, std::move(*event));
    if (!claim) return answer(claim.error());
    if (request.validate_only()) return answer(Rehearse(*claim));
    parts_.intake.Submit(std::move(*claim), std::move(answer));
}

Result<v1::CreateInvoiceResponse> PaymentHandlers::CreateInvoice(
    const call::Call& call, const v1::CreateInvoiceRequest& request)
{
    if (const auto caller = call::CallerOf(call); !caller) return caller.error();
    return Fail(ErrorCode::kUnimplemented, "RAIL_NOT_SERVED",
                "This marketplace gives no invoices on rail `" + request.rail() + "`.");
}

Result<v1::GetChannelResponse> PaymentHandlers::GetChannel(const call::Call& call,
                                                           const v1::GetChannelRequest& request)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    const auto key = ReadChannelName(*caller, request.name());
    if (!key) return key.error();
    const auto known = parts_.database.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        return payments::FindChannel(tx, *key).has_value();
    });
    if (!known) return known.error();
    if (!*known) return UnknownChannel();
    const auto channel =
        payments::ObserveChannel(parts_.database, parts_.channels, *key, call.deadline);
    if (!channel) return channel.error();
    v1::GetChannelResponse response;
    *response.mutable_channel() = ToProto(*channel);
    return response;
}

Result<v1::ListClaimsResponse> PaymentHandlers::ListClaims(const call::Call& call,
                                                           const v1::ListClaimsRequest& request)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    const auto arguments = "claims/" + *caller;
    const auto page = call::ReadPage(request.page_size(), request.page_token(), arguments);
    if (!page) return page.error();
    const auto position = ReadPosition(page->after);
    if (!position) return position.error();
    using Claims = std::vector<ClaimRow>;
    const auto claims = parts_.database.Transact<Claims>([&](pqxx::work& tx) -> Result<Claims> {
        return claims::ListClaims(tx, *caller, *position, page->size);
    });
    if (!claims) return claims.error();
    v1::ListClaimsResponse response;
    for (const auto& claim : *claims) *response.add_claims() = ToProto(claim);
    if (std::ssize(*claims) == page->size) {
        response.set_next_page_token(call::MakePageToken(WritePosition(claims->back()), arguments));
    }
    return response;
}

call::Opened<v1::WatchBalanceResponse> PaymentHandlers::WatchBalance(const call::Call& call,
                                                                     const v1::WatchBalanceRequest&)
{
    auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    return std::unique_ptr<call::Feed<v1::WatchBalanceResponse>>{
        std::make_unique<BalanceFeed>(parts_.database, std::move(*caller))};
}

}  // namespace berth::claims
