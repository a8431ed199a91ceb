#include <gmock/gmock.h>

#include "tests/integration/payments/fresh_database.hpp"

namespace berth {
namespace {

class SchemaTest : public ::testing::Test {
protected:
    test::FreshDatabase database_;
};

TEST_F(SchemaTest, KeysOfACustomersTableBeginWithTheCustomer)
{
    EXPECT_EQ(database_.Value(R"sql(
        SELECT string_agg(conname, ', ') FROM pg_constraint
        JOIN pg_class ON pg_class.oid = conrelid
        JOIN pg_attribute first ON first.attrelid = conrelid AND first.attnum = conkey[1]
        WHERE contype IN ('p', 'u', 'f') AND first.attname <> 'customer_id'
          AND relname IN (SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                          WHERE attname = 'customer_id' AND relkind = 'r'
                            AND relname NOT LIKE 'job%'))sql"),
              "");
}

TEST_F(SchemaTest, OnlyPureHistoriesAreSplitByTime)
{
    EXPECT_EQ(database_.Value(
                  "SELECT string_agg(partrelid::regclass::text, ', ') FROM pg_partitioned_table"),
              "job_history");
}

TEST_F(SchemaTest, NothingIsDeferredAndNothingIsTriggered)
{
    EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_constraint WHERE condeferrable"), "0");
    EXPECT_EQ(database_.Value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), "0");
}

TEST_F(SchemaTest, TheBooksCannotBeRewrittenByTheProgram)
{
    for (const auto* table : {"entries", "claims", "signed_events", "order_events"}) {
        EXPECT_EQ(database_.Value("SELECT has_table_privilege('berth_marketplace', '" +
                                  std::string{table} + "', 'UPDATE, DELETE')"),
                  "f");
    }
}

TEST_F(SchemaTest, MigratingAgainChangesNothing)
{
    const auto again = db::Migrate(database_.url());
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->empty());
    const auto status = db::MigrationStatus(database_.url());
    ASSERT_TRUE(status);
    EXPECT_THAT(*status, ::testing::Each(::testing::Field(&db::MigrationState::applied, true)));
}

}  // namespace
}  // namespace berth
