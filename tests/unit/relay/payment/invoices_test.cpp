#include "relay-image/payment/invoices.hpp"

#include "core/base/encoding.hpp"
#include "tests/unit/relay/payment/invoices_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using money::Amount;

TEST_F(InvoicesTest, AKeyIsGivenAnInvoiceForWhatItOwes)
{
    const auto made = AskFor();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->amount, Amount{5'000});
    EXPECT_EQ(made->expires_at, clock_.seconds + 600);
    EXPECT_EQ(made->state, InvoiceState::kOpen);
    EXPECT_EQ(made->request, "lnbcrt" + made->payment_hash);
    EXPECT_EQ(node_.last().expiry, 600s);
    EXPECT_EQ(node_.last().memo, "Nostr relay: " + alice_);
    const auto found = invoices().Find(made->payment_hash);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->pubkey, alice_);
    EXPECT_EQ(found->request, made->request);
}

TEST_F(InvoicesTest, TheRecordIsThereBeforeTheNodeIsAskedAndTellsNoPreimage)
{
    std::map<std::string, std::string> records;
    node_.Answer(FakeNode::Making::kDone, [&] { records = journal_.Records(); });
    const auto made = AskFor();
    ASSERT_TRUE(made);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_TRUE(ReadAccount(records.at(alice_))->invoices.contains(made->payment_hash));
    EXPECT_EQ(journal_.Records().at(alice_).find(ToHex(node_.last().preimage.Expose())),
              std::string::npos);
}

