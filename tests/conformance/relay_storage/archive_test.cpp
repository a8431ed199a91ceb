#include <iostream>

#include "relay-image/archive/archive_journal.hpp"
#include "relay-image/archive/archive_schedule.hpp"
#include "relay-image/archive/archiver.hpp"
#include "relay-image/backup/packing.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 20'000 * kDay + 1'000;

/// A place in memory that may be down.
class FakePlace final : public ArchivePlace {
public:
    Result<std::string> Keep(const ArchivedPiece& piece, std::string_view bytes) override
    {
        if (pieces_until_down == 0) {
            return Fail(ErrorCode::kUnavailable, "OBJECTS_UNAVAILABLE", "It is down.");
        }
        --pieces_until_down;
        kept[piece.day + "/" + piece.name] = bytes;
        return piece.day + "/" + piece.name;
    }
    Result<std::string> Fetch(const ArchivedPiece& piece) override
    {
        return kept.at(piece.reference);
    }
    Result<void> List(const std::vector<ArchivedPiece>& pieces) override
    {
        listed = pieces;
        return {};
    }
    Result<std::vector<ArchivedPiece>> Listed() override { return listed; }

    /// The lines of all pieces.
    std::string Lines() const
    {
        std::string lines;
        for (const auto& [name, bytes] : kept) lines += Gunzip(bytes, 1 << 20).value();
        return lines;
    }

    int pieces_until_down = 1'000;
    std::map<std::string, std::string> kept;
    std::vector<ArchivedPiece> listed;
};

template <typename S>
class ArchiveTest : public StorageTest<S> {
protected:
    EventPtr PutAged(std::int64_t days, int kind = 1, std::vector<nostr::Tag> tags = {})
    {
        auto event = Make({.created_at = kNow - days * kDay,
                           .kind = kind,
                           .content = "aged " + std::to_string(days),
                           .tags = std::move(tags)});
        this->Put(event);
        return event;
    }
    Result<ArchiveReport> Archive(std::int64_t until = kNow, std::optional<BackupKey> key = {})
    {
        return ArchiveUntil(*this->store_, place_, key, until, never_);
    }

    FakePlace place_;
    const std::atomic<bool> never_ = false;
    const SystemClock clock_;
    Log log_{std::cerr, "archive", clock_};
};
TYPED_TEST_SUITE(ArchiveTest, Subjects, SubjectNames);

TYPED_TEST(ArchiveTest, SendsEachDayAsAPieceOfItsOwn)
{
    std::string lines;
    for (const int days : {9, 8, 7}) lines.append(this->PutAged(days)->json).append("\n");
    this->PutAged(0);
    const auto report = this->Archive(kNow).value();
    EXPECT_EQ(report.events, 3);
    EXPECT_EQ(report.pieces, 3U);
    EXPECT_EQ(this->place_.Lines(), lines);
    ASSERT_EQ(this->place_.listed.size(), 3U);
    EXPECT_EQ(this->place_.listed[0].day, DayOf(kNow - 9 * kDay));
    EXPECT_EQ(this->place_.listed[0].events, 1);
}

TYPED_TEST(ArchiveTest, SendsNothingTwiceAndWhatComesLateAlone)
{
    this->PutAged(9);
    this->PutAged(8);
    this->Archive().value();
    EXPECT_EQ(this->Archive().value().events, 0);
    const auto late = this->PutAged(9, 7);
    const auto report = this->Archive().value();
    EXPECT_EQ(report.events, 1);
    EXPECT_NE(this->place_.Lines().find(late->json), std::string::npos);
    EXPECT_EQ(this->place_.listed.size(), 3U);
}

TYPED_TEST(ArchiveTest, LeavesOutWhatIsNotForEverybodyForEver)
{
    for (const int kind : {4, 13, 14, 15, 1059}) this->PutAged(9, kind);
    this->PutAged(9, 1, {{"-"}});
    this->PutAged(9, 1, {{"expiration", "9000000000"}});
    EXPECT_EQ(this->Archive().value().events, 0);
    EXPECT_TRUE(this->place_.kept.empty());
}

TYPED_TEST(ArchiveTest, GoesOnWhereAnOutageStoppedIt)
{
    for (const int days : {9, 8, 7}) this->PutAged(days);
    this->place_.pieces_until_down = 1;
    const auto stopped = this->Archive();
    ASSERT_TRUE(stopped.has_error());
    EXPECT_EQ(stopped.error().reason, "OBJECTS_UNAVAILABLE");
    EXPECT_EQ(this->place_.kept.size(), 1U);
    this->place_.pieces_until_down = 1'000;
    const auto report = this->Archive().value();
    EXPECT_EQ(report.events, 2) << "the first day's are there";
    EXPECT_EQ(this->place_.listed.size(), 3U);
}

