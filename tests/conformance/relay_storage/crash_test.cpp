#include <csignal>
#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/conformance/relay_storage/storage_subject.hpp"
#include "tests/conformance/relay_storage/storing_child.hpp"

namespace berth::relay::test {
namespace {

/// A running storing_child, killed with the object at the latest.
class StoringChild {
public:
    explicit StoringChild(std::vector<std::string> arguments, const std::string& failpoint = "")
    {
        arguments.insert(arguments.begin(), BERTH_STORING_CHILD);
        int ends[2];
        if (::pipe(ends) != 0) std::abort();
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], 1);
            for (int fd = 3; fd < 1024; ++fd) ::close(fd);
            if (!failpoint.empty()) ::setenv("BERTH_FAILPOINT", failpoint.c_str(), 1);
            std::vector<char*> argv;
            for (auto& argument : arguments) argv.push_back(argument.data());
            argv.push_back(nullptr);
            ::execv(argv[0], argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ::fdopen(ends[0], "r");
    }
    ~StoringChild()
    {
        Kill();
        std::fclose(output_);
    }
    StoringChild(const StoringChild&) = delete;
    StoringChild& operator=(const StoringChild&) = delete;

    void Kill()
    {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    /// The next batch that it calls durable; 0 at the end of what it said.
    int NextAcknowledged()
    {
        char line[32];
        return std::fgets(line, sizeof line, output_) ? std::atoi(line) : 0;
    }

private:
    pid_t pid_ = -1;
    std::FILE* output_ = nullptr;
};

template <typename S>
class CrashTest : public StorageTest<S> {
protected:
    std::int64_t CountOf(int batch)
    {
        return this->store_->Count({.kinds = {{1'000 + batch}}}, 1'000, 2'000).value();
    }
    /// Every batch up to `batch` is whole; returns whether the one behind it is there too.
    bool ExpectWholeUpTo(int batch)
    {
        for (int i = 1; i <= batch; ++i) EXPECT_EQ(CountOf(i), kBatch);
        const auto next = CountOf(batch + 1);
        EXPECT_TRUE(next == 0 || next == kBatch) << next;
        EXPECT_EQ(CountOf(batch + 2), 0);
        const bool has_next = next == kBatch;
        const auto newest = std::to_string(has_next ? batch + 1 : batch);
        const auto profile = this->Find({.kinds = {{0}}});
        EXPECT_EQ(profile,
                  batch == 0 && !has_next ? std::vector<std::string>{} : std::vector{newest});
        const auto all = this->store_->Keys({.tags = {{'t', {"crash"}}}}, 100'000, 2'000).value();
        EXPECT_EQ(static_cast<int>(all.size()), kBatch * (has_next ? batch + 1 : batch));
        return has_next;
    }
};
TYPED_TEST_SUITE(CrashTest, Subjects, SubjectNames);

TYPED_TEST(CrashTest, HasEveryAcknowledgedBatchWholeAfterAKillAtAnyMoment)
{
    StoringChild child{this->subject_.Arguments()};
    for (int i = 0; i < 20; ++i) ASSERT_GT(child.NextAcknowledged(), 0);
    child.Kill();  // Somewhere within the next batch.
    int last = 20;
    while (const int next = child.NextAcknowledged()) last = next;
    this->ExpectWholeUpTo(last);
    EXPECT_EQ(this->Put({.created_at = 9, .content = "goes on"}), Verdict::kStored);
}

TYPED_TEST(CrashTest, HasNothingOfABatchThatWasNotCommitted)
{
    StoringChild child{this->subject_.Arguments(), "relay.before_commit"};
    EXPECT_EQ(child.NextAcknowledged(), 0);
    EXPECT_FALSE(this->ExpectWholeUpTo(0));
}

TYPED_TEST(CrashTest, HasTheBatchThatWasCommittedAndNotAcknowledged)
{
    StoringChild child{this->subject_.Arguments(), "relay.after_commit"};
    EXPECT_EQ(child.NextAcknowledged(), 0);
    EXPECT_TRUE(this->ExpectWholeUpTo(0));
}

using LmdbCrashTest = CrashTest<LmdbSubject>;

TEST_F(LmdbCrashTest, FollowsAMapThatAnotherProcessHasGrown)
{
    StoringChild child{subject_.Arguments()};
    int last = 0;
    while (last < 100) last = child.NextAcknowledged();  // Some 4 MB; our map holds one.
    EXPECT_EQ(CountOf(100), kBatch);
    EXPECT_EQ(Put({.content = "of this process"}), Verdict::kStored);
    EXPECT_GT(child.NextAcknowledged(), 100);
}

}  // namespace
}  // namespace berth::relay::test
