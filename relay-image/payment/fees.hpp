#pragma once

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/money/amount.hpp"
#include "core/nostr/event.hpp"

namespace berth::relay {

/// Kinds from `first` to `last`, both included.
struct KindRange {
    int first = 0;
    int last = 0;

    bool Holds(int kind) const { return kind >= first && kind <= last; }
    bool operator==(const KindRange&) const = default;
};

/// What an event of some kinds costs.
struct KindPrice {
    KindRange kinds;
    money::Amount amount;
};

/// Whose zap receipts (NIP-57) pass without a fee.
enum class FreeZaps { kNobodys, kMembers, kEverybodys };

/// What publishing costs, in the smallest unit of one asset: XRP in drops, BTC in millisatoshis.
/// Fees that are set add up; zero is not asked for. Immutable, so thread-safe.
struct Fees {
    std::string asset = "xrp";       ///< `xrp` or `btc`.
    money::Amount admission{};       ///< Once for a key.
    money::Amount subscription{};    ///< For each period.
    std::chrono::seconds period{0};  ///< Of the subscription.
    std::vector<KindPrice>
        publication{};                    ///< For each event; the first that holds the kind counts.
    std::vector<KindRange> free_kinds{};  ///< Never paid for.
    std::set<std::string> free_authors{};  ///< Keys (hex) that never pay; the owner is one.
    FreeZaps free_zaps = FreeZaps::kMembers;

    /// Whether anything is asked for at all.
    bool Any() const;
    money::Amount PriceOf(int kind) const;
    /// `drops` or `msats`, as NIP-11 names units.
    std::string_view unit() const;
    /// Deletions and requests to vanish are free whatever is set: NIP-62 binds paid relays too.
    bool IsFreeKind(int kind) const;
};

/// Whether `event` is a zap receipt to `member`: kind 9735 with an invoice, that names him and
/// holds a signed zap request to him. The receipt's own key is a wallet's that nobody here knows.
bool IsZapReceiptTo(const nostr::Event& event, const std::string& member);
/// The key that a zap receipt names; empty for any other event.
std::string ZapRecipient(const nostr::Event& event);

/// `kinds` or `first-last`, or `*` for all. Errors: kInvalid `BAD_KINDS`.
Result<KindRange> ParseKinds(std::string_view text);

/// The `fees` object of the NIP-11 document.
boost::json::object FeesDocument(const Fees& fees);

}  // namespace berth::relay
