// Wallets whose nodes take no unordered transactions.
#include "tests/unit/worker/a_wallet.hpp"

namespace berth::worker {
namespace {

class WalletOrderTest : public WalletTest {};

TEST_F(WalletOrderTest, SignsInOrderWhereUnorderedTransactionsAreRefused)
{
    auto actor = Actor();
    signer_.unordered = false;
    chain_.account_sequence = 7;
    books_.Add(2, "lease");
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_TRUE(books_.ordered);
    ASSERT_EQ(signer_.places.size(), 2U);
    EXPECT_EQ(signer_.places[0]->sequence, 7U);
    EXPECT_EQ(signer_.places[1]->sequence, 8U);
    EXPECT_EQ(signer_.places[0]->timeout_height, chain_.status.height + 48);
    EXPECT_EQ(books_.transactions.at("HASH1").sequence(), 7U);
    EXPECT_EQ(books_.transactions.at("HASH1").timeout_height(), chain_.status.height + 48);
    EXPECT_EQ(books_.sent_before_stored, 1U) << "The second was stored after the first was sent.";
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
    EXPECT_EQ(books_.StateOf(2), "committed");
}

TEST_F(WalletOrderTest, RemembersForTheWalletThatItsTransactionsAreOrdered)
{
    books_.ordered = true;
    auto actor = Actor();
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.places.size(), 1U);
    EXPECT_TRUE(signer_.places[0]);
    EXPECT_FALSE(books_.reports.back().unordered_refused()) << "Nobody refused anything just now.";
}

TEST_F(WalletOrderTest, ANewActorTakesNoSequenceThatAKilledOneStored)
{
    books_.ordered = true;
    signer_.lands = false;
    {
        auto killed = Actor();
        ASSERT_TRUE(killed.Round(Soon()));
    }
    books_.Add(2, "lease");
    signer_.lands = true;
    auto actor = Actor();
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.places.size(), 2U);
    EXPECT_EQ(signer_.places[1]->sequence, 1U);
    EXPECT_EQ(signer_.sent,
              (std::vector<std::string>{"signed-1:create", "signed-1:create", "signed-2:lease"}));
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
    EXPECT_EQ(books_.StateOf(2), "committed");
}

TEST_F(WalletOrderTest, SendsTheSameBytesAgainWhenItsTurnHasNotCome)
{
    books_.ordered = true;
    auto actor = Actor();
    books_.Add(2, "lease");
    signer_.lands = false;
    signer_.answer_lost = true;  // Nobody learns that the first is lost: the second has a gap.
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(2), "signed");
    signer_.lands = true;
    signer_.answer_lost = false;
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.signed_count, 2);
    EXPECT_EQ(books_.StateOf(1), "committed");
    EXPECT_EQ(books_.StateOf(2), "committed");
}

TEST_F(WalletOrderTest, SignsAnewWhatLostItsSequenceToAnotherTransaction)
{
    books_.ordered = true;
    auto actor = Actor();
    signer_.lands = false;
    ASSERT_TRUE(actor.Round(Soon()));
    chain_.account_sequence = 1;  // Used, but not indexed yet: it may have been ours.
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "signed");
    EXPECT_EQ(signer_.signed_count, 1);
    chain_.used_sequences[0] = "ANOTHER";
    signer_.lands = true;
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.signed_count, 2);
    EXPECT_EQ(signer_.places[1]->sequence, 1U);
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "committed");
}

TEST_F(WalletOrderTest, FillsTheGapOfAnOrderedTransactionThatExpired)
{
    books_.ordered = true;
    auto actor = Actor();
    signer_.lands = false;
    ASSERT_TRUE(actor.Round(Soon()));
    chain_.Advance(50);
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.signed_count, 1) << "It ends with block 48; the index may be behind.";
    chain_.Advance(1);
    signer_.lands = true;
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.signed_count, 2);
    EXPECT_EQ(signer_.places[1]->sequence, 0U);
}

TEST_F(WalletOrderTest, SignsAnewInOrderWhenTheNodeThatTakesItRefusesUnorderedOnes)
{
    auto actor = Actor();
    signer_.says = akash::BroadcastAnswer{
        .hash = "HASH1",
        .codespace = "sdk",
        .code = 37,
        .raw_log = "unordered transactions are not enabled: feature not supported"};
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(books_.StateOf(1), "pending");
    EXPECT_TRUE(books_.ordered);
    signer_.says.reset();
    ASSERT_TRUE(actor.Round(Soon()));
    ASSERT_EQ(signer_.places.size(), 2U);
    EXPECT_TRUE(signer_.places[1]);
}

TEST_F(WalletOrderTest, LeavesAMessagePendingWhileTheNodeIsBehindItsSequence)
{
    books_.ordered = true;
    auto actor = Actor();
    signer_.refuses = Error{ErrorCode::kConflict, "SEQUENCE_MISMATCH", "expected 3, got 4"};
    EXPECT_TRUE(actor.Round(Soon()).has_error());
    EXPECT_EQ(books_.StateOf(1), "pending");
    EXPECT_TRUE(signer_.sent.empty());
}

TEST_F(WalletOrderTest, KeepsFewOrderedTransactionsUnderWay)
{
    books_.ordered = true;
    auto actor = Actor();
    for (std::uint64_t id = 2; id <= 30; ++id) books_.Add(id, "more");
    signer_.lands = false;
    ASSERT_TRUE(actor.Round(Soon()));
    EXPECT_EQ(signer_.signed_count, 20);
}

}  // namespace
}  // namespace berth::worker
