#include "core/rails/sandbox/ledger.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/xrp.hpp"

namespace berth::rails::sandbox {
namespace {

constexpr std::int64_t kRippleEpoch = 946'684'800;
constexpr std::int64_t kDropsMax = 100'000'000'000'000'000;
constexpr std::uint32_t kFirstSequence = 1;

std::string UpperHexDigest(const std::string& text)
{
    auto hex = ToHex(Sha512Half(text));
    for (auto& c : hex) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    return hex;
}

bool IsPublicKey(const std::string& hex)
{
    const auto bytes = FromHex(hex);
    if (!bytes || bytes->size() != 33) return false;
    const auto first = static_cast<unsigned char>((*bytes)[0]);
    return first == 0x02 || first == 0x03 || first == 0xED;
}

bool IsDrops(money::Amount drops)
{
    return drops > money::Amount{} && drops <= money::Amount{kDropsMax};
}

}  // namespace

RippleSeconds ToRippleSeconds(Time time)
{
    return static_cast<RippleSeconds>(
        std::max<std::int64_t>(0, ToUnixSeconds(time) - kRippleEpoch));
}

Ledger::Ledger(LedgerState state, const Clock& clock) : state_{std::move(state)}, clock_{clock}
{
    Close();
}

std::string Ledger::Hash() const
{
    return UpperHexDigest("ledger " + std::to_string(state_.index) + " " +
                          std::to_string(state_.close_time));
}

void Ledger::Close()
{
    const auto now = clock_.Now() + std::chrono::seconds{state_.clock_offset_seconds};
    state_.parent_close_time =
        std::exchange(state_.close_time, std::max(state_.close_time, ToRippleSeconds(now)));
    ++state_.index;
}

void Ledger::Record(Channel& channel)
{
    channel.previous_index = state_.index + 1;
    channel.previous_txn =
        UpperHexDigest("transaction " + channel.id + " " + std::to_string(channel.previous_index));
    Close();
}

Result<std::string> Ledger::CreateChannel(Channel channel)
{
    const auto source = FromXrpAddress(channel.account);
    const auto destination = FromXrpAddress(channel.destination);
    if (!source || !destination || !IsPublicKey(channel.public_key)) {
        return Fail(ErrorCode::kInvalid, "temMALFORMED", "Malformed account or public key.");
    }
    if (channel.account == channel.destination) {
        return Fail(ErrorCode::kInvalid, "temDST_IS_SRC", "Destination may not be source.");
    }
    if (!IsDrops(channel.amount)) {
        return Fail(ErrorCode::kInvalid, "temBAD_AMOUNT", "Malformed: Bad amount.");
    }
    if (channel.cancel_after && *channel.cancel_after <= state_.close_time) {
        return Fail(ErrorCode::kInvalid, "temBAD_EXPIRATION", "Malformed: Bad expiration.");
    }
    auto& sequence = state_.sequences.try_emplace(channel.account, kFirstSequence).first->second;
    state_.sequences.try_emplace(channel.destination, kFirstSequence);
    channel.id = XrpChannelId(*source, *destination, sequence++);
    channel.balance = money::Amount{};
    for (auto& c : channel.public_key) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    Record(channel);
    const auto id = channel.id;
    state_.channels.emplace(id, std::move(channel));
    return id;
}

Result<Channel*> Ledger::Touch(const std::string& id)
{
    const auto found = state_.channels.find(id);
    if (found == state_.channels.end()) {
        return Fail(ErrorCode::kNotFound, "tecNO_ENTRY", "No matching entry found.");
    }
    const auto passed = [&](const std::optional<RippleSeconds>& end) {
        return end && state_.close_time >= *end;
    };
    if (passed(found->second.expiration) || passed(found->second.cancel_after)) {
        state_.channels.erase(found);
        Close();
        return Fail(ErrorCode::kNotFound, "tecNO_ENTRY", "The channel had expired and is closed.");
    }
    return &found->second;
}

Result<void> Ledger::Fund(const std::string& id, money::Amount drops)
{
    const auto channel = Touch(id);
    if (!channel) return channel.error();
    if (!IsDrops(drops) || !IsDrops((*channel)->amount + drops)) {
        return Fail(ErrorCode::kInvalid, "temBAD_AMOUNT", "Malformed: Bad amount.");
    }
    (*channel)->amount += drops;
    Record(**channel);
    return {};
}

Result<void> Ledger::RequestClose(const std::string& id)
{
    const auto channel = Touch(id);
    if (!channel) return channel.error();
    const auto earliest = state_.close_time + (*channel)->settle_delay;
    (*channel)->expiration = std::min((*channel)->expiration.value_or(earliest), earliest);
    Record(**channel);
    return {};
}

Result<void> Ledger::Renew(const std::string& id)
{
    const auto channel = Touch(id);
    if (!channel) return channel.error();
    (*channel)->expiration.reset();
    Record(**channel);
    return {};
}

Result<void> Ledger::PayOut(const std::string& id, money::Amount balance)
{
    const auto channel = Touch(id);
    if (!channel) return channel.error();
    if (balance > (*channel)->amount || balance <= (*channel)->balance) {
        return Fail(ErrorCode::kInvalid, "tecUNFUNDED_PAYMENT",
                    "Insufficient XRP balance to send.");
    }
    (*channel)->balance = balance;
    Record(**channel);
    return {};
}

Result<void> Ledger::CloseChannel(const std::string& id)
{
    const auto channel = Touch(id);
    if (!channel) return channel.error();
    state_.channels.erase(id);
    Close();
    return {};
}

void Ledger::AdvanceTime(std::chrono::seconds by)
{
    state_.clock_offset_seconds += by.count();
    Close();
}

}  // namespace berth::rails::sandbox
