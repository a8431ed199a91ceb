#include "marketplace/db/migrations.hpp"

#include <gmock/gmock.h>

namespace berth::db {
namespace {

TEST(MigrationsTest, TheUpPartEndsAtTheDownPart)
{
    EXPECT_EQ(*UpPart("-- migrate:up\nCREATE;\n-- migrate:down\nDROP;"), "\nCREATE;\n");
    EXPECT_EQ(*UpPart("-- migrate:up\nCREATE;"), "\nCREATE;");
    EXPECT_EQ(UpPart("CREATE;").error().reason, "BAD_MIGRATION");
}

TEST(MigrationsTest, FilesAreNumberedWithoutGaps)
{
    int expected = 0;
    for (const auto& migration : EmbeddedMigrations()) {
        EXPECT_EQ(std::stoi(migration.Version()), ++expected) << migration.name;
        EXPECT_TRUE(UpPart(migration.text)) << migration.name;
    }
    EXPECT_GE(expected, 6);
}

}  // namespace
}  // namespace berth::db
