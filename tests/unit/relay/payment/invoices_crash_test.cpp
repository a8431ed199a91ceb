// A relay that dies after each line that it writes or says while it makes or credits an invoice.

#include "tests/unit/relay/payment/invoices_fixture.hpp"

namespace berth::relay::test {
namespace {

using money::Amount;

TEST_F(InvoicesTest, ACrashBeforeTheNodeWasAskedLeavesNothing)
{
    node_.Answer(FakeNode::Making::kLeft, [&] { journal_.fails = true; });
    EXPECT_FALSE(AskFor());
    Stop();
    ASSERT_EQ(journal_.Records().size(), 1U);
    Restart();
    EXPECT_TRUE(Becomes([&] { return journal_.Records().empty(); }));
}

TEST_F(InvoicesTest, ACrashAfterTheNodeMadeItLeavesAnInvoiceThatIsCredited)
{
    node_.Answer(FakeNode::Making::kDone, [&] { journal_.fails = true; });
    const auto made = AskFor();
    ASSERT_TRUE(made);
    Stop();
    EXPECT_EQ(ReadAccount(journal_.Records().at(alice_))->invoices.begin()->second.request, "");
    Restart();
    ASSERT_TRUE(Becomes([&] { return invoices().Find(made->payment_hash).has_value(); }));
    EXPECT_EQ(AskFor()->payment_hash, made->payment_hash);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    EXPECT_TRUE(BalanceBecomes(5'000));
}

TEST_F(InvoicesTest, WhatIsPaidWhileTheRelayIsAwayIsCreditedWhenItIsBack)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    Stop();
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    Restart();
    EXPECT_TRUE(BalanceBecomes(5'000));
}

TEST_F(InvoicesTest, ACreditThatCannotBeWrittenDownIsMadeLaterAndOnce)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    journal_.fails = true;
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    LetItLook();
    EXPECT_EQ(Account().balance, Amount{0});
    journal_.fails = false;
    EXPECT_TRUE(BalanceBecomes(5'000));
}

TEST_F(InvoicesTest, ACrashAfterTheCreditCreditsNothingAgain)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    ASSERT_TRUE(BalanceBecomes(5'000));
    for (int i = 0; i < 3; ++i) {
        Restart();
        ASSERT_TRUE(Becomes([&] { return paywall_->figures().accounts == 1; }));
        // Whatever is looked at meanwhile, another invoice is looked at after it.
        const auto next = AskFor(Amount{1'000 + i});
        ASSERT_TRUE(next);
        LetItLook();
        EXPECT_EQ(Account().balance, Amount{5'000});
    }
    EXPECT_EQ(invoices().Find(made->payment_hash)->state, InvoiceState::kSettled);
}

}  // namespace
}  // namespace berth::relay::test
