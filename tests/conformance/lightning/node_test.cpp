// What every Lightning node has to do for the relay, put to the stand-in or to a real one.

#include <thread>

#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "tests/conformance/lightning/subject.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using money::Amount;

class LightningNodeConformance : public testing::Test {
protected:
    static void SetUpTestSuite() { subject_ = std::make_unique<test::Subject>(); }
    static void TearDownTestSuite() { subject_.reset(); }

    static std::unique_ptr<LndNode> NodeWith(LndNode::Options options)
    {
        return LndNode::Make(std::move(options)).value();
    }
    static Deadline Soon() { return Deadline::After(20s); }
    static InvoiceToMake AnInvoice(Amount amount = 21'000, std::chrono::seconds expiry = 600s)
    {
        return {.preimage = Secret{RandomBytes(32)},
                .amount = amount,
                .memo = "Nostr relay \u26a1: for a test",
                .expiry = expiry};
    }
    NodeInvoice Found(const InvoiceToMake& invoice)
    {
        const auto found = node_->Look(invoice.PaymentHash(), Soon());
        EXPECT_TRUE(found) << found.error().message;
        return found.value();
    }
    bool Becomes(const InvoiceToMake& invoice, NodeInvoiceState state)
    {
        for (const auto limit = Deadline::After(60s); !limit.Passed();) {
            if (Found(invoice).state == state) return true;
            std::this_thread::sleep_for(50ms);
        }
        return false;
    }
    std::string Made(const InvoiceToMake& invoice)
    {
        const auto made = node_->MakeInvoice(invoice, Soon());
        EXPECT_TRUE(made) << made.error().message;
        return made.value();
    }

    static std::unique_ptr<test::Subject> subject_;
    const std::unique_ptr<LndNode> node_ = NodeWith(subject_->options());
};

std::unique_ptr<test::Subject> LightningNodeConformance::subject_;

TEST_F(LightningNodeConformance, TellsWhoItIs)
{
    const auto told = node_->Check(Soon());
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_TRUE(IsLowerHex(told->pubkey, 66)) << told->pubkey;
    EXPECT_FALSE(told->network.empty());
}

TEST_F(LightningNodeConformance, AnInvoiceIsFoundByTheHashThatWasChosenForIt)
{
    const auto invoice = AnInvoice();
    const auto request = Made(invoice);
    EXPECT_TRUE(request.starts_with("ln")) << request;
    const auto found = Found(invoice);
    EXPECT_EQ(found.state, NodeInvoiceState::kOpen);
    EXPECT_EQ(found.request, request);
    EXPECT_EQ(found.amount, Amount{21'000});
    EXPECT_EQ(found.paid, Amount{0});
}

TEST_F(LightningNodeConformance, APreimageIsGoodForOneInvoice)
{
    auto invoice = AnInvoice();
    const auto request = Made(invoice);
    invoice.amount = 50'000;
    const auto again = node_->MakeInvoice(invoice, Soon());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kConflict) << again.error().message;
    EXPECT_EQ(Found(invoice).request, request);
}

TEST_F(LightningNodeConformance, AnUnknownHashIsNotFound)
{
    const auto found = node_->Look(AnInvoice().PaymentHash(), Soon());
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().reason, "INVOICE_NOT_FOUND") << found.error().message;
}

TEST_F(LightningNodeConformance, MillisatoshisAndPrivateChannelsAreTakenAsTheyAre)
{
    auto options = subject_->options();
    options.is_private = true;
    const auto invoice = AnInvoice(1'001);
    const auto made = NodeWith(options)->MakeInvoice(invoice, Soon());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(Found(invoice).amount, Amount{1'001});
}

TEST_F(LightningNodeConformance, WhatIsPaidIsSettledWithWhatArrived)
{
    if (!subject_->can_be_paid()) GTEST_SKIP() << "BERTH_LND_PAYER_REST names no payer.";
    const auto invoice = AnInvoice(21'001);
    EXPECT_EQ(subject_->Pay(Made(invoice)), "");
    EXPECT_TRUE(Becomes(invoice, NodeInvoiceState::kSettled));
    EXPECT_EQ(Found(invoice).paid, Amount{21'001});
}

TEST_F(LightningNodeConformance, ACanceledInvoiceTakesNoPayment)
{
    const auto invoice = AnInvoice();
    const auto request = Made(invoice);
    subject_->Cancel(invoice.PaymentHash());
    EXPECT_EQ(Found(invoice).state, NodeInvoiceState::kCanceled);
    if (subject_->can_be_paid()) {
        EXPECT_NE(subject_->Pay(request), "");
    }
    EXPECT_EQ(Found(invoice).paid, Amount{0});
}

TEST_F(LightningNodeConformance, AnExpiredInvoiceIsCanceled)
{
    const auto invoice = AnInvoice(21'000, 1s);
    Made(invoice);
    EXPECT_TRUE(Becomes(invoice, NodeInvoiceState::kCanceled));
}

TEST_F(LightningNodeConformance, AWrongMacaroonDoesNothing)
{
    auto options = subject_->options();
    options.macaroon = Secret{"0201036c6e64"};
    const auto stranger = NodeWith(options);
    const auto invoice = AnInvoice();
    const auto made = stranger->MakeInvoice(invoice, Soon());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kUnavailable) << made.error().message;
    EXPECT_EQ(stranger->Look(invoice.PaymentHash(), Soon()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(stranger->Check(Soon()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(node_->Look(invoice.PaymentHash(), Soon()).error().code, ErrorCode::kNotFound);
}

TEST_F(LightningNodeConformance, AnotherCertificateIsNotTrusted)
{
    auto options = subject_->options();
    options.ca_file = "";
    const auto made = NodeWith(options)->MakeInvoice(AnInvoice(), Soon());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, "TLS_NOT_TRUSTED") << made.error().message;
    EXPECT_EQ(made.error().code, ErrorCode::kUnavailable);
}

TEST_F(LightningNodeConformance, ANodeThatIsNotThereDoesNothing)
{
    auto options = subject_->options();
    options.url = "https://127.0.0.1:1";
    const auto nobody = NodeWith(options);
    EXPECT_EQ(nobody->MakeInvoice(AnInvoice(), Soon()).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(nobody->Look(AnInvoice().PaymentHash(), Soon()).error().code,
              ErrorCode::kUnavailable);
    EXPECT_EQ(nobody->Check(Soon()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace berth::relay
