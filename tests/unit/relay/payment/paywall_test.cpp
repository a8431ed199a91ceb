#include "relay-image/payment/paywall.hpp"

#include <sstream>

#include "tests/unit/relay/payment/payment_fakes.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using Kind = PaymentDecision::Kind;
using money::Amount;

const Error kDown = Fail(ErrorCode::kUnavailable, "LEDGER_UNAVAILABLE", "the node is down");

class PaywallTest : public testing::Test {
protected:
    PaywallTest()
    {
        settings_.fees.publication = {{{0, 65535}, 10}};
        settings_.fees.free_kinds = {{0, 0}};
        settings_.settle_interval = 1ms;
        settings_.payments_url = "https://relay.test/payments";
    }

    Paywall& paywall()
    {
        if (!paywall_) {
            paywall_.emplace(
                settings_, verifier_, journal_.Factory(),
                [this](const auto& key) { return key == member_.pubkey(); }, clock_, log_);
        }
        return *paywall_;
    }
    void Restart() { paywall_.reset(); }

    PaymentDecision Decide(const nostr::Event& event)
    {
        auto decision = std::make_shared<std::promise<PaymentDecision>>();
        auto future = decision->get_future();
        paywall().Admit(event, [decision](const auto& made) { decision->set_value(made); });
        if (future.wait_for(10s) != std::future_status::ready)
            throw std::runtime_error{"undecided"};
        return future.get();
    }
    PaymentDecision Publish(int amount, int nonce, const std::string& content = "hello",
                            const std::string& channel = "C")
    {
        return Decide(
            Sign(alice_, {.tags = {ClaimTag(channel, amount, nonce)}, .content = content}));
    }
    /// Waits for what another thread brings about.
    template <typename Condition>
    bool Becomes(Condition condition)
    {
        for (const auto limit = Deadline::After(10s); !limit.Passed();) {
            if (condition()) return true;
            std::this_thread::yield();
        }
        return false;
    }
    Amount Balance() { return paywall().Find(alice_.pubkey()).balance; }

    const nostr::SecretKey alice_ = nostr::SecretKey::Generate();
    const nostr::SecretKey bob_ = nostr::SecretKey::Generate();
    const nostr::SecretKey member_ = nostr::SecretKey::Generate();
    PaywallSettings settings_;
    FakeJournal journal_;
    FakeVerifier verifier_;
    FixedClock clock_;
    std::ostringstream out_;
    Log log_{out_, "test", clock_};
    std::optional<Paywall> paywall_;
};

TEST_F(PaywallTest, WithoutFeesEverythingIsFree)
{
    settings_.fees = {};
    EXPECT_EQ(Decide(Sign(alice_)).kind, Kind::kFree);
    EXPECT_EQ(paywall().figures().verifier, VerifierState::kDisabled);
}

TEST_F(PaywallTest, FreeKindsMembersAndTheOwnerDoNotPay)
{
    settings_.fees.free_authors = {bob_.pubkey()};
    EXPECT_EQ(Decide(Sign(alice_, {.kind = 0})).kind, Kind::kFree);
    EXPECT_EQ(Decide(Sign(alice_, {.kind = 5})).kind, Kind::kFree);
    EXPECT_EQ(Decide(Sign(member_)).kind, Kind::kFree);
    EXPECT_EQ(Decide(Sign(bob_)).kind, Kind::kFree);
    EXPECT_EQ(verifier_.asked(), 0);
}

TEST_F(PaywallTest, AnEventWithoutAClaimIsToldWhatIsDueAndWhereToPay)
{
    const auto decision = Decide(Sign(alice_));
    EXPECT_EQ(decision.kind, Kind::kRefused);
    EXPECT_EQ(decision.text,
              "restricted: payment required: 10 drops are due and the balance is 0; "
              "see https://relay.test/payments");
}

TEST_F(PaywallTest, AClaimPaysForTheEventThatCarriesItAndTheRestForLaterOnes)
{
    EXPECT_EQ(Publish(25, 1).kind, Kind::kPaid);
    EXPECT_EQ(Balance(), Amount{15});
    EXPECT_EQ(Decide(Sign(alice_, {.content = "second"})).kind, Kind::kPaid);
    EXPECT_EQ(Decide(Sign(alice_, {.content = "third"})).kind, Kind::kRefused);
    EXPECT_EQ(Balance(), Amount{5});
    EXPECT_EQ(paywall().figures().received, Amount{25});
}

