#include <algorithm>
#include <fstream>
#include <sstream>

#include <stdlib.h>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// The subcommands of the program, run as its owner runs them.
class CommandsTest : public RelayTest {
protected:
    CommandsTest()
    {
        char name[] = "/tmp/berth-commands-XXXXXX";
        if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
        folder_ = name;
    }
    ~CommandsTest() override
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    /// Runs `berth-relay WORDS...` on a database as NewDatabase names it.
    static CommandOutput Run(const std::string& database, std::vector<std::string> words,
                             const std::string& input = "")
    {
        Command command{.argv = {BERTH_BINARY_DIR "/relay-image/berth-relay"},
                        .stdin_bytes = input};
        std::ranges::move(words, std::back_inserter(command.argv));
        if (!database.empty()) command.environment = EnvironmentOf(database);
        ProcessRunner runner{1};
        return runner.Run(command, Deadline::After(60s)).value();
    }
    static std::string FileText(const fs::path& path)
    {
        std::ostringstream text;
        text << std::ifstream{path}.rdbuf();
        return text.str();
    }
    /// Events of several kinds as JSON lines, in no order.
    std::string Lines(int count) const
    {
        std::string lines;
        for (int i = 0; i < count; ++i) {
            const auto event = Sign(i % 2 == 0 ? alice_ : bob_,
                                    {.kind = i % 3 == 0 ? 7 : 1,
                                     .content = "\"" + std::to_string(i) + "\\ \n \xC3\xA9",
                                     .tags = {{"t", std::to_string(i % 5)}},
                                     .created_at = 1'000 + i * 7 % 50});
            lines += nostr::ToJson(event) + "\n";
        }
        return lines;
    }

    fs::path folder_;
    const std::string database_ = NewDatabase();
};

std::string SortedLines(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::ranges::sort(lines);
    std::string sorted;
    for (const auto& line : lines) sorted += line + "\n";
    return sorted;
}

TEST_F(CommandsTest, ARelayThatIsNeverIdleRemovesWhatHasExpired)
{
    const RelayProcess relay{database_};
    RelayClient client{relay.port()};
    const auto brief = Sign(bob_, {.tags = {{"expiration", std::to_string(Now() + 2)}}});
    ASSERT_EQ(client.Publish(brief), "true");
    const auto is_there = [&] {
        return Run(database_, {"export"}).out.find(brief.id) != std::string::npos;
    };
    EXPECT_TRUE(is_there());
    const auto limit = Deadline::After(20s);
    for (int i = 0; is_there() && !limit.Passed(); ++i) {
        ASSERT_EQ(client.Publish(Sign(alice_, {.content = std::to_string(i)})), "true");
    }
    EXPECT_FALSE(is_there());
}

TEST_F(CommandsTest, ExportOfAnImportOfAnExportIsTheSameByteForByte)
{
    const auto lines = Lines(2'500);
    const auto imported = Run(database_, {"import"}, lines);
    EXPECT_EQ(imported.exit_code, 0) << imported.err;
    EXPECT_EQ(imported.out, "stored 2500, duplicate 0, outdated 0, deleted 0, refused 0\n");
    const auto first = folder_ / "first.jsonl.gz", second = folder_ / "second.jsonl.gz";
    const auto exported = Run(database_, {"export", first});
    EXPECT_EQ(exported.exit_code, 0) << exported.err;
    EXPECT_EQ(exported.err, "exported 2500 events\n");

    const auto copy = NewDatabase();
    EXPECT_EQ(Run(copy, {"import", first}).out,
              "stored 2500, duplicate 0, outdated 0, deleted 0, refused 0\n");
    EXPECT_EQ(Run(copy, {"export", second}).exit_code, 0);
    EXPECT_EQ(FileText(first), FileText(second));
    const auto plain = Run(copy, {"export"});
    EXPECT_EQ(SortedLines(plain.out), SortedLines(lines));
}

TEST_F(CommandsTest, ExportChoosesByFilterAndTime)
{
    Run(database_, {"import"}, Lines(50));
    const auto count = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "export");
        const auto out = Run(database_, words).out;
        return std::ranges::count(out, '\n');
    };
    EXPECT_EQ(count({}), 50);
    EXPECT_EQ(count({"--filter", R"({"kinds":[7]})"}), 17);
    EXPECT_EQ(count({"--filter", R"({"#t":["0"],"limit":1})"}), 10) << "a limit is not looked at";
    EXPECT_EQ(count({"--since", "1010", "--until", "1019"}), 10);
}

TEST_F(CommandsTest, ExportGoesOnWithAFileThatWasLeftUnfinished)
{
    Run(database_, {"import"}, Lines(2'500));
    for (const std::string name : {"plain.jsonl", "packed.jsonl.gz"}) {
        const auto whole = folder_ / name;
        const auto part = whole.string() + ".part";
        ASSERT_EQ(Run(database_, {"export", whole}).exit_code, 0);
        const auto expected = FileText(whole);
        std::ofstream{part, std::ios::binary} << expected.substr(0, expected.size() * 2 / 3);
        const auto again = Run(database_, {"export", whole});
        EXPECT_EQ(again.exit_code, 0) << again.err;
        EXPECT_NE(again.err, "exported 2500 events\n") << "some were there";
        EXPECT_EQ(FileText(whole), expected);
        EXPECT_FALSE(fs::exists(part));
    }
}

TEST_F(CommandsTest, ImportTakesTheGoodLinesAndCountsTheOthers)
{
    const auto good = Sign(alice_, {.content = "good"});
    auto forged = Sign(alice_, {.content = "forged"});
    forged.content = "changed";
    const auto ephemeral = Sign(alice_, {.kind = 20'001});
    const auto lines = nostr::ToJson(good) + "\n{not json\n\n" + nostr::ToJson(forged) + "\n" +
                       nostr::ToJson(good) + "\n" + nostr::ToJson(ephemeral) + "\n" +
                       nostr::ToJson(Sign(bob_, {.content = "no line end"}));
    const auto imported = Run(database_, {"import", "-"}, lines);
    EXPECT_EQ(imported.exit_code, 3);
    EXPECT_EQ(imported.out, "stored 2, duplicate 1, outdated 0, deleted 0, refused 3\n");
    EXPECT_NE(imported.err.find("line 2: "), std::string::npos) << imported.err;
    EXPECT_NE(imported.err.find("line 4: The id is not the event's hash."), std::string::npos);
    EXPECT_NE(imported.err.find("line 6: "), std::string::npos);
}

TEST_F(CommandsTest, ImportTrustsAFileWhenToldTo)
{
    auto forged = Sign(alice_);
    forged.sig = std::string(128, '0');
    const auto line = nostr::ToJson(forged) + "\n";
    EXPECT_EQ(Run(database_, {"import"}, line).exit_code, 3);
    EXPECT_EQ(Run(database_, {"import", "--verify=false"}, line).exit_code, 0);
    EXPECT_EQ(Run(database_, {"export"}).out, line);
}

TEST_F(CommandsTest, ImportSaysWhenAFileIsCutOffOrMissing)
{
    Run(database_, {"import"}, Lines(100));
    const auto whole = folder_ / "whole.gz", cut = folder_ / "cut.gz";
    Run(database_, {"export", whole});
    const auto bytes = FileText(whole);
    std::ofstream{cut, std::ios::binary} << bytes.substr(0, bytes.size() / 2);
    const auto broken = Run(NewDatabase(), {"import", cut});
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_NE(broken.err.find("FILE_NOT_READ"), std::string::npos) << broken.err;
    EXPECT_EQ(Run(database_, {"import", folder_ / "missing"}).exit_code, 1);
}

TEST_F(CommandsTest, DeleteTakesAFilterAndCanBeTried)
{
    Run(database_, {"import"}, Lines(50));
    const std::vector<std::string> kind7{"delete", "--filter", R"({"kinds":[7]})"};
    auto dry = kind7;
    dry.push_back("--dry-run");
    EXPECT_EQ(Run(database_, dry).out, "would delete 17 events\n");
    EXPECT_EQ(Run(database_, dry).out, "would delete 17 events\n");
    EXPECT_EQ(Run(database_, kind7).out, "deleted 17 events\n");
    EXPECT_EQ(Run(database_, kind7).out, "deleted 0 events\n");
    EXPECT_EQ(Run(database_, {"delete"}).exit_code, 2) << "every event is not meant";
    EXPECT_EQ(Run(database_, {"delete", "--filter", "{}"}).exit_code, 2);
    EXPECT_EQ(Run(database_, {"delete", "--all"}).out, "deleted 33 events\n");
}

TEST_F(CommandsTest, CompactKeepsEveryEvent)
{
    Run(database_, {"import"}, Lines(3'000));
    Run(database_, {"delete", "--filter", R"({"kinds":[1]})"});
    const auto before = Run(database_, {"export"}).out;
    const auto compacted = Run(database_, {"compact"});
    EXPECT_EQ(compacted.exit_code, 0) << compacted.err;
    EXPECT_EQ(Run(database_, {"export"}).out, before);
}

TEST_F(CommandsTest, CompactMakesLmdbSmallerAndWantsItForItself)
{
    const auto database = NewLmdb();
    Run(database, {"import"}, Lines(3'000));
    Run(database, {"delete", "--all"});
    const auto file = fs::path{database.substr(5)} / "data.mdb";
    const auto before = fs::file_size(file);
    {
        RelayProcess relay{database};
        const auto refused = Run(database, {"compact"});
        EXPECT_EQ(refused.exit_code, 5) << refused.err;
        EXPECT_NE(refused.err.find("DATABASE_IN_USE"), std::string::npos);
    }
    EXPECT_EQ(Run(database, {"compact"}).exit_code, 0);
    EXPECT_LT(fs::file_size(file), before / 4);
}

TEST_F(CommandsTest, CheckNamesARemedyForWhatIsWrong)
{
    const auto well = Run(database_, {"check"});
    EXPECT_NE(well.out.find("ok   settings: "), std::string::npos) << well.out;
    EXPECT_NE(well.out.find("ok   database: "), std::string::npos) << well.out;
    EXPECT_NE(well.out.find("ok   size: 0 events"), std::string::npos) << well.out;
    const auto down = Run("postgresql://berth@127.0.0.1:1/none", {"check"});
    EXPECT_EQ(down.exit_code, 1);
    EXPECT_NE(down.out.find("BAD  database: "), std::string::npos) << down.out;
    const auto unset = Run("", {"check", "--relay.auth_required"});
    EXPECT_EQ(unset.exit_code, 1);
    EXPECT_NE(unset.out.find("BAD  settings: "), std::string::npos) << unset.out;
    EXPECT_NE(unset.out.find("remedy: "), std::string::npos);
}

TEST_F(CommandsTest, SaysWhatItKnowsAndRefusesWhatItDoesNot)
{
    const auto version = Run("", {"--version"});
    EXPECT_EQ(version.exit_code, 0);
    EXPECT_EQ(version.out.find("berth-relay "), 0U) << version.out;
    const auto help = Run("", {"--help"});
    EXPECT_EQ(help.exit_code, 0);
    for (const auto* name : {"serve", "export", "import", "delete", "compact", "check"}) {
        EXPECT_NE(help.out.find("\n  " + std::string{name}), std::string::npos) << name;
        const auto own = Run("", {name, "--help"});
        EXPECT_EQ(own.exit_code, 0);
        EXPECT_NE(own.out.find("Exit codes: "), std::string::npos);
    }
    EXPECT_EQ(Run("", {"exprot"}).exit_code, 2);
    EXPECT_EQ(Run("", {"export", "--no-such"}).exit_code, 2);
    EXPECT_EQ(Run(database_, {"export", "--filter", "{\"kind\":1}"}).exit_code, 2);
    EXPECT_EQ(Run("", {"export"}).exit_code, 2) << "no database is named";
    EXPECT_EQ(Run("postgresql://berth@127.0.0.1:1/none", {"export"}).exit_code, 5);
}

}  // namespace
}  // namespace berth::relay::test
