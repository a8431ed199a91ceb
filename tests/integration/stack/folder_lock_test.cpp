#include "cli/stack/folder_lock.hpp"

#include "tests/integration/stack/temporary_folder.hpp"

#include <fstream>
#include <optional>

#include <gtest/gtest.h>

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

class FolderLockTest : public testing::Test {
protected:
    TemporaryFolder temporary_;
    const fs::path folder_ = temporary_.path() / "of/a/run";
};

TEST_F(FolderLockTest, OneRunAtATimeUsesAFolder)
{
    std::optional<FolderLock> first{std::in_place};
    ASSERT_TRUE(first->Take(folder_));
    FolderLock second;
    const auto refused = second.Take(folder_);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "WORLD_RUNS_ALREADY");
    first.reset();
    EXPECT_TRUE(second.Take(folder_));
}

TEST_F(FolderLockTest, LeavesNothingOfAFolderInWhichNothingWasMade)
{
    {
        FolderLock lock;
        ASSERT_TRUE(lock.Take(folder_));
        EXPECT_TRUE(fs::exists(folder_));
    }
    EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(FolderLockTest, LeavesWhatWasMadeInTheFolder)
{
    {
        FolderLock lock;
        ASSERT_TRUE(lock.Take(folder_));
        std::ofstream{folder_ / "log"} << "of use";
    }
    EXPECT_TRUE(fs::exists(folder_ / "log"));
    EXPECT_EQ(std::distance(fs::directory_iterator{folder_}, {}), 1);
}

TEST_F(FolderLockTest, LeavesAFolderThatWasThereBefore)
{
    fs::create_directories(folder_);
    {
        FolderLock lock;
        ASSERT_TRUE(lock.Take(folder_));
    }
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(FolderLockTest, ARunThatWasRefusedLeavesTheOthersLock)
{
    FolderLock first;
    ASSERT_TRUE(first.Take(folder_));
    {
        FolderLock second;
        ASSERT_TRUE(second.Take(folder_).has_error());
    }
    FolderLock third;
    EXPECT_TRUE(third.Take(folder_).has_error());
}

TEST_F(FolderLockTest, SaysThatAFolderCannotBeWrittenTo)
{
    std::ofstream{temporary_.path() / "file"} << "not a folder";
    FolderLock lock;
    const auto refused = lock.Take(temporary_.path() / "file" / "below");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "FILE_NOT_WRITTEN");
}

}  // namespace
}  // namespace berth::stack
