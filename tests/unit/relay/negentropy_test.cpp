#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "core/base/encoding.hpp"
#include "relay-image/negentropy/reconciliation.hpp"
#include "relay-image/negentropy/wire.hpp"

namespace berth::relay::negentropy {
namespace {

using Random = std::mt19937_64;

Item ItemAt(std::uint64_t timestamp, Random& random)
{
    Item item{.timestamp = timestamp, .id = {}};
    for (auto& byte : item.id) byte = static_cast<std::uint8_t>(random());
    return item;
}

/// Two sets with much in common, and what only one of them has.
struct Pair {
    std::vector<Item> ours, theirs;
    std::vector<Id> only_ours, only_theirs;
};

Pair RandomPair(Random& random, std::size_t count, std::uint64_t seconds)
{
    Pair pair;
    for (std::size_t i = 0; i < count; ++i) {
        const auto item = ItemAt(random() % seconds, random);
        const auto fate = random() % 20;
        if (fate != 0) pair.ours.push_back(item);
        if (fate != 1) pair.theirs.push_back(item);
        if (fate == 0) pair.only_theirs.push_back(item.id);
        if (fate == 1) pair.only_ours.push_back(item.id);
    }
    std::ranges::sort(pair.only_ours);
    std::ranges::sort(pair.only_theirs);
    return pair;
}

/// Runs both sides to the end; returns the number of messages from the one that began.
int Reconcile(const Reconciliation& ours, const Reconciliation& theirs, Differences& found)
{
    auto message = ours.Begin();
    int messages = 1;
    for (; messages < 10'000; ++messages) {
        const auto answer = theirs.Answer(message);
        const auto next = ours.Continue(answer.value(), found);
        if (next.value().empty()) break;
        message = *next;
    }
    std::ranges::sort(found.have);
    std::ranges::sort(found.need);
    return messages;
}

TEST(NegentropyTest, FindsWhatEitherSideLacks)
{
    Random random{1};
    for (const std::size_t count : {0, 1, 31, 32, 33, 500, 20'000}) {
        for (const std::uint64_t seconds : {1, 10, 1'000'000}) {
            const auto pair = RandomPair(random, count, seconds);
            Differences found;
            Reconcile(Reconciliation{ItemSet{pair.ours}}, Reconciliation{ItemSet{pair.theirs}},
                      found);
            EXPECT_EQ(found.have, pair.only_ours) << count << " in " << seconds;
            EXPECT_EQ(found.need, pair.only_theirs) << count << " in " << seconds;
        }
    }
}

TEST(NegentropyTest, KeepsEveryMessageBelowTheFrame)
{
    Random random{2};
    auto pair = RandomPair(random, 30'000, 50'000);
    for (int i = 0; i < 5'000; ++i) {  // A block that only they have: more ids than fit a frame.
        pair.theirs.push_back(ItemAt(60'000, random));
        pair.only_theirs.push_back(pair.theirs.back().id);
    }
    std::ranges::sort(pair.only_theirs);
    const Reconciliation ours{ItemSet{pair.ours}, kLeastFrameBytes};
    const Reconciliation theirs{ItemSet{pair.theirs}, kLeastFrameBytes};
    Differences found;
    auto message = ours.Begin();
    int messages = 0;
    while (!message.empty()) {
        ASSERT_LT(++messages, 10'000);
        ASSERT_LE(message.size(), kLeastFrameBytes);
        const auto answer = theirs.Answer(message);
        ASSERT_LE(answer->size(), kLeastFrameBytes);
        message = *ours.Continue(*answer, found);
    }
    std::ranges::sort(found.have);
    std::ranges::sort(found.need);
    EXPECT_EQ(found.have, pair.only_ours);
    EXPECT_EQ(found.need, pair.only_theirs);
}

TEST(NegentropyTest, IsSoonDoneWithEqualSets)
{
    Random random{3};
    const auto pair = RandomPair(random, 100'000, 100'000);
    const Reconciliation side{ItemSet{pair.ours}};
    Differences found;
    EXPECT_EQ(Reconcile(side, side, found), 1);
    EXPECT_TRUE(found.have.empty() && found.need.empty());
    EXPECT_LT(side.Begin().size(), 1'000U);
}

TEST(NegentropyTest, AnswersAnotherVersionWithItsOwn)
{
    const Reconciliation side{ItemSet{{}}};
    EXPECT_EQ(side.Answer("\x62whatever").value(), "\x61");
    EXPECT_EQ(side.Answer("").error().reason, "BAD_NEGENTROPY");
    EXPECT_EQ(side.Answer("\x20").error().reason, "BAD_NEGENTROPY");
    Differences found;
    EXPECT_EQ(side.Continue("\x62", found).error().reason, "NEGENTROPY_VERSION");
    EXPECT_EQ(side.Continue("\x61", found).value(), "");
}

TEST(NegentropyTest, WritesNumbersTheHighGroupFirst)
{
    for (const auto& [number, hex] : {std::pair{0ULL, "00"},
                                      {127ULL, "7f"},
                                      {128ULL, "8100"},
                                      {300ULL, "822c"},
                                      {0xFFFFFFFFFFFFFFFFULL, "81ffffffffffffffff7f"}}) {
        std::string bytes;
        AppendVarint(bytes, number);
        EXPECT_EQ(ToHex(bytes), hex);
        EXPECT_EQ(Reader{bytes}.NextVarint().value(), number);
    }
}

TEST(NegentropyTest, RefusesWhatIsNoMessage)
{
    const Reconciliation side{ItemSet{{}}};
    for (const auto* hex : {
             "6180",                      // A number that does not end.
             "6182ffffffffffffffff7f00",  // A time over 64 bits.
             "6181ffffffffffffffffff00",  // The same, by one bit.
             "610021",                    // A prefix of 33 bytes.
             "610002aa",                  // A prefix that is cut off.
             "610000",                    // No mode.
             "61000003",                  // A mode that there is not.
             "6100000111",                // Half a fingerprint.
             "61000002ffffffff7f",        // A list longer than the message.
             "610501020001010100",        // Bounds that go back.
             "61000000020000",            // A time behind the end of time.
         }) {
        const auto answer = side.Answer(*FromHex(hex));
        ASSERT_TRUE(answer.has_error()) << hex;
        EXPECT_EQ(answer.error().reason, "BAD_NEGENTROPY") << hex;
    }
}

TEST(NegentropyTest, SurvivesDamagedMessages)
{
    Random random{4};
    const auto pair = RandomPair(random, 2'000, 500);
    const Reconciliation ours{ItemSet{pair.ours}, kLeastFrameBytes};
    const Reconciliation theirs{ItemSet{pair.theirs}, kLeastFrameBytes};
    const auto first = ours.Begin();
    const auto second = *theirs.Answer(first);
    int refused = 0;
    for (int i = 0; i < 5'000; ++i) {
        auto message = i % 2 == 0 ? first : second;
        for (auto hits = 1 + random() % 4; hits > 0; --hits) {
            message[1 + random() % (message.size() - 1)] = static_cast<char>(random());
        }
        message.resize(1 + random() % message.size());
        const auto answer = theirs.Answer(message);
        if (!answer) ++refused;
        const auto size = answer ? answer->size() : 0;
        EXPECT_LE(size, kLeastFrameBytes);
        Differences found;
        (void)ours.Continue(message, found).has_value();
    }
    EXPECT_GT(refused, 250) << "some damage is noticed";
}

}  // namespace
}  // namespace berth::relay::negentropy
