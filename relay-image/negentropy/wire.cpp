#include "relay-image/negentropy/wire.hpp"

#include <algorithm>

namespace berth::relay::negentropy {
namespace {

constexpr int kVarintBits = 7;
constexpr std::size_t kMaxVarintBytes = 10;

Error Bad(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_NEGENTROPY", std::move(message));
}

template <std::size_t Size>
void AppendBytes(std::string& out, const std::array<std::uint8_t, Size>& bytes, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) out += static_cast<char>(bytes[i]);
}

}  // namespace

void AppendVarint(std::string& out, std::uint64_t number)
{
    std::string groups;
    do {
        groups += static_cast<char>((number & 0x7F) | (groups.empty() ? 0 : 0x80));
        number >>= kVarintBits;
    } while (number != 0);
    out.append(groups.rbegin(), groups.rend());
}

void Writer::Range(const Bound& bound, Mode mode)
{
    const auto timestamp = bound.item.timestamp;
    Varint(timestamp == kInfinity ? 0 : timestamp - last_timestamp_ + 1);
    last_timestamp_ = timestamp;
    Varint(bound.prefix);
    AppendBytes(bytes_, bound.item.id, bound.prefix);
    Varint(static_cast<std::uint64_t>(mode));
}

void Writer::Append(const Fingerprint& fingerprint)
{
    AppendBytes(bytes_, fingerprint, fingerprint.size());
}

void Writer::Append(const Id& id) { AppendBytes(bytes_, id, id.size()); }

Result<std::uint64_t> Reader::NextVarint()
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < kMaxVarintBytes && i < left_.size(); ++i) {
        const auto byte = static_cast<unsigned char>(left_[i]);
        if (number > kInfinity >> kVarintBits) return Bad("A number is too large.");
        number = number << kVarintBits | (byte & 0x7F);
        if ((byte & 0x80) != 0) continue;
        left_.remove_prefix(i + 1);
        return number;
    }
    return Bad("A number does not end.");
}

Result<std::string_view> Reader::NextBytes(std::size_t count)
{
    if (count > left_.size()) return Bad("The message ends too early.");
    const auto bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return bytes;
}

Result<Bound> Reader::NextBound()
{
    const auto distance = NextVarint();
    if (!distance) return distance.error();
    const auto prefix = NextVarint();
    if (!prefix) return prefix.error();
    Bound bound{.item = {}, .prefix = static_cast<std::size_t>(*prefix)};
    if (*prefix > bound.item.id.size()) return Bad("The prefix of an id is longer than an id.");
    const auto bytes = NextBytes(bound.prefix);
    if (!bytes) return bytes.error();
    std::ranges::copy(*bytes, bound.item.id.begin());
    if (*distance == 0) {
        bound.item.timestamp = kInfinity;
    } else if (*distance - 1 > kInfinity - last_.timestamp) {
        return Bad("A time is too large.");
    } else {
        bound.item.timestamp = last_.timestamp + *distance - 1;
    }
    if (bound.item < last_) return Bad("The ranges are not in order.");
    last_ = bound.item;
    return bound;
}

Result<Mode> Reader::NextMode()
{
    const auto mode = NextVarint();
    if (!mode) return mode.error();
    if (*mode > static_cast<std::uint64_t>(Mode::kIdList)) return Bad("The mode is unknown.");
    return static_cast<Mode>(*mode);
}

}  // namespace berth::relay::negentropy
