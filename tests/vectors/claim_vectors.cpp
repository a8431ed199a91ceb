#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/claim.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"
#include "tests/vectors/vector_file.hpp"

#include <map>
#include <set>

namespace berth::vectors {
namespace {

using money::Amount;

/// Our reasons that stand for a file's reject code.
const std::map<std::string, std::set<std::string>> kXrplReasons{
    {"bad_signature", {"BAD_CLAIM_SIGNATURE", "BAD_SIGNATURE_ENCODING"}},
    {"bad_signer", {"BAD_CLAIM_SIGNATURE"}},
    {"bad_public_key", {"BAD_PUBLIC_KEY"}},
    {"bad_amount", {"BAD_AMOUNT"}},
    {"bad_channel", {"BAD_CHANNEL_ID"}},
};

const std::map<std::string, std::string> kPolicyResults{
    {"not_increasing", "NOT_INCREASING"},
    {"over_capacity", "OVER_CAPACITY"},
    {"dust", "DUST"},
    {"not_owner", "NOT_OWNER"},
    {"channel_expired", "CHANNEL_EXPIRED"},
    {"closing", "CHANNEL_CLOSING"},
    {"channel_closed", "CHANNEL_CLOSED"},
    {"delay_too_short", "SETTLE_DELAY_TOO_SHORT"},
    {"bad_signature", "BAD_CLAIM_SIGNATURE"},
    {"bad_amount", "BAD_AMOUNT"},
};

void RunXrplClaim(const boost::json::object& vector)
{
    const auto drops = Amount::Parse(Text(vector, "drops"));
    ASSERT_TRUE(drops.has_value());
    const rails::Claim claim{.channel_id = Text(vector, "channel_id"),
                             .cumulative = *drops,
                             .signature_hex = Text(vector, "signature_hex")};
    const auto verdict = rails::XrpClaimVerifier{}.Verify(claim, Text(vector, "public_key_hex"));
    if (vector.at("valid").as_bool()) {
        EXPECT_TRUE(verdict.has_value()) << verdict.error().message;
        const auto message = rails::XrpClaimMessage(claim.channel_id, claim.cumulative);
        ASSERT_TRUE(message.has_value());
        EXPECT_EQ(*FromHex(Text(vector, "message_hex")), *message);
        EXPECT_EQ(ToHex(*FromHex(Text(vector, "sha512half_hex"))), ToHex(Sha512Half(*message)));
        return;
    }
    const auto code = kXrplReasons.find(Text(vector, "reject_code"));
    ASSERT_NE(code, kXrplReasons.end()) << "an unknown verdict";
    ASSERT_TRUE(verdict.has_error());
    EXPECT_TRUE(code->second.contains(verdict.error().reason)) << verdict.error().reason;
}

/// A number that may be written as text because it is wide.
Amount ReadNumber(const boost::json::value& value)
{
    if (value.is_int64()) return Amount{value.get_int64()};
    const auto amount = Amount::Parse(value.as_string());
    EXPECT_TRUE(amount.has_value());
    return amount ? *amount : Amount{};
}

std::optional<Time> ReadTime(const boost::json::value& value)
{
    if (value.is_null()) return std::nullopt;
    return FromUnixSeconds(value.as_int64());
}

/// Plays one sequence against our verifier and our policy, with claims signed by a fresh key.
class ChannelPlay {
public:
    explicit ChannelPlay(const boost::json::object& initial)
    {
        EXPECT_EQ(Text(initial, "rail"), "xrp") << "an unknown rail";
        policy_.redeem_window = std::chrono::seconds{initial.at("min_redeem_window").as_int64()};
        policy_.min_settle_delay = std::chrono::seconds{initial.at("min_settle_delay").as_int64()};
        policy_.min_growth = ReadNumber(initial.at("min_delta"));
        for (const auto& [name, value] : initial) Set(name, value);
    }

    void Set(std::string_view name, const boost::json::value& value)
    {
        if (name == "capacity")
            channel_.capacity = ReadNumber(value);
        else if (name == "redeemed")
            channel_.redeemed = ReadNumber(value);
        else if (name == "accepted")
            channel_.accepted = ReadNumber(value);
        else if (name == "settle_delay")
            channel_.settle_delay = std::chrono::seconds{value.as_int64()};
        else if (name == "expires_at")
            channel_.deadline = ReadTime(value);
        else if (name == "ledger_time")
            ledger_time_ = *ReadTime(value);
        else if (name == "owner")
            channel_.owner = value.as_string();
        else if (name == "status")
            SetStatus(value.as_string());
        else
            EXPECT_TRUE(kPolicyFields.contains(name)) << name << " is an unknown field";
    }