TEST_F(PaywallTest, TheSameClaimInAnotherEventPaysForNothing)
{
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    const auto again = Publish(10, 1, "another");
    EXPECT_EQ(again.kind, Kind::kRefused);
    EXPECT_NE(again.text.find("does not grow"), std::string::npos) << again.text;
    EXPECT_EQ(paywall().figures().received, Amount{10});
}

TEST_F(PaywallTest, TheSameEventIsChargedOnceHoweverOftenItComes)
{
    EXPECT_TRUE(Publish(25, 1).charged);
    const auto again = Publish(25, 1);
    EXPECT_EQ(again.kind, Kind::kPaid);
    EXPECT_FALSE(again.charged);
    Restart();
    EXPECT_FALSE(Publish(25, 1).charged);
    EXPECT_EQ(Balance(), Amount{15});
}

TEST_F(PaywallTest, AnEventThatIsStoredAlreadyCostsNothing)
{
    const auto event = Sign(alice_);
    journal_.AddEvent(event.id);
    EXPECT_EQ(Decide(event).kind, Kind::kPaid);
    EXPECT_TRUE(journal_.Records().empty());
}

TEST_F(PaywallTest, AChannelPaysForTheKeyThatUsedItFirst)
{
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    const auto stolen = Sign(bob_, {.tags = {ClaimTag("C", 30, 2)}});
    EXPECT_NE(Decide(stolen).text.find("another key"), std::string::npos);
    Restart();
    EXPECT_NE(Decide(stolen).text.find("another key"), std::string::npos);
    EXPECT_EQ(Publish(30, 2, "mine").kind, Kind::kPaid);
}

TEST_F(PaywallTest, ABadClaimDoesNotTakeAChannelFromItsPayer)
{
    verifier_.Answer(Fail(ErrorCode::kUnauthenticated, "BAD_CLAIM_SIGNATURE", "a bad signature"));
    EXPECT_NE(Decide(Sign(bob_, {.tags = {ClaimTag("C", 30, 2)}})).text.find("a bad signature"),
              std::string::npos);
    verifier_.Answer({});
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
}

TEST_F(PaywallTest, ARefusedClaimDoesNotStopAnEventThatTheBalanceCovers)
{
    EXPECT_EQ(Publish(30, 1).kind, Kind::kPaid);
    verifier_.Answer(Fail(ErrorCode::kPrecondition, "OVER_CAPACITY", "over capacity"));
    EXPECT_EQ(Publish(3000, 2, "greedy").kind, Kind::kPaid);
    EXPECT_EQ(Balance(), Amount{10});
}

TEST_F(PaywallTest, WhatTheVerifierKnowsToBePaidOutIsNotCredited)
{
    verifier_.SetFloor(15);
    EXPECT_EQ(Publish(20, 1).kind, Kind::kRefused);
    EXPECT_EQ(Balance(), Amount{5});
}

TEST_F(PaywallTest, AClaimOnAFreeEventIsCreditedAndCannotStopIt)
{
    const auto credit = Sign(alice_, {.kind = 0, .tags = {ClaimTag("C", 50, 1)}});
    EXPECT_EQ(Decide(credit).kind, Kind::kFree);
    EXPECT_EQ(Balance(), Amount{50});
    verifier_.Answer(kDown);
    EXPECT_EQ(Decide(Sign(alice_, {.kind = 0, .tags = {ClaimTag("C", 60, 2)}})).kind, Kind::kFree);
}

TEST_F(PaywallTest, AMalformedClaimIsInvalid)
{
    const auto decision = Decide(Sign(alice_, {.tags = {{"payment", "ilp", "C", "1e3"}}}));
    EXPECT_TRUE(decision.text.starts_with("invalid: the payment tag")) << decision.text;
}

TEST_F(PaywallTest, WhileTheVerifierIsDownPaidEventsAreRefusedAndFreeOnesPass)
{
    verifier_.Answer(kDown);
    EXPECT_TRUE(Publish(10, 1).text.starts_with("error: the payment cannot be verified now"));
    EXPECT_EQ(paywall().figures().verifier, VerifierState::kDown);
    EXPECT_EQ(Decide(Sign(alice_, {.kind = 0})).kind, Kind::kFree);
    EXPECT_TRUE(journal_.Records().empty());
}