TYPED_TEST(ArchiveTest, MakesTheSamePieceAgainIfItWasNotNoted)
{
    const auto event = this->PutAged(9);
    this->Archive().value();
    const auto kept = this->place_.kept;
    archive_journal::Settle(*this->store_, DayOf(event->event.created_at)).value();
    EXPECT_EQ(this->Archive().value().events, 1);
    EXPECT_EQ(this->place_.kept, kept);
    EXPECT_EQ(this->place_.listed.size(), 1U);
}

TYPED_TEST(ArchiveTest, ForgetsIdsOfDaysThatTheStoreHasForgotten)
{
    const auto event = this->PutAged(9);
    const auto day = DayOf(event->event.created_at);
    this->Archive().value();
    EXPECT_EQ(archive_journal::HeadsOf(*this->store_, day).value(), IdHeads{IdHeadOf(IdOf(event))});
    this->store_->Remove({}, 10).value();
    this->Archive().value();
    EXPECT_TRUE(archive_journal::HeadsOf(*this->store_, day).value().empty());
    EXPECT_EQ(archive_journal::Pieces(*this->store_).value().size(), 1U);
}

TYPED_TEST(ArchiveTest, EncryptsByAKeyAndNamesNothingByItsContent)
{
    this->PutAged(9);
    const auto key = BackupKey::Parse(Secret{std::string(64, 'a')}).value();
    this->Archive(kNow, key).value();
    const auto& [name, bytes] = *this->place_.kept.begin();
    EXPECT_TRUE(Gunzip(bytes, 1'000).has_error());
    const auto plain = Unarchive(*this->store_, this->place_, std::nullopt, this->place_.listed);
    ASSERT_TRUE(plain.has_error());
    EXPECT_EQ(plain.error().reason, "BAD_PIECE");
}

TYPED_TEST(ArchiveTest, RefusesAPieceThatIsNotWhatWasArchived)
{
    this->PutAged(9);
    this->Archive().value();
    this->place_.kept.begin()->second = Gzip("[]\n");
    const auto refused = Unarchive(*this->store_, this->place_, std::nullopt, this->place_.listed);
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "BAD_PIECE");
}

TYPED_TEST(ArchiveTest, LetsNothingBeForgottenThatItLacks)
{
    const auto wanted = this->PutAged(9);
    const auto wrap = this->PutAged(9, 1059);
    ArchiveSettings settings{.after = std::chrono::hours{24 * 365},
                             .every = std::chrono::hours{1},
                             .bucket = S3Settings{.endpoint = "http://127.0.0.1:1",
                                                  .bucket = "none",
                                                  .prefix = {},
                                                  .access_key = "a",
                                                  .secret_key = Secret{"b"}},
                             .arweave = {},
                             .key = {}};
    const AccessPolicy access{{}};
    const auto open = [this] { return this->subject_.Open(); };
    const auto stored = [](const EventPtr& event) {
        return StoredEvent{.id = IdOf(event),
                           .created_at = event->event.created_at,
                           .kind = event->event.kind,
                           .json = event->json};
    };
    {
        ArchiveSchedule schedule{settings, open, access, this->clock_, this->log_};
        EXPECT_FALSE(schedule.MayForget(*this->store_, stored(wanted)));
        EXPECT_TRUE(schedule.MayForget(*this->store_, stored(wrap))) << "it does not want it";
    }
    this->Archive().value();
    ArchiveSchedule schedule{settings, open, access, this->clock_, this->log_};
    EXPECT_TRUE(schedule.MayForget(*this->store_, stored(wanted)));
    ArchiveSchedule off{std::nullopt, open, access, this->clock_, this->log_};
    EXPECT_TRUE(off.MayForget(*this->store_, stored(this->PutAged(3))));
}

TEST(ArchivedUntilTest, IsTheBeginningOfADay)
{
    EXPECT_EQ(ArchivedUntil(10 * kDay + 5, std::chrono::hours{24}), 9 * kDay);
    EXPECT_EQ(ArchivedUntil(10 * kDay, std::chrono::hours{24}), 9 * kDay);
    EXPECT_EQ(ArchivedUntil(5, std::chrono::hours{24}), 0);
}

TEST(MayArchiveTest, ArchivesWhatMembersAloneReadEncryptedOnly)
{
    ArchiveSettings settings;
    const AccessPolicy open{{}}, closed{{.restricted_reads = true, .owner = {}, .writers = {}}};
    EXPECT_TRUE(MayArchive(settings, open));
    EXPECT_FALSE(MayArchive(settings, closed));
    settings.key = BackupKey::Parse(Secret{std::string(64, 'a')}).value();
    EXPECT_TRUE(MayArchive(settings, closed));
}

}  // namespace
}  // namespace berth::relay::test
