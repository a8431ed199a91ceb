#include <algorithm>
#include <filesystem>
#include <ostream>

#include <sys/resource.h>
#include <sys/timex.h>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/relay_settings.hpp"

namespace berth::relay {
namespace {

constexpr std::uintmax_t kLeastFree = std::uintmax_t{1} << 30;  ///< Bytes.
constexpr std::size_t kOtherDescriptors = 64;                   ///< That are no connections.

/// What one check found; without a remedy it is well.
struct Finding {
    std::string_view name;
    std::string text;
    std::string remedy{};
};

Finding CheckSettings(const Result<RelaySettings>& settings)
{
    if (settings) return {"settings", "are sound"};
    return {"settings", settings.error().message,
            "Correct the setting; `berth-relay serve --help` lists them all."};
}

Finding CheckDatabase(const Result<std::unique_ptr<EventStore>>& store, const Clock& clock)
{
    if (!store) {
        return {"database", store.error().message,
                "Start the database, or correct relay.database_url_file or relay.lmdb_folder."};
    }
    const auto read = (*store)->Find({}, 1, ToUnixSeconds(clock.Now()));
    if (read) return {"database", "answers, and its schema is this version's"};
    return {"database", read.error().message,
            "Look into the database's log; a backup may have to be restored."};
}

Finding CheckSize(EventStore& store)
{
    const auto size = store.Measure();
    if (!size) return {"size", size.error().message, "See the check of the database."};
    return {"size", std::to_string(size->events) + " events in " +
                        std::to_string(size->database_bytes) + " bytes"};
}

Finding CheckDisk(const std::string& folder)
{
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (error) return {"disk", folder + ": " + error.message(), "Make the folder accessible."};
    const auto text = std::to_string(space.available >> 20) + " MiB free at " + folder;
    if (space.available >= kLeastFree) return {"disk", text};
    return {"disk", text, "Free some room, or have less kept: set the rules of retention."};
}

Finding CheckClock()
{
    timex state{};
    if (::adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0) {
        return {"clock", "is kept by a time server"};
    }
    return {"clock", "nobody keeps it right",
            "Run chrony or systemd-timesyncd on the host: events ahead of the clock are refused."};
}

Finding CheckDescriptors(std::size_t connections)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const auto needed = connections + kOtherDescriptors;
    const auto text = std::to_string(limit.rlim_max) + " open files for " +
                      std::to_string(connections) + " connections";
    if (limit.rlim_max >= needed) return {"open files", text};
    return {"open files", text,
            "Raise `ulimit -Hn` to " + std::to_string(needed) + " or lower relay.max_connections."};
}

Finding CheckUrl(const RelaySettings& settings)
{
    if (!settings.profile.url.empty()) return {"address", settings.profile.url};
    if (!settings.profile.auth_required) return {"address", "none is set, none is needed"};
    return {"address", "clients have to authenticate, and no address is set for them to name",
            "Set relay.url to the wss:// address that clients use."};
}

Exit Check(const Invocation& invocation)
{
    const auto settings = ReadSettings(invocation.config);
    const auto store = OpenStore(invocation.config);
    std::vector<Finding> findings{CheckSettings(settings), CheckDatabase(store, invocation.clock)};
    if (store) findings.push_back(CheckSize(**store));
    if (const auto& folder = invocation.config.Text("relay.lmdb_folder"); !folder.empty()) {
        findings.push_back(CheckDisk(folder));
    }
    findings.push_back(CheckClock());
    if (settings) findings.push_back(CheckDescriptors(settings->transport.max_connections));
    if (settings) findings.push_back(CheckUrl(*settings));
    for (const auto& [name, text, remedy] : findings) {
        invocation.out << (remedy.empty() ? "ok   " : "BAD  ") << name << ": " << text << '\n';
        if (!remedy.empty()) invocation.out << "     remedy: " << remedy << '\n';
    }
    const bool all_well =
        std::ranges::all_of(findings, [](const auto& finding) { return finding.remedy.empty(); });
    return all_well ? Exit::kDone : Exit::kFailed;
}

}  // namespace

Subcommand CheckCommand()
{
    return {.name = "check",
            .arguments = "",
            .help = "Looks at settings, database, disk and clock, and says what to do.",
            .options = {},
            .most_words = 0,
            .run = Check};
}

}  // namespace berth::relay
