#pragma once

#include <array>
#include <string_view>

namespace berth::ledger {

/// What an account is in a balance sheet, as hledger names the top of its tree.
enum class AccountType { kAsset, kLiability, kIncome, kExpense, kEquity };

/// An account of the books. docs/finance.md says what each one means.
struct Account {
    std::string_view name;
    AccountType type;
};

/// In a rail's own asset, the marketplace's side.
constexpr Account kChannelClaims{"channel_claims", AccountType::kAsset};
constexpr Account kUnappliedCredit{"unapplied_credit", AccountType::kLiability};
constexpr Account kHeldCredit{"held_credit", AccountType::kLiability};
constexpr Account kOwnerPayable{"owner_payable", AccountType::kLiability};
constexpr Account kSoldCredit{"sold_credit", AccountType::kEquity};

/// In `usd`, the marketplace's side.
constexpr Account kReceivable{"receivable", AccountType::kAsset};
constexpr Account kDeferredRevenue{"deferred_revenue", AccountType::kLiability};
constexpr Account kRevenue{"revenue", AccountType::kIncome};
constexpr Account kRevenueShare{"revenue_share", AccountType::kExpense};
constexpr Account kOperatorPayable{"operator_payable", AccountType::kLiability};
constexpr Account kMarketplaceFee{"marketplace_fee", AccountType::kIncome};

/// In a chain's coin, the operator's side.
constexpr Account kOperatorWallet{"operator_wallet", AccountType::kAsset};
constexpr Account kLeaseEscrow{"lease_escrow", AccountType::kAsset};
constexpr Account kLeaseCost{"lease_cost", AccountType::kExpense};
constexpr Account kNetworkFees{"network_fees", AccountType::kExpense};

inline constexpr std::array kAccounts{
    kChannelClaims,  kUnappliedCredit, kHeldCredit,  kOwnerPayable, kSoldCredit,
    kReceivable,     kDeferredRevenue, kRevenue,     kRevenueShare, kOperatorPayable,
    kMarketplaceFee, kOperatorWallet,  kLeaseEscrow, kLeaseCost,    kNetworkFees};

/// `assets`, `liabilities`, `income`, `expenses` or `equity`, by the account's type.
std::string_view TreeOf(std::string_view account);

}  // namespace berth::ledger
