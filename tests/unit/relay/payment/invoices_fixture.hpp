#pragma once

#include <sstream>

#include "relay-image/payment/invoices.hpp"
#include "tests/unit/relay/payment/lightning_fakes.hpp"
#include "tests/unit/relay/payment/payment_fakes.hpp"

namespace berth::relay::test {

/// A relay that asks 5 sat for admission and makes invoices at a fake node.
class InvoicesTest : public testing::Test {
protected:
    InvoicesTest()
    {
        paywall_settings_.fees = {.asset = "btc", .admission = 5'000};
        settings_.look_interval = std::chrono::milliseconds{1};
    }

    Invoices& invoices()
    {
        if (!invoices_) {
            paywall_.emplace(
                paywall_settings_, verifier_, journal_.Factory(),
                [this](const auto& key) { return key == member_.pubkey(); }, clock_, log_);
            invoices_.emplace(settings_, node_, *paywall_, clock_, log_);
        }
        return *invoices_;
    }
    void Stop()
    {
        invoices_.reset();
        paywall_.reset();
    }
    /// As if it had been killed and came up again.
    void Restart()
    {
        Stop();
        journal_.fails = false;
        node_.Answer(FakeNode::Making::kDone);
        invoices();
    }

    Result<InvoiceView> Ask(InvoiceWish wish)
    {
        auto asked = std::make_shared<std::promise<Result<InvoiceView>>>();
        auto future = asked->get_future();
        const bool taken =
            invoices().Submit(std::move(wish), [asked](auto made) { asked->set_value(made); });
        if (!taken) return Fail(ErrorCode::kExhausted, "FULL", "full");
        if (future.wait_for(std::chrono::seconds{10}) != std::future_status::ready)
            throw std::runtime_error{"no word"};
        return future.get();
    }
    Result<InvoiceView> AskFor(std::optional<money::Amount> amount = {}, bool is_proven = false)
    {
        return Ask({.pubkey = alice_, .amount = amount, .is_proven = is_proven});
    }
    std::string ReasonOf(const Result<InvoiceView>& made)
    {
        return made ? "" : made.error().reason;
    }
    template <typename Condition>
    bool Becomes(Condition condition)
    {
        for (const auto limit = Deadline::After(std::chrono::seconds{10}); !limit.Passed();) {
            if (condition()) return true;
            std::this_thread::yield();
        }
        return false;
    }
    PaymentAccount Account() { return paywall_->Find(alice_); }
    bool BalanceBecomes(money::Amount balance)
    {
        invoices();
        return Becomes([&] { return Account().balance == balance; });
    }
    /// The node is looked at a few more times, and whatever it says has been dealt with.
    void LetItLook()
    {
        invoices();
        const auto looked = node_.looked();
        ASSERT_TRUE(Becomes([&] { return node_.looked() > looked + 3; }));
    }

    const std::string alice_ = nostr::SecretKey::Generate().pubkey();
    const nostr::SecretKey member_ = nostr::SecretKey::Generate();
    PaywallSettings paywall_settings_;
    InvoiceSettings settings_;
    FakeJournal journal_;
    FakeVerifier verifier_;
    FakeNode node_;
    FixedClock clock_;
    std::ostringstream out_;
    Log log_{out_, "test", clock_};
    std::optional<Paywall> paywall_;
    std::optional<Invoices> invoices_;
};

}  // namespace berth::relay::test