    void Present(const boost::json::object& claim, const boost::json::object& step)
    {
        const auto order = Text(claim, "order");
        const auto expected = Text(step, "result");
        const auto credit = Credit(claim, order);
        const auto credited = credit ? *credit : Amount{};
        EXPECT_EQ(credited.ToString(), Text(step, "credited"));
        credits_[order] += credited;
        if (expected == "accepted" || expected == "duplicate_ok") {
            ASSERT_TRUE(credit.has_value()) << credit.error().reason;
            EXPECT_EQ(expected == "accepted", credited > Amount{});
            return;
        }
        const auto reason = kPolicyResults.find(expected);
        ASSERT_NE(reason, kPolicyResults.end()) << expected << " is an unknown verdict";
        ASSERT_TRUE(credit.has_error());
        EXPECT_EQ(credit.error().reason, reason->second);
    }

    Amount accepted() const { return channel_.accepted; }
    const std::map<std::string, Amount>& credits() const { return credits_; }

private:
    inline static const std::set<std::string_view> kPolicyFields{"rail", "min_redeem_window",
                                                                 "min_settle_delay", "min_delta"};

    void SetStatus(std::string_view status)
    {
        channel_.closed = status == "closed";
        channel_.close_requested = status == "closing";
        EXPECT_TRUE(status == "open" || status == "closed" || status == "closing") << status;
    }

    /// Credit as the marketplace gives it: signature, policy, and one order for each claim.
    Result<Amount> Credit(const boost::json::object& claim, const std::string& order)
    {
        const auto cumulative = ReadNumber(claim.at("cumulative"));
        if (const auto signed_well = CheckSignature(claim, cumulative); !signed_well) {
            return signed_well.error();
        }
        const auto credit =
            rails::CreditOf(cumulative, Text(claim, "customer"), channel_, policy_, ledger_time_);
        if (!credit) return credit.error();
        if (*credit == Amount{} && order != last_order_) {
            return Fail(ErrorCode::kConflict, "NOT_INCREASING", "Used for another order.");
        }
        channel_.accepted = cumulative;
        last_order_ = order;
        return *credit;
    }

    /// The file's amounts go beyond what XRP there is, but not beyond the 64 bits that are signed.
    Result<void> CheckSignature(const boost::json::object& claim, Amount cumulative) const
    {
        if (cumulative > policy_.max_cumulative) return {};  // Nothing could sign it.
        auto message = "CLM" + std::string(33, '\x07');
        for (int shift = 56; shift >= 0; shift -= 8) {
            message +=
                static_cast<char>(static_cast<std::uint64_t>(cumulative.magnitude()) >> shift);
        }
        const auto signature = key_.Sign(message);
        const auto* good = claim.if_contains("sig_ok");
        if (good && !good->as_bool()) message.back() = static_cast<char>(message.back() ^ 1);
        return rails::VerifyXrpSignature(message, signature, key_.public_key_hex());
    }

    rails::XrpKey key_ = rails::XrpKey::Generate();
    rails::ClaimPolicy policy_;
    rails::ChannelState channel_;
    Time ledger_time_;
    std::string last_order_;
    std::map<std::string, Amount> credits_;
};

void RunSequence(const boost::json::object& vector)
{
    ChannelPlay play{vector.at("initial").as_object()};
    int number = 0;
    for (const auto& value : vector.at("steps").as_array()) {
        SCOPED_TRACE("step " + std::to_string(++number));
        const auto& step = value.as_object();
        if (const auto* event = step.if_contains("event")) {
            for (const auto& [name, change] : event->as_object()) play.Set(name, change);
        } else {
            play.Present(step.at("claim").as_object(), step);
        }
    }
    EXPECT_EQ(play.accepted().ToString(), Text(vector, "final_accepted"));
    const auto& expected = vector.at("credits_by_order").as_object();
    EXPECT_EQ(play.credits().size(), expected.size());
    for (const auto& [order, credit] : expected) {
        EXPECT_EQ(play.credits().at(std::string{order}), ReadNumber(credit)) << order;
    }
}

}  // namespace

int RunXrplClaims(std::string_view file)
{
    int count = 0;
    const auto document = ReadJson(file);
    for (const auto& value : document.at("meta").at("channels").as_array()) {
        const auto& channel = value.as_object();
        const auto source = rails::FromXrpAddress(Text(channel, "source"));
        const auto destination = rails::FromXrpAddress(Text(channel, "destination"));
        EXPECT_TRUE(source && destination);
        if (!source || !destination) continue;
        EXPECT_EQ(
            rails::XrpChannelId(*source, *destination,
                                static_cast<std::uint32_t>(channel.at("sequence").as_int64())),
            Text(channel, "id"));
        ++count;
    }
    for (const auto& value : document.at("vectors").as_array()) {
        SCOPED_TRACE(Text(value.as_object(), "name"));
        RunXrplClaim(value.as_object());
        ++count;
    }
    return count;
}

int RunClaimPolicy(std::string_view file)
{
    int count = 0;
    const auto document = ReadJson(file);
    for (const auto& value : document.at("vectors").as_array()) {
        SCOPED_TRACE(Text(value.as_object(), "name"));
        RunSequence(value.as_object());
        ++count;
    }
    return count;
}

}  // namespace berth::vectors