TEST_F(InvoicesTest, WhatWasPaidIsCreditedOnceAndTheRestIsBalance)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 7'500);
    EXPECT_TRUE(BalanceBecomes(7'500));
    EXPECT_EQ(paywall_->figures().received, Amount{7'500});
    EXPECT_EQ(paywall_->figures().open_invoices, 0U);
    const auto found = invoices().Find(made->payment_hash);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->state, InvoiceState::kSettled);
    EXPECT_EQ(found->paid, Amount{7'500});
}

TEST_F(InvoicesTest, AnEventPassesOnceTheInvoiceIsPaid)
{
    const auto key = nostr::SecretKey::Generate();
    const auto made = Ask({.pubkey = key.pubkey()});
    ASSERT_TRUE(made);
    const auto decide = [&] {
        auto decision = std::make_shared<std::promise<PaymentDecision>>();
        auto future = decision->get_future();
        paywall_->Admit(Sign(key), [decision](const auto& told) { decision->set_value(told); });
        return future.get().kind;
    };
    EXPECT_EQ(decide(), PaymentDecision::Kind::kRefused);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    EXPECT_TRUE(Becomes([&] { return paywall_->Find(key.pubkey()).balance == Amount{5'000}; }));
    EXPECT_EQ(decide(), PaymentDecision::Kind::kPaid);
    EXPECT_EQ(paywall_->Find(key.pubkey()).balance, Amount{0});
}

TEST_F(InvoicesTest, APaymentThatIsHeldIsNotMoneyYet)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.Set(made->payment_hash, NodeInvoiceState::kAccepted, 5'000);
    LetItLook();
    EXPECT_EQ(Account().balance, Amount{0});
    node_.Set(made->payment_hash, NodeInvoiceState::kCanceled, 0);
    EXPECT_TRUE(Becomes([&] { return Account().invoices.empty(); }));
    EXPECT_EQ(Account().balance, Amount{0});
}

TEST_F(InvoicesTest, AnInvoiceThatIsCanceledLeavesNothingOfAStranger)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.Set(made->payment_hash, NodeInvoiceState::kCanceled);
    EXPECT_TRUE(Becomes([&] {
        const auto found = invoices().Find(made->payment_hash);
        return found && found->state == InvoiceState::kExpired;
    }));
    EXPECT_TRUE(journal_.Records().empty());
    EXPECT_EQ(paywall_->figures().accounts, 0U);
}

TEST_F(InvoicesTest, AnInvoicePastItsTimeStaysOpenUntilTheNodeGivesItUp)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    clock_.seconds += 100'000;
    LetItLook();
    EXPECT_EQ(invoices().Find(made->payment_hash)->state, InvoiceState::kOpen);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    EXPECT_TRUE(BalanceBecomes(5'000));
}

TEST_F(InvoicesTest, WhoAsksAgainIsGivenWhatHeHas)
{
    const auto first = AskFor();
    const auto again = AskFor();
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->payment_hash, again->payment_hash);
    EXPECT_EQ(node_.made(), 1);
    clock_.seconds += 301;  // Little time is left to pay it.
    const auto later = AskFor();
    ASSERT_TRUE(later);
    EXPECT_NE(later->payment_hash, first->payment_hash);
}

TEST_F(InvoicesTest, AnAmountMayBeChosenWithinLimits)
{
    EXPECT_EQ(AskFor(Amount{20'000})->amount, Amount{20'000});
    EXPECT_EQ(ReasonOf(AskFor(Amount{999})), "BAD_AMOUNT");
    EXPECT_EQ(ReasonOf(AskFor(Amount{100'000'001})), "BAD_AMOUNT");
    EXPECT_EQ(ReasonOf(AskFor(Amount{-5})), "BAD_AMOUNT");
}

TEST_F(InvoicesTest, WhoOwesLittleIsAskedForTheLeast)
{
    paywall_settings_.fees = {.asset = "btc", .publication = {{{0, 65535}, 10}}};
    EXPECT_EQ(AskFor()->amount, Amount{1'000});
}

TEST_F(InvoicesTest, MembersHaveNothingToPay)
{
    EXPECT_EQ(ReasonOf(Ask({.pubkey = member_.pubkey()})), "NOTHING_TO_PAY");
    EXPECT_EQ(node_.made(), 0);
}

TEST_F(InvoicesTest, StrangersCannotTakeAllInvoicesOfAKey)
{
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(AskFor(Amount{1'000 + i}));
    EXPECT_EQ(ReasonOf(AskFor(Amount{2'000})), "TOO_MANY_INVOICES");
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(AskFor(Amount{3'000 + i}, true));
    EXPECT_EQ(ReasonOf(AskFor(Amount{4'000}, true)), "TOO_MANY_INVOICES");
    EXPECT_EQ(node_.made(), 6);
}

TEST_F(InvoicesTest, AFloodOfKeysMakesNoMoreInvoicesThanThereMayBe)
{
    settings_.open_max = 10;
    int made = 0;
    for (int i = 0; i < 50; ++i) {
        if (Ask({.pubkey = nostr::SecretKey::Generate().pubkey()})) ++made;
    }
    EXPECT_EQ(made, 10);
    EXPECT_EQ(node_.made(), 10);
    for (const auto& [hash, invoice] : node_.invoices()) {
        node_.Set(hash, NodeInvoiceState::kCanceled);
    }
    EXPECT_TRUE(Becomes([&] { return paywall_->figures().open_invoices == 0; }));
    EXPECT_TRUE(journal_.Records().empty());
    EXPECT_TRUE(AskFor());
}

TEST_F(InvoicesTest, AFullQueueRefusesAtOnce)
{
    settings_.queue_max = 0;
    EXPECT_EQ(ReasonOf(AskFor()), "FULL");
}

TEST_F(InvoicesTest, NoneAreMadeWhileAnotherProcessTakesOver)
{
    invoices().Pause(true);
    EXPECT_EQ(ReasonOf(AskFor()), "FULL");
    invoices().Pause(false);
    EXPECT_TRUE(AskFor());
}

TEST_F(InvoicesTest, ANodeThatRefusesLeavesNothingBehind)
{
    node_.Answer(FakeNode::Making::kRefused);
    EXPECT_EQ(ReasonOf(AskFor()), "LIGHTNING_DOWN");
    EXPECT_TRUE(journal_.Records().empty());
    EXPECT_EQ(paywall_->figures().open_invoices, 0U);
}

TEST_F(InvoicesTest, AnAnswerThatWasLostIsFoundByLooking)
{
    node_.Answer(FakeNode::Making::kLost);
    const auto made = AskFor();
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->request, "lnbcrt" + made->payment_hash);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    EXPECT_TRUE(BalanceBecomes(5'000));
}

TEST_F(InvoicesTest, WhatTheNodeNeverGotIsForgotten)
{
    node_.Answer(FakeNode::Making::kLeft);
    EXPECT_EQ(ReasonOf(AskFor()), "LIGHTNING_DOWN");
    EXPECT_TRUE(journal_.Records().empty());
}

TEST_F(InvoicesTest, WhatNobodyKnowsIsKeptUntilTheNodeAnswersAndThenGivenToWhoAsksAgain)
{
    node_.Answer(FakeNode::Making::kLostAndDown);
    EXPECT_EQ(ReasonOf(AskFor()), "LIGHTNING_DOWN");
    EXPECT_EQ(journal_.Records().size(), 1U);
    node_.SetDown(false);
    node_.Answer(FakeNode::Making::kDone);
    ASSERT_TRUE(Becomes([&] {
        const auto account = Account();
        return !account.invoices.empty() && !account.invoices.begin()->second.request.empty();
    }));
    const auto made = AskFor();
    ASSERT_TRUE(made);
    EXPECT_EQ(node_.made(), 1);
}

TEST_F(InvoicesTest, ADownNodeDelaysACreditOnly)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.SetDown(true);
    node_.Set(made->payment_hash, NodeInvoiceState::kSettled, 5'000);
    ASSERT_TRUE(Becomes([&] { return invoices().state() == VerifierState::kDown; }));
    EXPECT_EQ(Account().balance, Amount{0});
    node_.SetDown(false);
    EXPECT_TRUE(BalanceBecomes(5'000));
    EXPECT_EQ(invoices().state(), VerifierState::kUp);
    EXPECT_EQ(invoices().terms()->payee, "02ab");
}

TEST_F(InvoicesTest, AnInvoiceThatTheNodeHasLostIsKeptForAnHourPastItsTime)
{
    const auto made = AskFor();
    ASSERT_TRUE(made);
    node_.Forget(made->payment_hash);
    LetItLook();
    EXPECT_TRUE(invoices().Find(made->payment_hash));
    clock_.seconds += 600 + 3600;
    EXPECT_TRUE(Becomes([&] { return journal_.Records().empty(); }));
    EXPECT_NE(out_.str().find("lost an invoice"), std::string::npos);
}

TEST_F(InvoicesTest, WhatWaitsIsRefusedAtTheEnd)
{
    std::atomic<int> told = 0;
    int taken = 0;
    for (int i = 0; i < 20; ++i) {
        taken += invoices().Submit({.pubkey = alice_, .amount = Amount{1'000 + i}},
                                   [&](const auto&) { ++told; });
    }
    Stop();
    EXPECT_EQ(told, taken);
}

TEST(LookAfterTest, FreshInvoicesAreLookedAtSooner)
{
    EXPECT_EQ(LookAfter(0s, 1s), 1s);
    EXPECT_EQ(LookAfter(119s, 1s), 1s);
    EXPECT_EQ(LookAfter(10min, 1s), 10s);
    EXPECT_EQ(LookAfter(24h, 1s), 30s);
}

}  // namespace
}  // namespace berth::relay::test
