#include "relay-image/negentropy/reconciliation.hpp"

#include <algorithm>
#include <optional>

#include "core/base/assert.hpp"
#include "relay-image/negentropy/wire.hpp"

namespace berth::relay::negentropy {
namespace {

constexpr char kVersion = 0x61;
constexpr std::size_t kBuckets = 16;
constexpr std::size_t kListBelow = 2 * kBuckets;  ///< Fewer items are named one by one.
constexpr std::size_t kReserved =
    1200;  ///< For one split range and the one that ends a message early.

/// Reads one message range by range and writes the next one. `found` is there on the side that
/// began.
class Exchange {
public:
    Exchange(const ItemSet& items, std::size_t frame_bytes, Differences* found)
        : items_{items}, room_{frame_bytes - kReserved}, found_{found}
    {
    }

    Result<std::string> Run(std::string_view ranges)
    {
        Reader in{ranges};
        while (!in.empty() && !full_) {
            const auto bound = in.NextBound();
            if (!bound) return bound.error();
            const auto mode = in.NextMode();
            if (!mode) return mode.error();
            const auto upper = items_.LowerBound(lower_, *bound);
            if (const auto read = ReadRange(in, *mode, *bound, upper); !read) return read.error();
            if (out_.size() > room_) EndEarly();
            lower_ = upper;
            before_ = *bound;
        }
        return out_.Take();
    }

    /// Says of a range what is worth saying: its items, or the fingerprints of its parts.
    void Split(std::size_t lower, std::size_t upper, const Bound& bound)
    {
        const auto count = upper - lower;
        if (count < kListBelow) return List(lower, upper, bound);
        for (std::size_t i = 0; i < kBuckets; ++i) {
            const auto end = lower + count / kBuckets + (i < count % kBuckets ? 1 : 0);
            out_.Range(end == upper ? bound : items_.BoundBefore(end), Mode::kFingerprint);
            out_.Append(items_.FingerprintOf(lower, end));
            lower = end;
        }
        told_ = upper;
    }

    std::string Take() { return out_.Take(); }

private:
    Result<void> ReadRange(Reader& in, Mode mode, const Bound& bound, std::size_t upper)
    {
        switch (mode) {
            case Mode::kSkip: skipped_ = true; return {};
            case Mode::kFingerprint: return ReadFingerprint(in, bound, upper);
            case Mode::kIdList: return ReadList(in, bound, upper);
        }
        return {};
    }

    Result<void> ReadFingerprint(Reader& in, const Bound& bound, std::size_t upper)
    {
        const auto theirs = in.NextBytes(Fingerprint{}.size());
        if (!theirs) return theirs.error();
        const auto ours = items_.FingerprintOf(lower_, upper);
        if (std::ranges::equal(ours, *theirs, {}, {},
                               [](char c) { return static_cast<std::uint8_t>(c); })) {
            skipped_ = true;
            return {};
        }
        WriteSkipped();
        Split(lower_, upper, bound);
        return {};
    }

    Result<void> ReadList(Reader& in, const Bound& bound, std::size_t upper)
    {
        const auto count = in.NextVarint();
        if (!count) return count.error();
        if (*count > in.left() / Id{}.size()) {
            return Fail(ErrorCode::kInvalid, "BAD_NEGENTROPY", "A list is shorter than it says.");
        }
        const auto bytes = in.NextBytes(static_cast<std::size_t>(*count) * Id{}.size());
        if (found_) {
            Compare(*bytes, upper);
            skipped_ = true;
        } else {
            WriteSkipped();
            List(lower_, upper, bound);
        }
        return {};
    }

    void Compare(std::string_view bytes, std::size_t upper)
    {
        std::vector<Id> theirs;
        for (; !bytes.empty(); bytes.remove_prefix(Id{}.size())) {
            theirs.push_back(IdOf(bytes.substr(0, Id{}.size())));
        }
        std::vector<Id> ours;
        for (const auto& item : items_.Range(lower_, upper)) ours.push_back(item.id);
        std::ranges::sort(theirs);
        std::ranges::sort(ours);
        std::ranges::set_difference(ours, theirs, std::back_inserter(found_->have));
        std::ranges::set_difference(theirs, ours, std::back_inserter(found_->need));
    }

    void WriteSkipped()
    {
        if (skipped_) out_.Range(before_, Mode::kSkip);
        skipped_ = false;
    }

    /// Names the items of a range, as many as there is room for; the range then ends with them.
    void List(std::size_t lower, std::size_t upper, const Bound& bound)
    {
        const auto room = room_ > out_.size() ? room_ - out_.size() : 0;
        const auto end = std::min(upper, lower + room / Id{}.size());
        const bool whole = end == upper;
        out_.Range(whole ? bound : Bound{.item = items_[end], .prefix = Id{}.size()},
                   Mode::kIdList);
        out_.Varint(end - lower);
        for (const auto& item : items_.Range(lower, end)) out_.Append(item.id);
        told_ = end;
        if (!whole) EndEarly();
    }

    /// What was not told yet goes into one range; the other side asks on from there.
    void EndEarly()
    {
        if (full_) return;
        full_ = true;
        out_.Range(Bound::Infinity(), Mode::kFingerprint);
        out_.Append(items_.FingerprintOf(told_, items_.size()));
    }

    const ItemSet& items_;
    std::size_t room_;
    Differences* found_;
    Writer out_;
    Bound before_{};         ///< Where the range begins that is being read.
    std::size_t lower_ = 0;  ///< Its first item.
    std::size_t told_ = 0;   ///< The first item behind the last range that was written.
    bool skipped_ = false;   ///< Nothing was to be said of the ranges before this one.
    bool full_ = false;
};

}  // namespace

Reconciliation::Reconciliation(ItemSet items, std::size_t frame_bytes)
    : items_{std::move(items)}, frame_bytes_{frame_bytes}
{
    BERTH_ASSERT(frame_bytes_ >= kLeastFrameBytes);
}

std::string Reconciliation::Begin() const
{
    Exchange exchange{items_, frame_bytes_, nullptr};
    exchange.Split(0, items_.size(), Bound::Infinity());
    return kVersion + exchange.Take();
}

Result<std::string> Reconciliation::Answer(std::string_view message) const
{
    if (message.empty() || (message.front() & 0xF0) != 0x60) {
        return Fail(ErrorCode::kInvalid, "BAD_NEGENTROPY", "The message names no version.");
    }
    if (message.front() != kVersion) return std::string{kVersion};  // The version that we speak.
    auto ranges = Exchange{items_, frame_bytes_, nullptr}.Run(message.substr(1));
    if (!ranges) return ranges.error();
    return kVersion + *ranges;
}

Result<std::string> Reconciliation::Continue(std::string_view answer, Differences& found) const
{
    if (answer.empty() || answer.front() != kVersion) {
        return Fail(ErrorCode::kInvalid, "NEGENTROPY_VERSION",
                    "The other side speaks another version.");
    }
    auto ranges = Exchange{items_, frame_bytes_, &found}.Run(answer.substr(1));
    if (!ranges) return ranges.error();
    return ranges->empty() ? std::string{} : kVersion + *ranges;
}

}  // namespace berth::relay::negentropy
