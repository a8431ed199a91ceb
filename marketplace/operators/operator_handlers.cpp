#include "marketplace/operators/operator_handlers.hpp"

#include <algorithm>

#include "core/money/conversion.hpp"
#include "core/nostr/keys.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/operators/operator_store.hpp"
#include "marketplace/operators/plan_rules.hpp"
#include "marketplace/orders/order_reading.hpp"

namespace berth::operators {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTitleMax = 100;
constexpr std::size_t kSourceMax = 60;
constexpr std::size_t kChainIdMax = 50;
constexpr std::size_t kAddressMax = 90;  // As bech32 has it.
constexpr auto kPriceAgeMax = 1h;
constexpr auto kPriceAheadMax = 10min;
constexpr std::int64_t kPriceUsdE8Max = 1'000'000'000'000'000;  // Ten million dollars.
constexpr std::int64_t kPriceJumpMax = 5;                       // Times, within a day.
constexpr auto kCatalogue = "catalogue";

Error BadTerms(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_TERMS", std::move(message));
}

bool IsText(const std::string& text, std::size_t most)
{
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

bool IsAddress(const std::string& address)
{
    return address.starts_with("akash1") && address.size() <= kAddressMax &&
           std::all_of(address.begin(), address.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

bool IsChainId(const std::string& id)
{
    return !id.empty() && id.size() <= kChainIdMax && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<money::Amount> ReadPrice(const std::string& text)
{
    const auto price = money::Amount::Parse(text);
    if (!price || *price <= money::Amount{0} || *price > money::Amount{kPriceUsdE8Max}) {
        return BadTerms("price_usd_e8: decimal digits, above zero, at most ten million dollars.");
    }
    return *price;
}

/// A slip of the point is caught here; a real fall by so much is set in steps.
bool IsPlausible(money::Amount price, money::Amount before)
{
    if (before == money::Amount{0}) return true;
    return price <= money::MulDiv(before, kPriceJumpMax, 1, money::Rounding::kFloor) &&
           before <= money::MulDiv(price, kPriceJumpMax, 1, money::Rounding::kFloor);
}

Error NotAnOperator()
{
    return Fail(ErrorCode::kForbidden, "NOT_AN_OPERATOR",
                "The signer is not a registered operator.");
}

v1::ActResponse ReadAnswer(const std::string& bytes)
{
    v1::ActResponse answer;
    answer.ParseFromString(bytes);
    return answer;
}

}  // namespace

Result<v1::ActResponse> OperatorHandlers::Act(const call::Call& call, const v1::ActRequest& request)
{
    const auto event = call::ReadSignedEvent(request.event(), call::kOperatorActionKind);
    if (!event) return event.error();
    const auto stored = [&](pqxx::work& tx) -> Result<std::optional<std::string>> {
        return orders::StoredAnswer(tx, event->pubkey, event->id);
    };
    const auto known = database_.Transact<std::optional<std::string>>(stored);
    if (!known) return known.error();
    if (*known) return ReadAnswer(**known);

    v1::OperatorAction action;
    const auto read = call::ReadTerms(*event, settings_.marketplace, call.now, action);
    if (!read) return read.error();
    v1::ActResponse answer;
    const auto done = database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        const auto applied = Apply(tx, {*event, call.now}, action);
        if (!applied) return applied.error();
        answer.set_done(*applied);
        if (request.validate_only()) {
            tx.abort();
            return true;
        }
        orders::KeepEvent(tx, {.customer_id = event->pubkey,
                               .event_id = event->id,
                               .kind = event->kind,
                               .event = request.event(),
                               .answer = answer.SerializeAsString()});
        db::Notify(tx, kCatalogue);
        return true;
    });
    if (done) return answer;
    const auto meanwhile = database_.Transact<std::optional<std::string>>(stored);
    if (meanwhile && *meanwhile) return ReadAnswer(**meanwhile);  // The same event, twice at once.
    return done.error();
}

Result<void> OperatorHandlers::RequireAdmin(const Signed& by) const
{
    if (settings_.admins.contains(by.event.pubkey)) return {};
    return Fail(ErrorCode::kForbidden, "NOT_ADMIN", "Only the marketplace's admin may do this.");
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::OperatorAction& action)
{
    switch (action.action_case()) {
        case v1::OperatorAction::kPutOperator: return Apply(tx, by, action.put_operator());
        case v1::OperatorAction::kPutPlan: return Apply(tx, by, action.put_plan());
        case v1::OperatorAction::kPutWallet: return Apply(tx, by, action.put_wallet());
        case v1::OperatorAction::kSetPrice: return Apply(tx, by, action.set_price());
        case v1::OperatorAction::kPausePlan: return Apply(tx, by, action.pause_plan());
        case v1::OperatorAction::ACTION_NOT_SET: break;
    }
    return BadTerms("The action is empty.");
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::PutOperator& change)
{
    if (const auto admin = RequireAdmin(by); !admin) return admin.error();
    const auto pubkey = nostr::ParsePubkey(change.operator_());
    if (!pubkey) return BadTerms("operator: not a public key.");
    if (!IsText(change.title(), kTitleMax)) return BadTerms("title: 1 to 100 bytes of text.");
    auto one = change;
    one.set_operator_(*pubkey);
    PutOperator(tx, one);
    return "operators/" + *pubkey;
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::PutPlan& change)
{
    const auto& signer = by.event.pubkey;
    if (!OperatorExists(tx, signer)) return NotAnOperator();
    auto plan = change.plan();
    if (plan.operator_().empty()) plan.set_operator_(signer);
    if (plan.operator_() != signer) {
        return Fail(ErrorCode::kInvalid, "BAD_PLAN", "operator: a plan is its signer's.");
    }
    if (const auto sound = CheckPlan(plan, settings_.marketplace_fee_bps); !sound)
        return sound.error();
    const auto id = PlanId(plan.name());
    if (!id) return id.error();
    if (!PutPlan(tx, *id, plan)) {
        return Fail(ErrorCode::kConflict, "PLAN_TAKEN",
                    "Another operator has a plan of this name.");
    }
    return plan.name();
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::PutWallet& change)
{
    const auto& signer = by.event.pubkey;
    if (!OperatorExists(tx, signer)) return NotAnOperator();
    if (!IsAddress(change.address())) return BadTerms("address: not an Akash address.");
    if (!IsChainId(change.chain_id())) return BadTerms("chain_id: not the id of a chain.");
    if (!orders::ClaimUnique(tx, "wallet", change.address(), signer)) {
        return Fail(ErrorCode::kConflict, "WALLET_TAKEN", "Another operator has this wallet.");
    }
    PutWallet(tx, signer, change);
    return "wallets/" + change.address();
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::SetPrice& change)
{
    if (const auto admin = RequireAdmin(by); !admin) return admin.error();
    const auto asset = money::FindAsset(change.asset());
    if (!asset || asset->code == "usd") return BadTerms("asset: not one that has a price.");
    const auto price = ReadPrice(change.price_usd_e8());
    if (!price) return price.error();
    if (!IsText(change.source(), kSourceMax)) return BadTerms("source: 1 to 60 bytes of text.");
    if (change.source_time() < ToUnixSeconds(by.now - kPriceAgeMax) ||
        change.source_time() > ToUnixSeconds(by.now + kPriceAheadMax)) {
        return BadTerms("source_time: within the last hour.");
    }
    const auto time = FromUnixSeconds(change.source_time());
    const std::string code{asset->code};
    if (!IsPlausible(*price, RecentPrice(tx, code))) {
        return BadTerms("price_usd_e8: more than five times off the price before.");
    }
    PutPrice(tx, {.snapshot_id = by.event.id,
                  .asset = code,
                  .price_usd_e8 = *price,
                  .source = change.source(),
                  .source_time = time});
    return "prices/" + by.event.id;
}

OperatorHandlers::Done OperatorHandlers::Apply(pqxx::work& tx, const Signed& by,
                                               const v1::PausePlan& change)
{
    const auto& signer = by.event.pubkey;
    if (!OperatorExists(tx, signer)) return NotAnOperator();
    const auto id = PlanId(change.plan());
    if (!id) return id.error();
    auto plan = LockPlan(tx, signer, *id);
    if (!plan) return Fail(ErrorCode::kNotFound, "UNKNOWN_PLAN", "The signer has no such plan.");
    plan->set_paused(change.paused());
    PutPlan(tx, *id, *plan);
    return plan->name();
}

Result<v1::ListWalletsResponse> OperatorHandlers::ListWallets(const call::Call& call,
                                                              const v1::ListWalletsRequest&)
{
    using Response = v1::ListWalletsResponse;
    if (const auto allowed = Require(call, call::Role::kOperator); !allowed) return allowed.error();
    return database_.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        Response response;
        for (auto& wallet : ReadWallets(tx, call.caller))
            *response.add_wallets() = std::move(wallet);
        return response;
    });
}

Result<v1::ListOperatorsResponse> OperatorHandlers::ListOperators(const call::Call& call,
                                                                  const v1::ListOperatorsRequest&)
{
    using Response = v1::ListOperatorsResponse;
    if (const auto allowed = Require(call, call::Role::kAdmin); !allowed) return allowed.error();
    return database_.Transact<Response>([](pqxx::work& tx) -> Result<Response> {
        Response response;
        for (auto& one : ReadOperators(tx)) *response.add_operators() = std::move(one);
        return response;
    });
}

Result<v1::ListPricesResponse> OperatorHandlers::ListPrices(const call::Call&,
                                                            const v1::ListPricesRequest&)
{
    using Response = v1::ListPricesResponse;
    return database_.Transact<Response>([](pqxx::work& tx) -> Result<Response> {
        Response response;
        for (auto& price : ReadPrices(tx)) *response.add_prices() = std::move(price);
        return response;
    });
}

}  // namespace berth::operators
