#include <limits>
#include <ostream>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kPiece = 1000;  ///< Events of one transaction.
constexpr std::int64_t kBeforeAnyExpiry = std::numeric_limits<std::int64_t>::min();

constexpr std::array<config::Setting, 5> kDeleteOptions{{
    kFilterOptions[0],
    kFilterOptions[1],
    kFilterOptions[2],
    {"dry_run", config::Type::kBool, "false", "only count what would be deleted"},
    {"all", config::Type::kBool, "false", "delete every event, where no filter is given"},
}};

Result<std::int64_t> RemoveAll(EventStore& store, const Filter& filter)
{
    std::int64_t count = 0;
    while (true) {
        const auto removed = store.Remove(filter, kPiece);
        if (!removed) return removed.error();
        if (*removed == 0) return count;
        count += *removed;
    }
}

Exit Delete(const Invocation& invocation)
{
    const auto filter = ReadChosen(invocation.config);
    if (!filter) return Explain(invocation, filter.error());
    if (ChoosesAll(*filter) && !invocation.config.Bool("all")) {
        return Explain(invocation, Fail(ErrorCode::kInvalid, "NO_FILTER",
                                        "This would delete every event; say --all to mean it."));
    }
    const auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    const bool dry_run = invocation.config.Bool("dry_run");
    const auto count = dry_run ? (*store)->Count(*filter, std::numeric_limits<std::int64_t>::max(),
                                                 kBeforeAnyExpiry)
                               : RemoveAll(**store, *filter);
    if (!count) return Explain(invocation, count.error());
    invocation.out << (dry_run ? "would delete " : "deleted ") << *count << " events\n";
    return Exit::kDone;
}

}  // namespace

Subcommand DeleteCommand()
{
    return {.name = "delete",
            .arguments = "",
            .help = "Deletes the events that fit a filter; they may be stored again.",
            .options = kDeleteOptions,
            .most_words = 0,
            .run = Delete};
}

}  // namespace berth::relay
