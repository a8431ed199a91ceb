#include <gtest/gtest.h>

#include "akash/signer.hpp"

namespace berth::akash {
namespace {

TEST(VerdictTest, LooksUpWhateverMayHaveLanded)
{
    EXPECT_EQ(Judge("sdk", 19, ""), ChainVerdict::kLookUp);
    EXPECT_EQ(Judge("sdk", 18, "already used timeout 5: invalid request"), ChainVerdict::kLookUp);
    EXPECT_EQ(Judge("", 1, "post failed: Post \"http://127.0.0.1:1\""), ChainVerdict::kLookUp);
    EXPECT_EQ(Judge("deployment", 3, "Deployment exists"), ChainVerdict::kLookUp);
}

TEST(VerdictTest, RebuildsWhatHasExpired)
{
    EXPECT_EQ(Judge("sdk", 42, "tx timeout"), ChainVerdict::kRebuild);
    EXPECT_EQ(Judge("sdk", 32, "account sequence mismatch"), ChainVerdict::kRebuild);
}

TEST(VerdictTest, TellsAMissingBalanceFromABadDenomination)
{
    EXPECT_EQ(Judge("undefined", 1, "deposit invalid: insufficient balance"),
              ChainVerdict::kRefill);
    EXPECT_EQ(Judge("undefined", 1, "Deposit invalid: Invalid deposit denomination ibc/17"),
              ChainVerdict::kFail);
}

TEST(VerdictTest, TakesAClosedDeploymentForClosed)
{
    EXPECT_EQ(Judge("deployment", 5, "Deployment closed"), ChainVerdict::kAlreadyDone);
    EXPECT_EQ(Judge("market", 24, "order closed"), ChainVerdict::kAlreadyDone);
    EXPECT_EQ(Judge("market", 12, "bid not open"), ChainVerdict::kRefit);
}

TEST(VerdictTest, TellsNodesThatTakeNoUnorderedTransactions)
{
    constexpr auto kNotEnabled = "unordered transactions are not enabled: feature not supported";
    constexpr auto kUnknownField =
        "errUnknownField \"/cosmos.tx.v1beta1.TxBody\": {TagNum: 4, WireType:\"varint\"}";
    EXPECT_EQ(Judge("sdk", 37, kNotEnabled), ChainVerdict::kUseSequence);
    EXPECT_EQ(Judge("sdk", 2, kUnknownField), ChainVerdict::kUseSequence);
    EXPECT_EQ(Judge("undefined", 1, kNotEnabled), ChainVerdict::kUseSequence);
    EXPECT_EQ(Judge("undefined", 1, kUnknownField), ChainVerdict::kUseSequence);
    EXPECT_EQ(Judge("sdk", 2, "tx parse error"), ChainVerdict::kFail);
}

TEST(VerdictTest, FailsWhatItDoesNotKnow)
{
    EXPECT_EQ(Judge("wasm", 99, "something new"), ChainVerdict::kFail);
}

}  // namespace
}  // namespace berth::akash
