#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "core/base/command_runner.hpp"
#include "tests/tidy/source_tree.hpp"

namespace berth::tidy {
namespace {

using namespace std::chrono_literals;
using Found = std::vector<std::string>;

constexpr std::size_t kFileLines = 400;
constexpr std::size_t kFunctionLines = 70;
constexpr std::size_t kLineCharacters = 100;

bool IsCode(const SourceFile& file) { return file.Is(".cpp") || file.Is(".hpp"); }
bool IsHeader(const SourceFile& file) { return file.Is(".hpp"); }
bool IsProgram(const SourceFile& file)
{
    return IsCode(file) || file.Is(".sql") || file.Is(".proto") || file.Is(".sh") ||
           file.Is(".js") || file.Is(".mjs");
}
bool IsProduct(const SourceFile& file) { return IsCode(file) && !file.In("tests"); }

std::size_t Characters(const std::string& line)
{
    const auto starts = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
    return static_cast<std::size_t>(std::ranges::count_if(line, starts));
}

std::string Indent(const std::string& line) { return line.substr(0, line.find_first_not_of(' ')); }

TEST(TidyTest, FilesAndLinesAreShort)
{
    EXPECT_EQ(Complaints(
                  IsProgram,
                  [](const SourceFile& file, Found& found) {
                      if (file.lines.size() > kFileLines) {
                          found.push_back(file.At(kFileLines) + "the file has more than 400 lines");
                      }
                      for (std::size_t i = 0; i < file.lines.size(); ++i) {
                          if (Characters(file.lines[i]) > kLineCharacters) {
                              found.push_back(file.At(i) + "the line has more than 100 characters");
                          }
                      }
                  }),
              "");
}

TEST(TidyTest, FunctionsAreShort)
{
    EXPECT_EQ(
        Complaints(IsCode,
                   [](const SourceFile& file, Found& found) {
                       for (std::size_t i = 0; i < file.lines.size(); ++i) {
                           const auto indent = Indent(file.lines[i]);
                           if (file.lines[i] != indent + "{") continue;
                           const auto start = i;
                           while (i < file.lines.size() && !file.lines[i].starts_with(indent + "}"))
                               ++i;
                           if (i - start > kFunctionLines) {
                               found.push_back(file.At(start) +
                                               "the function has more than 70 lines");
                           }
                       }
                   }),
        "");
}

TEST(TidyTest, HeadersAreIncludedOnceAndOpenNoNamespace)
{
    EXPECT_EQ(
        Complaints(IsHeader,
                   [](const SourceFile& file, Found& found) {
                       if (file.lines.empty() || file.lines[0] != "#pragma once") {
                           found.push_back(file.At(0) + "a header begins with #pragma once");
                       }
                       for (std::size_t i = 0; i < file.lines.size(); ++i) {
                           if (file.lines[i].starts_with("using namespace")) {
                               found.push_back(file.At(i) + "no `using namespace` in a header");
                           }
                       }
                   }),
        "");
}

/// A paragraph of a header: lines up to the next empty one, or a type with all of its body.
struct Paragraph {
    std::size_t start = 0;
    std::vector<std::string> lines{};
};

std::vector<Paragraph> Paragraphs(const SourceFile& file)
{
    std::vector<Paragraph> all;
    Paragraph now;
    bool in_type = false;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto& line = file.lines[i];
        if (line.empty() && !in_type) {
            all.push_back(std::exchange(now, {.start = i + 1}));
            continue;
        }
        now.lines.push_back(line);
        if (!line.starts_with(' ') && line.ends_with('{')) in_type = !line.starts_with("namespace");
        if (line.starts_with('}')) in_type = false;
    }
    all.push_back(now);
    return all;
}

bool DeclaresSomething(const Paragraph& paragraph)
{
    static const std::regex declaration{R"(^(class|struct|enum class|template|[A-Za-z].*\().*)"};
    static const std::regex forward{R"(^(class|struct|enum class) \w+;$)"};
    return std::ranges::any_of(paragraph.lines, [](const std::string& line) {
        return std::regex_match(line, declaration) && !std::regex_match(line, forward);
    });
}

/// Documented itself, or the real one behind a documented port.
bool IsDocumented(const Paragraph& paragraph)
{
    return std::ranges::any_of(paragraph.lines, [](const std::string& line) {
        return line.find("///") != std::string::npos ||
               line.find(" : public ") != std::string::npos;
    });
}

TEST(TidyTest, PublicNamesAreDocumented)
{
    const auto wanted = [](const SourceFile& file) { return IsHeader(file) && IsProduct(file); };
    EXPECT_EQ(Complaints(wanted,
                         [](const SourceFile& file, Found& found) {
                             for (const auto& paragraph : Paragraphs(file)) {
                                 if (DeclaresSomething(paragraph) && !IsDocumented(paragraph)) {
                                     found.push_back(file.At(paragraph.start) +
                                                     "a public name has a doc comment");
                                 }
                             }
                         }),
              "");
}

/// What a folder may include of ours. The longest folder that holds a file counts.
const std::map<std::string, std::vector<std::string>> kArrows{
    {"core/base", {"core/base"}},
    {"core/config", {"core/base", "core/config"}},
    {"core/http", {"core/base", "core/http"}},
    {"core/money", {"core/base", "core/money"}},
    {"core/nostr", {"core/base", "core/nostr"}},
    {"core/rails", {"core/base", "core/money", "core/nostr", "core/rails"}},
    {"core/rails/lnd_sandbox", {"core"}},
    {"core/rails/rippled", {"core"}},
    {"core/rails/sandbox", {"core"}},
    {"core/probe", {"core/base", "core/nostr", "core/probe"}},
    {"core/wire", {"core/base", "core/wire", "google/rpc"}},
    {"akash", {"core", "akash"}},
    {"marketplace", {"core", "akash", "marketplace", "berth/v1", "google/rpc", "grpc/health"}},
    {"worker", {"core", "akash", "worker", "berth/v1"}},
    {"relay-image", {"core", "relay-image"}},
    {"relay-image/payment", {"core", "relay-image", "berth/v1"}},
    {"cli", {"core", "cli", "berth/v1"}},
};
const std::vector<std::string> kSigningHalf{"akash/signer.hpp", "akash/cli_signer.hpp"};

const std::vector<std::string>* AllowedFor(const SourceFile& file)
{
    const std::vector<std::string>* allowed = nullptr;
    for (const auto& [folder, targets] : kArrows) {  // Ordered: a longer folder comes later.
        if (file.In(folder)) allowed = &targets;
    }
    return allowed;
}

bool IsAllowed(const SourceFile& file, const std::string& included)
{
    const auto* allowed = AllowedFor(file);
    const auto holds = [&](const std::string& folder) {
        return included.starts_with(folder + "/");
    };
    if (file.In("marketplace") && std::ranges::count(kSigningHalf, included) != 0) return false;
    if (included.starts_with("akash/sandbox/") && !file.In("akash/sandbox")) return false;
    return !allowed || std::ranges::any_of(*allowed, holds);
}

TEST(TidyTest, ModulesIncludeAlongTheArrowsOnly)
{
    static const std::regex include{R"re(^#include "([^"]+)".*)re"};
    EXPECT_EQ(Complaints(IsProduct,
                         [](const SourceFile& file, Found& found) {
                             std::smatch match;
                             for (std::size_t i = 0; i < file.lines.size(); ++i) {
                                 if (!std::regex_match(file.lines[i], match, include)) continue;
                                 if (match[1].str().find('/') == std::string::npos ||
                                     match[1].str().starts_with("..")) {
                                     found.push_back(file.At(i) +
                                                     "an include begins at the repository's root");
                                 } else if (!IsAllowed(file, match[1])) {
                                     found.push_back(file.At(i) + "this module may not include " +
                                                     match[1].str());
                                 }
                             }
                         }),
              "");
}

TEST(TidyTest, MigrationsAreNumberedWithoutAGapAndOnlyGoUp)
{
    static const std::regex name{R"(migrations/(\d{4})_[a-z]+(_[a-z0-9]+)+\.sql)"};
    int next = 1;
    EXPECT_EQ(
        Complaints([](const SourceFile& file) { return file.In("migrations"); },
                   [&](const SourceFile& file, Found& found) {
                       std::smatch match;
                       if (!std::regex_match(file.path, match, name)) {
                           found.push_back(file.At(0) + "a migration is named NNNN_verb_noun.sql");
                       } else if (std::stoi(match[1]) != next++) {
                           found.push_back(file.At(0) + "its number is not the next one");
                       }
                       if (file.lines.empty() || file.lines[0] != "-- migrate:up") {
                           found.push_back(file.At(0) + "a migration begins with `-- migrate:up`");
                       }
                       for (std::size_t i = 0; i < file.lines.size(); ++i) {
                           if (file.lines[i].starts_with("-- migrate:down")) {
                               found.push_back(file.At(i) + "migrations only go up");
                           }
                       }
                   }),
        "");
}

void FindLines(const SourceFile& file, const std::regex& forbidden, const std::string& rule,
               Found& found, bool code_only)
{
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const auto line = code_only ? CodeOf(file.lines[i]) : file.lines[i];
        if (std::regex_search(line, forbidden)) found.push_back(file.At(i) + rule);
    }
}

TEST(TidyTest, ProgramsAreRunWithoutAShell)
{
    static const std::regex shell{R"(\b(system|popen)\()"};
    EXPECT_EQ(Complaints(IsCode,
                         [](const SourceFile& file, Found& found) {
                             FindLines(file, shell, "programs are run by an argument vector", found,
                                       true);
                         }),
              "");
}

TEST(TidyTest, SqlStandsInStoresOnly)
{
    static const std::regex sql{"R\"sql\\(|\"(SELECT |INSERT INTO |UPDATE \\w+ SET|DELETE FROM )"};
    const auto wanted = [](const SourceFile& file) {
        return IsProduct(file) && !file.path.ends_with("_store.cpp") && !file.In("marketplace/db");
    };
    EXPECT_EQ(Complaints(wanted,
                         [](const SourceFile& file, Found& found) {
                             FindLines(file, sql, "SQL stands in *_store.cpp", found, false);
                         }),
              "");
}

bool IsNotThisTest(const SourceFile& file) { return !file.In("tests/tidy"); }

TEST(TidyTest, NothingIsLeftUnfinished)
{
    static const std::regex unfinished{R"(\b(TO)"
                                       R"(DO(?!\(#\d+\))|FIX)"
                                       R"(ME)\b)"};
    EXPECT_EQ(Complaints(IsNotThisTest,
                         [](const SourceFile& file, Found& found) {
                             FindLines(file, unfinished, "what is open needs an issue's number",
                                       found, false);
                         }),
              "");
}

TEST(TidyTest, NoPathOfAMachineIsWrittenDown)
{
    static const std::regex path{R"((^|[^\w.])/(home|root|work|Users)/\w|/tmp/wt)"};
    EXPECT_EQ(Complaints(IsNotThisTest,
                         [](const SourceFile& file, Found& found) {
                             FindLines(file, path, "a path of one machine", found, false);
                         }),
              "");
}

TEST(TidyTest, CodeIsFormatted)
{
    ProcessRunner runner{1};
    Command format{.argv = {"clang-format-16", "--dry-run", "-Werror", "--ferror-limit=1"},
                   .directory = BERTH_SOURCE_DIR};
    for (const auto& file : Sources()) {
        if (IsCode(file)) format.argv.push_back(file.path);
    }
    const auto output = runner.Run(format, Deadline::After(110s));
    ASSERT_TRUE(output) << output.error().message << " (setup/packages.sh test installs it)";
    EXPECT_EQ(output->exit_code, 0) << output->err;
}

}  // namespace
}  // namespace berth::tidy
