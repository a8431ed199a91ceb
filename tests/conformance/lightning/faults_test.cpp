// What a node's bad days mean: done, not done, or unknown. Only the stand-in has them on demand.

#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "tests/conformance/lightning/sandbox_lnd.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

class LightningFaultsTest : public testing::Test {
protected:
    void Suffer(const char* fault, int milliseconds = 0)
    {
        lnd_.Command("fault", {{"fault", fault}, {"times", 1}, {"milliseconds", milliseconds}});
    }
    ErrorCode Making(std::chrono::milliseconds patience = 10s)
    {
        const auto made = node_->MakeInvoice(invoice_, Deadline::After(patience));
        EXPECT_FALSE(made);
        return made ? ErrorCode::kInternal : made.error().code;
    }
    ErrorCode Looking()
    {
        const auto found = node_->Look(invoice_.PaymentHash(), Deadline::After(10s));
        EXPECT_FALSE(found);
        return found ? ErrorCode::kInternal : found.error().code;
    }
    bool IsThere() { return node_->Look(invoice_.PaymentHash(), Deadline::After(10s)).has_value(); }

    test::SandboxLnd lnd_;
    const std::unique_ptr<LndNode> node_ = LndNode::Make(lnd_.options()).value();
    const InvoiceToMake invoice_{
        .preimage = Secret{RandomBytes(32)}, .amount = 1'000, .memo = "for a test", .expiry = 600s};
};

TEST_F(LightningFaultsTest, ALostAnswerIsUnknownAndFoundByLooking)
{
    Suffer("lost");
    EXPECT_EQ(Making(), ErrorCode::kUnknown);
    EXPECT_TRUE(IsThere());
}

TEST_F(LightningFaultsTest, AClosedConnectionIsUnknownAndFoundNotToBeDone)
{
    Suffer("down");
    EXPECT_EQ(Making(), ErrorCode::kUnknown);
    EXPECT_EQ(Looking(), ErrorCode::kNotFound);
}

TEST_F(LightningFaultsTest, AnAnswerThatComesTooLateIsUnknown)
{
    Suffer("slow", 2'000);
    EXPECT_EQ(Making(200ms), ErrorCode::kUnknown);
}

TEST_F(LightningFaultsTest, GarbageIsUnknown)
{
    Suffer("garbage");
    EXPECT_EQ(Making(), ErrorCode::kUnknown);
    EXPECT_TRUE(IsThere());
    Suffer("garbage");
    EXPECT_EQ(Looking(), ErrorCode::kUnavailable);
}

TEST_F(LightningFaultsTest, AProxysErrorIsUnknown)
{
    Suffer("error");
    EXPECT_EQ(Making(), ErrorCode::kUnknown);
    Suffer("error");
    EXPECT_EQ(Looking(), ErrorCode::kUnavailable);
}

TEST_F(LightningFaultsTest, ALockedWalletDoesNothing)
{
    Suffer("locked");
    EXPECT_EQ(Making(), ErrorCode::kUnavailable);
    EXPECT_EQ(Looking(), ErrorCode::kNotFound);
}

TEST_F(LightningFaultsTest, ANodeThatStartsHasLostNoInvoice)
{
    Suffer("starting");
    EXPECT_EQ(Looking(), ErrorCode::kUnavailable);
}

TEST_F(LightningFaultsTest, InvoicesOutliveTheNodesProcess)
{
    ASSERT_TRUE(node_->MakeInvoice(invoice_, Deadline::After(10s)));
    lnd_.Stop();
    EXPECT_EQ(Looking(), ErrorCode::kUnavailable);
    lnd_.Start();
    EXPECT_TRUE(IsThere());
}

}  // namespace
}  // namespace berth::relay
