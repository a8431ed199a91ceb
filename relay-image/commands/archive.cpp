#include <fstream>
#include <ostream>
#include <sstream>

#include "relay-image/archive/archive_journal.hpp"
#include "relay-image/archive/archive_schedule.hpp"
#include "relay-image/archive/archiver.hpp"
#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/governance/records.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {
namespace {

constexpr std::array<config::Setting, 1> kArchiveOptions{{
    {"list", config::Type::kBool, "false", "only list what was archived, a line of JSON each"},
}};
constexpr std::array<config::Setting, 2> kUnarchiveOptions{{kFilterOptions[1], kFilterOptions[2]}};

/// The store and its archive.
struct Opened {
    std::unique_ptr<EventStore> store;
    ArchiveSettings settings;
    std::unique_ptr<ArchivePlace> place;
};

Result<Opened> Open(const Invocation& invocation)
{
    auto settings = ReadArchiveSettings(invocation.config);
    if (!settings) return settings.error();
    if (!*settings) {
        return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                    "Neither relay.archive_bucket nor relay.archive_bundler is set.");
    }
    auto store = OpenStore(invocation.config);
    if (!store) return store.error();
    auto place = MakePlace(**settings);
    return Opened{std::move(*store), std::move(**settings), std::move(place)};
}

Exit List(const Invocation& invocation, EventStore& store)
{
    const auto pieces = archive_journal::Pieces(store);
    if (!pieces) return Explain(invocation, pieces.error());
    invocation.out << ToLines(*pieces);
    return Exit::kDone;
}

/// Whether the relay's events may go to the archive, by the configuration and the owner's rules.
Result<bool> IsAllowed(const Invocation& invocation, const Opened& opened)
{
    const auto settings = ReadSettings(invocation.config);
    if (!settings) return settings.error();
    auto rules = LoadRules(*opened.store);
    if (!rules) return rules.error();
    AccessPolicy access{settings->access};
    access.Adopt(std::make_shared<const Rules>(std::move(*rules)));
    return MayArchive(opened.settings, access);
}

Exit Archive(const Invocation& invocation)
{
    const auto opened = Open(invocation);
    if (!opened) return Explain(invocation, opened.error());
    if (invocation.config.Bool("list")) return List(invocation, *opened->store);
    const auto allowed = IsAllowed(invocation, *opened);
    if (!allowed) return Explain(invocation, allowed.error());
    if (!*allowed) {
        return Explain(invocation, Fail(ErrorCode::kInvalid, "ARCHIVE_NEEDS_KEY",
                                        "What only members read is archived only where "
                                        "relay.archive_key_file encrypts it."));
    }
    const std::atomic<bool> never = false;
    const auto until = ArchivedUntil(ToUnixSeconds(invocation.clock.Now()), opened->settings.after);
    const auto report =
        ArchiveUntil(*opened->store, *opened->place, opened->settings.key, until, never);
    if (!report) return Explain(invocation, report.error());
    invocation.out << "archived " << report->events << " events in " << report->pieces
                   << " pieces\n";
    return Exit::kDone;
}

/// The list of a file, of the place, or of the store: the first that there is.
Result<std::vector<ArchivedPiece>> FindPieces(const Invocation& invocation, const Opened& opened)
{
    if (!invocation.words.empty()) {
        std::ifstream in{invocation.words[0]};
        std::ostringstream lines;
        lines << in.rdbuf();
        if (in) return ReadPieces(lines.str());
        return Fail(ErrorCode::kInvalid, "FILE_NOT_READ", invocation.words[0] + " cannot be read.");
    }
    auto listed = opened.place->Listed();
    if (!listed || !listed->empty()) return listed;
    return archive_journal::Pieces(*opened.store);
}

Exit BringBack(const Invocation& invocation)
{
    const auto opened = Open(invocation);
    if (!opened) return Explain(invocation, opened.error());
    auto pieces = FindPieces(invocation, *opened);
    if (!pieces) return Explain(invocation, pieces.error());
    const auto since = DayOf(invocation.config.Integer("since"));
    const auto until = invocation.config.Integer("until");
    std::erase_if(*pieces, [&](const ArchivedPiece& piece) {
        return piece.day < since || (until > 0 && piece.day > DayOf(until));
    });
    const auto report = Unarchive(*opened->store, *opened->place, opened->settings.key, *pieces);
    if (!report) return Explain(invocation, report.error());
    invocation.out << "read " << report->pieces << " pieces: stored " << report->stored
                   << ", duplicate, outdated or deleted " << report->others << ", refused "
                   << report->refused << '\n';
    return report->refused > 0 ? Exit::kRefused : Exit::kDone;
}

}  // namespace

Subcommand ArchiveCommand()
{
    return {.name = "archive",
            .arguments = "",
            .help = "Archives what is old enough now; --list tells what was archived.",
            .options = kArchiveOptions,
            .most_words = 0,
            .run = Archive};
}

Subcommand UnarchiveCommand()
{
    return {.name = "unarchive",
            .arguments = "[LIST]",
            .help = "Stores archived events again, of the days of --since to --until.",
            .options = kUnarchiveOptions,
            .most_words = 1,
            .run = BringBack};
}

}  // namespace berth::relay
