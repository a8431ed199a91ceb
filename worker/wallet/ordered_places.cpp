#include "worker/wallet/ordered_places.hpp"

#include <algorithm>
#include <set>

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 290s;
constexpr std::chrono::milliseconds kUsualBlock = 6s;
constexpr std::int64_t kPastTimeoutBlocks = 2;  // The node's index may be a block behind.

}  // namespace

std::optional<akash::OrderedPlace> PlaceOf(const v1::WalletTransaction& transaction)
{
    if (!transaction.has_sequence()) return std::nullopt;
    return akash::OrderedPlace{.sequence = transaction.sequence(),
                               .timeout_height = transaction.timeout_height()};
}

Result<akash::OrderedPlace> OrderedPlaces::Next(const std::string& address, std::int64_t height,
                                                const std::vector<v1::WalletTransaction>& under_way,
                                                Deadline deadline) const
{
    const auto account = chain_.GetAccount(address, deadline);
    if (!account) return account.error();
    if (!*account) {
        return Fail(ErrorCode::kPrecondition, "INSUFFICIENT_FUNDS",
                    "The wallet " + address + " never held anything on this chain.");
    }
    std::set<std::uint64_t> taken;
    for (const auto& transaction : under_way) {
        if (transaction.has_sequence()) taken.insert(transaction.sequence());
    }
    auto sequence = (*account)->sequence;
    while (taken.contains(sequence)) ++sequence;
    const auto block = std::max(pace_.Measured().value_or(kUsualBlock), 1ms);
    const auto blocks = std::max<std::int64_t>(kTimeout / block, 1);
    return akash::OrderedPlace{.sequence = sequence, .timeout_height = height + blocks};
}

Result<bool> OrderedPlaces::IsLost(const std::string& address, std::int64_t height,
                                   const v1::WalletTransaction& transaction,
                                   Deadline deadline) const
{
    if (height > transaction.timeout_height() + kPastTimeoutBlocks) return true;
    const auto account = chain_.GetAccount(address, deadline);
    if (!account) return account.error();
    if (!*account || (*account)->sequence <= transaction.sequence()) return false;
    const auto user = chain_.FindTxBySequence(address, transaction.sequence(), deadline);
    if (!user) return user.error();
    return *user && **user != transaction.hash();
}

}  // namespace berth::worker