TEST_F(PaywallTest, TheVerifierIsFoundAgain)
{
    verifier_.Answer(kDown);
    EXPECT_EQ(Publish(10, 1).kind, Kind::kRefused);
    verifier_.Answer({});
    EXPECT_TRUE(Becomes([&] { return paywall().figures().verifier == VerifierState::kUp; }));
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    EXPECT_EQ(paywall().terms()->payee, "rPayee");
}

TEST_F(PaywallTest, WhereThatIsSetAClaimIsSettledOnceTheVerifierAnswers)
{
    settings_.accept_when_down = true;
    verifier_.Answer(kDown);
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    EXPECT_EQ(Publish(20, 2, "second").kind, Kind::kPaid);
    EXPECT_EQ(Balance(), Amount{-20});
    EXPECT_EQ(paywall().figures().unsettled, 2U);
    Restart();
    EXPECT_TRUE(Becomes([&] { return paywall().figures().unsettled == 2; }));
    verifier_.Answer({});
    EXPECT_TRUE(Becomes([&] { return paywall().figures().unsettled == 0; }));
    EXPECT_EQ(Balance(), Amount{0});
    EXPECT_EQ(paywall().figures().received, Amount{20});
}

TEST_F(PaywallTest, AnUnsettledClaimPaysForOneEvent)
{
    settings_.accept_when_down = true;
    verifier_.Answer(kDown);
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    EXPECT_EQ(Publish(10, 1, "again").kind, Kind::kRefused);
    EXPECT_EQ(Publish(15, 2, "half").kind, Kind::kRefused);
}

TEST_F(PaywallTest, AClaimThatWasNotGoodAfterAllLeavesADebt)
{
    settings_.accept_when_down = true;
    verifier_.Answer(kDown);
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    verifier_.Answer(Fail(ErrorCode::kUnauthenticated, "BAD_CLAIM_SIGNATURE", "a bad signature"));
    EXPECT_TRUE(Becomes([&] { return paywall().figures().unsettled == 0; }));
    EXPECT_EQ(Balance(), Amount{-10});
    verifier_.Answer({});
    EXPECT_EQ(Publish(15, 2, "still in debt").kind, Kind::kRefused);
    EXPECT_EQ(Publish(30, 3, "paid up").kind, Kind::kPaid);
}

TEST_F(PaywallTest, TheListOfUnsettledClaimsIsBounded)
{
    settings_.accept_when_down = true;
    settings_.threads = 1;
    settings_.unsettled_max = 2;
    verifier_.Answer(kDown);
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
    EXPECT_EQ(Publish(20, 2, "second").kind, Kind::kPaid);
    EXPECT_EQ(Publish(30, 3, "third").kind, Kind::kRefused);
}

TEST_F(PaywallTest, NothingPassesThatWasNotWrittenDown)
{
    journal_.fails = true;
    const auto refused = Publish(10, 1);
    EXPECT_TRUE(refused.text.starts_with("error: the payment could not be recorded"));
    EXPECT_EQ(Balance(), Amount{0});
    journal_.fails = false;
    EXPECT_EQ(Publish(10, 1).kind, Kind::kPaid);
}

TEST_F(PaywallTest, AnEventThatWasNotStoredGetsItsPriceBackOnce)
{
    const auto event = Sign(alice_, {.tags = {ClaimTag("C", 25, 1)}});
    EXPECT_TRUE(Decide(event).charged);
    paywall().Settle(event, false);
    paywall().Settle(event, false);
    EXPECT_TRUE(Becomes([&] { return Balance() == Amount{25}; }));
    EXPECT_TRUE(Decide(event).charged);
    paywall().Settle(event, true);
    paywall().Settle(event, false);
    EXPECT_EQ(Decide(Sign(alice_, {.content = "next"})).kind, Kind::kPaid);
    EXPECT_EQ(Balance(), Amount{5});
}

