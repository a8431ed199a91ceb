#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"
#include "marketplace/ledger/accounts.hpp"
#include "marketplace/ledger/books.hpp"

namespace berth::ledger {

/// What an entry is; stored, never renamed. A customer may read those up to kRelayClaim.
namespace kind {
constexpr std::string_view kClaim = "claim";
constexpr std::string_view kHold = "hold";
constexpr std::string_view kRelease = "release";
constexpr std::string_view kSale = "sale";
constexpr std::string_view kDeferral = "deferral";
constexpr std::string_view kSetup = "setup";
constexpr std::string_view kHosting = "hosting";
constexpr std::string_view kForfeited = "forfeited";
constexpr std::string_view kRelayClaim = "relay_claim";
constexpr std::string_view kOperatorShare = "operator_share";
constexpr std::string_view kFee = "fee";
constexpr std::string_view kLease = "lease";
constexpr std::string_view kLeaseTrueUp = "lease_true_up";
constexpr std::string_view kEscrowDeposit = "escrow_deposit";
constexpr std::string_view kEscrowReturn = "escrow_return";
constexpr std::string_view kGas = "gas";
}  // namespace kind

/// One row to be: `debit` and `credit` of the same amount.
struct Entry {
    std::string_view kind;
    std::string what;  ///< With customer, order and kind it makes the id: claim, period, ...
    Account debit;
    Account credit;
    Worth worth;  ///< Left out when its amount is zero.
    Time time;    ///< When it is posted; its month is that of `from`, else of this.
    std::optional<Time> from = std::nullopt;  ///< Of the period that is recognised, with `to`.
    std::optional<Time> to = std::nullopt;
};

/// 32 hex digits over (customer, order, kind, what).
std::string EntryId(const Owner& owner, std::string_view kind, std::string_view what);

/// Posts one entry and moves the margin rollup with it, in one statement. False when the entry was
/// there already (the rollup is not moved a second time) or is of zero.
bool Post(pqxx::work& tx, const Owner& owner, const Entry& entry);

/// Micro-dollars of an entry of this owner; nothing where there is none such.
std::optional<std::int64_t> PostedMicros(pqxx::work& tx, const Owner& owner, std::string_view kind,
                                         std::string_view what);

/// Dollars as the worth of an entry in asset `usd`.
Worth Dollars(std::int64_t usd_micros);

}  // namespace berth::ledger
