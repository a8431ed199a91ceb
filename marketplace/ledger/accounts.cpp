#include "marketplace/ledger/accounts.hpp"

#include <algorithm>

#include "core/base/assert.hpp"

namespace berth::ledger {

std::string_view TreeOf(std::string_view account)
{
    const auto* const found = std::ranges::find(kAccounts, account, &Account::name);
    BERTH_ASSERT(found != kAccounts.end());
    switch (found->type) {
        case AccountType::kAsset: return "assets";
        case AccountType::kLiability: return "liabilities";
        case AccountType::kIncome: return "income";
        case AccountType::kExpense: return "expenses";
        case AccountType::kEquity: return "equity";
    }
    BERTH_ASSERT(false);
}

}  // namespace berth::ledger