TEST_F(PaywallTest, TwoPaywallsOnOneJournalCreditAClaimAndChargeAnEventOnce)
{
    Paywall second{settings_, verifier_, journal_.Factory(), {}, clock_, log_};
    const auto decide = [&](const nostr::Event& event) {
        std::promise<PaymentDecision> decision;
        second.Admit(event, [&](const auto& made) { decision.set_value(made); });
        return decision.get_future().get();
    };
    const auto event = Sign(alice_, {.tags = {ClaimTag("C", 30, 1)}});
    ASSERT_TRUE(Becomes([&] { return paywall().loaded() && second.loaded(); }));
    EXPECT_TRUE(Decide(event).charged);
    EXPECT_FALSE(decide(event).charged);
    EXPECT_EQ(decide(Sign(alice_, {.content = "second"})).kind, Kind::kPaid);
    EXPECT_EQ(Decide(Sign(alice_, {.content = "third"})).kind, Kind::kPaid);
    EXPECT_EQ(decide(Sign(alice_, {.content = "fourth"})).kind, Kind::kRefused);
    EXPECT_EQ(second.Find(alice_.pubkey()).received, Amount{30});
    const auto stolen = Sign(bob_, {.tags = {ClaimTag("C", 90, 2)}});
    EXPECT_NE(decide(stolen).text.find("another key"), std::string::npos);
}

TEST_F(PaywallTest, EventsOnTheirWayToStorageAreRemembered)
{
    const auto first = Sign(alice_, {.tags = {ClaimTag("C", 10'000, 1)}});
    EXPECT_TRUE(Decide(first).charged);
    for (std::size_t i = 0; i < 2 * PaymentAccount::kRememberedMax; ++i) {
        const auto event = Sign(alice_, {.content = std::to_string(i)});
        EXPECT_TRUE(Decide(event).charged);
        paywall().Settle(event, true);
    }
    Restart();
    EXPECT_FALSE(Decide(first).charged) << "it never came to storage";
}

TEST_F(PaywallTest, AnEventThatWaitsTooLongIsRefused)
{
    settings_.timeout = 0ms;
    const auto late = Publish(10, 1);
    EXPECT_TRUE(late.text.starts_with("error: the payment could not be verified in time"));
    EXPECT_EQ(verifier_.asked(), 0);
}

TEST_F(PaywallTest, AFullQueueRefusesAtOnce)
{
    settings_.queue_max = 0;
    EXPECT_TRUE(Publish(10, 1).text.starts_with("rate-limited:"));
}

TEST_F(PaywallTest, WhatWaitsIsRefusedAtTheEnd)
{
    std::atomic<int> decided = 0;
    for (int i = 0; i < 100; ++i) {
        paywall().Admit(Sign(alice_, {.content = std::to_string(i)}),
                        [&](const auto&) { ++decided; });
    }
    Restart();
    EXPECT_EQ(decided, 100);
}

TEST_F(PaywallTest, ManyEventsOfOneKeyAreChargedEachOnce)
{
    EXPECT_EQ(Publish(10 + 200 * 10, 1).kind, Kind::kPaid);
    std::atomic<int> paid = 0;
    std::atomic<int> refused = 0;
    for (int i = 0; i < 250; ++i) {
        paywall().Admit(Sign(alice_, {.content = std::to_string(i)}), [&](const auto& decision) {
            ++(decision.kind == Kind::kPaid ? paid : refused);
        });
    }
    EXPECT_TRUE(Becomes([&] { return paid + refused == 250; }));
    EXPECT_EQ(paid, 200);
    EXPECT_EQ(Balance(), Amount{0});
    EXPECT_LT(journal_.puts, 250);
}

TEST_F(PaywallTest, ZapReceiptsPassAsConfigured)
{
    const auto request =
        Sign(alice_, {.kind = 9734, .tags = {{"p", member_.pubkey()}}, .content = ""});
    const auto to_member = Sign(bob_, {.kind = 9735,
                                       .tags = {{"p", member_.pubkey()},
                                                {"bolt11", "lnbc1"},
                                                {"description", nostr::ToJson(request)}}});
    const auto other = Sign(alice_, {.kind = 9734, .tags = {{"p", alice_.pubkey()}}});
    const auto to_other = Sign(bob_, {.kind = 9735,
                                      .tags = {{"p", alice_.pubkey()},
                                               {"bolt11", "lnbc1"},
                                               {"description", nostr::ToJson(other)}}});
    EXPECT_EQ(Decide(to_member).kind, Kind::kFree);
    EXPECT_EQ(Decide(to_other).kind, Kind::kRefused);
    Restart();
    settings_.fees.free_zaps = FreeZaps::kEverybodys;
    EXPECT_EQ(Decide(to_other).kind, Kind::kFree);
    Restart();
    settings_.fees.free_zaps = FreeZaps::kNobodys;
    EXPECT_EQ(Decide(to_member).kind, Kind::kRefused);
}

}  // namespace
}  // namespace berth::relay::test
