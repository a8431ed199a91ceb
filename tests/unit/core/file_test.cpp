#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth {
namespace {

class FileTest : public testing::Test {
protected:
    FileTest() { std::filesystem::create_directories(folder_); }
    ~FileTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("berth-file-" + ToHex(RandomBytes(6)));
};

TEST_F(FileTest, ReadsBackWhatItWroteAndLeavesNothingBeside)
{
    const std::string bytes{"a\0b\n", 4};
    ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "old").has_value());
    ASSERT_TRUE(WriteFileAtomically(folder_ / "x", bytes).has_value());
    EXPECT_EQ(*ReadFile(folder_ / "x"), bytes);
    int count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder_}) ++count;
    EXPECT_EQ(count, 1);
}

TEST_F(FileTest, KeepsSecretsToTheOwner)
{
    ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "secret").has_value());
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "x").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(FileTest, DoesNotTakeWhatItCannotReadForAbsent)
{
    std::filesystem::create_symlink(folder_ / "loop", folder_ / "loop");
    EXPECT_EQ(ReadFile(folder_ / "loop").error().reason, "FILE_NOT_READ");
    EXPECT_EQ(ReadFile(folder_).error().reason, "FILE_NOT_READ");
    EXPECT_EQ(ReadFile(folder_ / "none" / "x").error().reason, "FILE_NOT_FOUND");
}

TEST_F(FileTest, NamesWhyItCannotReadOrWrite)
{
    EXPECT_EQ(ReadFile(folder_ / "none").error().code, ErrorCode::kNotFound);
    ASSERT_TRUE(WriteFileAtomically(folder_ / "x", "12345").has_value());
    EXPECT_EQ(ReadFile(folder_ / "x", 4).error().reason, "FILE_TOO_LARGE");
    EXPECT_EQ(WriteFileAtomically(folder_ / "none" / "x", "1").error().reason, "FILE_NOT_WRITTEN");
}

}  // namespace
}  // namespace berth
