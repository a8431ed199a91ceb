#include <gmock/gmock.h>

#include "marketplace/ledger/books.hpp"
#include "marketplace/ledger/finance_handlers.hpp"
#include "tests/integration/payments/fresh_database.hpp"

namespace berth {
namespace {

using call::Role;

const std::string kCustomer(64, 'a');
const std::string kOperator(64, 'b');
const std::string kStranger(64, 'c');
constexpr auto kNow = FromUnixSeconds(1'795'910'400);  // 2026-11-29 00:00 UTC.

call::Call CallBy(const std::string& caller, Role role)
{
    return {.caller = caller, .roles = {Role::kCustomer, role}, .now = kNow, .trace = "t"};
}

void ExpectAddsUp(const v1::Margin& margin)
{
    EXPECT_EQ(margin.margin_usd_micros(), margin.revenue_usd_micros() -
                                              margin.lease_cost_usd_micros() -
                                              margin.other_cost_usd_micros());
}

/// A customer with one active order of one operator, of which a lease was paid.
class FinanceTest : public ::testing::Test {
protected:
    FinanceTest()
    {
        const ledger::Owner owner{
            .customer_id = kCustomer, .order_id = "order", .operator_id = kOperator};
        const ledger::Owner payer{.customer_id = kCustomer, .order_id = "", .operator_id = ""};
        const ledger::Worth hold{
            .asset = "xrp", .amount = 5, .usd_micros = 12'000'000, .snapshot_id = "s"};
        database_.Do([&](pqxx::work& tx) {
            ledger::PostClaimCredit(tx, payer, "claim", hold, kNow);
            ledger::PostHold(tx, owner, hold, kNow);
            ledger::PostActivation(tx, owner, hold,
                                   {.setup_usd_micros = 2'000'000,
                                    .monthly_usd_micros = 10'000'000,
                                    .marketplace_fee_bps = 1'000},
                                   kNow);
            ledger::PostGas(
                tx, owner, "TX",
                {.asset = "uakt", .amount = 7, .usd_micros = 300'000, .snapshot_id = "s"}, kNow);
        });
    }

    std::vector<std::string> KindsSeenBy(const call::Call& call)
    {
        std::vector<std::string> kinds;
        const auto answer = finance_.ListEntries(call, {});
        if (!answer) return {answer.error().reason};
        for (const auto& entry : answer->entries()) kinds.push_back(entry.kind());
        return kinds;
    }

    test::FreshDatabase database_;
    ledger::FinanceHandlers finance_{*database_};
};

TEST_F(FinanceTest, AMarginNamesItsViewpoint)
{
    v1::GetMarginRequest request;
    request.set_customer(kCustomer);
    request.set_month("2026-11");
    const auto seen = finance_.GetMargin(CallBy(kOperator, Role::kOperator), request);
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_EQ(seen->margin().viewpoint(), "operator");
    EXPECT_EQ(seen->margin().revenue_usd_micros(), 2'000'000);
    EXPECT_EQ(seen->margin().other_cost_usd_micros(), 500'000);  // Gas and the fee.
    EXPECT_EQ(seen->margin().marketplace_fee_usd_micros(), 200'000);
    EXPECT_EQ(seen->margin().margin_usd_micros(), 1'500'000);
    ExpectAddsUp(seen->margin());
    request.set_viewpoint("marketplace");
    const auto ours = finance_.GetMargin(CallBy(kStranger, Role::kFinance), request);
    ASSERT_TRUE(ours);
    EXPECT_EQ(ours->margin().revenue_usd_micros(), 200'000);
    EXPECT_EQ(ours->margin().margin_usd_micros(), 200'000);
    ExpectAddsUp(ours->margin());
}

TEST_F(FinanceTest, ACustomerReadsNoMargin)
{
    const auto own = finance_.GetMargin(CallBy(kCustomer, Role::kCustomer), {});
    EXPECT_EQ(own.error().reason, "ROLE_MISSING");
    EXPECT_EQ(finance_.ListMargins(CallBy(kCustomer, Role::kCustomer), {}).error().reason,
              "ROLE_MISSING");
}

TEST_F(FinanceTest, AnotherOperatorDoesNotKnowTheCustomer)
{
    v1::GetMarginRequest request;
    request.set_customer(kCustomer);
    EXPECT_EQ(finance_.GetMargin(CallBy(kStranger, Role::kOperator), request).error().reason,
              "UNKNOWN_CUSTOMER");
    request.set_operator_(kOperator);
    EXPECT_EQ(finance_.GetMargin(CallBy(kStranger, Role::kOperator), request).error().reason,
              "ROLE_MISSING");
    EXPECT_THAT(KindsSeenBy(CallBy(kStranger, Role::kOperator)), ::testing::IsEmpty());
}

TEST_F(FinanceTest, EveryoneSeesHisOwnSideOfTheBooks)
{
    using ::testing::UnorderedElementsAre;
    EXPECT_THAT(KindsSeenBy(CallBy(kCustomer, Role::kCustomer)),
                UnorderedElementsAre("claim", "hold", "sale", "deferral", "setup"));
    EXPECT_THAT(
        KindsSeenBy(CallBy(kOperator, Role::kOperator)),
        UnorderedElementsAre("hold", "sale", "deferral", "setup", "operator_share", "fee", "gas"));
    EXPECT_EQ(KindsSeenBy(CallBy(kStranger, Role::kFinance)).size(), 8U);
    EXPECT_THAT(KindsSeenBy({.caller = "", .roles = {}, .now = kNow, .trace = "t"}),
                ::testing::ElementsAre("NOT_AUTHENTICATED"));
}

TEST_F(FinanceTest, ACustomerDoesNotAskForAnother)
{
    v1::GetStatementRequest request;
    request.set_customer(kCustomer);
    EXPECT_EQ(finance_.GetStatement(CallBy(kStranger, Role::kCustomer), request).error().reason,
              "ROLE_MISSING");
    const auto own = finance_.GetStatement(CallBy(kCustomer, Role::kCustomer), request);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->lines_size(), 5);
}

TEST_F(FinanceTest, EntriesComeByPages)
{
    v1::ListEntriesRequest request;
    request.set_page_size(3);
    int seen = 0;
    do {
        const auto page = finance_.ListEntries(CallBy(kStranger, Role::kFinance), request);
        ASSERT_TRUE(page) << page.error().message;
        seen += page->entries_size();
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    EXPECT_EQ(seen, 8);
}

TEST_F(FinanceTest, AnExportedTransactionBalances)
{
    v1::ExportRequest request;
    request.set_format("hledger");
    auto feed = finance_.Export(CallBy(kOperator, Role::kOperator), request);
    ASSERT_TRUE(feed);
    const auto part = (*feed)->Pull(Deadline::max());
    ASSERT_TRUE(part);
    EXPECT_TRUE(part->last);
    EXPECT_THAT(part->messages.at(0).text(),
                ::testing::HasSubstr("    expenses:network_fees  7 uakt\n"
                                     "    assets:operator_wallet  -7 uakt\n"));
    request.set_format("xlsx");
    EXPECT_EQ(finance_.Export(CallBy(kOperator, Role::kOperator), request).error().reason,
              "UNKNOWN_FORMAT");
}

}  // namespace
}  // namespace berth
