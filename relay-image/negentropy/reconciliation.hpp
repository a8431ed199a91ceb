#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "relay-image/negentropy/item_set.hpp"

namespace berth::relay::negentropy {

/// Of one message, as bytes; as hex in a Nostr message it stays below what relays take.
constexpr std::size_t kFrameBytes = 60'000;
constexpr std::size_t kLeastFrameBytes = 4'096;

/// What a reconciliation has found so far, from the side of whoever began it.
struct Differences {
    std::vector<Id> have;  ///< The other side lacks them.
    std::vector<Id> need;  ///< This side lacks them.
};

/// One side of range-based set reconciliation, protocol version 1 as NIP-77 attaches it. Holds no
/// state between messages: each stands for itself. Cost of one message: a walk over the set.
class Reconciliation {
public:
    /// `frame_bytes`: what one message may be long, kLeastFrameBytes at least.
    explicit Reconciliation(ItemSet items, std::size_t frame_bytes = kFrameBytes);

    std::size_t size() const { return items_.size(); }

    /// The first message, of whoever begins.
    std::string Begin() const;
    /// The answer of whoever was asked. Errors: kInvalid `BAD_NEGENTROPY`.
    Result<std::string> Answer(std::string_view message) const;
    /// The next message of whoever began, after an answer; empty when all is known. What the
    /// answer taught is added to `found`. Errors: kInvalid `BAD_NEGENTROPY`, `NEGENTROPY_VERSION`.
    Result<std::string> Continue(std::string_view answer, Differences& found) const;

private:
    ItemSet items_;
    std::size_t frame_bytes_;
};

}  // namespace berth::relay::negentropy
