#include <csignal>
#include <ostream>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/commands/event_file.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kPage = 1000;

std::string LinesOf(const std::vector<StoredEvent>& events)
{
    std::string lines;
    for (const auto& event : events) lines.append(event.json).append(1, '\n');
    return lines;
}

/// Hands all that fits to `write`, oldest first, beginning after `after`; returns how many.
template <typename Write>
Result<std::int64_t> ForEachPage(EventStore& store, const Filter& filter, EventKey after,
                                 Write write)
{
    std::int64_t count = 0;
    while (true) {
        const auto page = store.Page(filter, after, kPage);
        if (!page) return page.error();
        if (page->empty()) return count;
        const Result<void> written = write(LinesOf(*page));
        if (!written) return written.error();
        count += static_cast<std::int64_t>(page->size());
        after = {page->back().created_at, page->back().id};
    }
}

Result<std::int64_t> ToStream(EventStore& store, const Filter& filter, std::ostream& out)
{
    return ForEachPage(store, filter, {}, [&](const std::string& lines) -> Result<void> {
        out << lines << std::flush;
        if (out) return {};
        return Fail(ErrorCode::kUnavailable, "FILE_NOT_WRITTEN", "Nobody reads the output.");
    });
}

Result<std::int64_t> ToFile(EventStore& store, const Filter& filter, const std::string& path)
{
    EventFile file{path};
    const auto after = file.Open();
    if (!after) return after.error();
    const auto count = ForEachPage(store, filter, *after,
                                   [&](const std::string& lines) { return file.Append(lines); });
    if (!count) return count.error();
    if (const auto finished = file.Finish(); !finished) return finished.error();
    return count;
}

Exit Export(const Invocation& invocation)
{
    const auto filter = ReadChosen(invocation.config);
    if (!filter) return Explain(invocation, filter.error());
    const auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    const bool to_stream = invocation.words.empty() || invocation.words[0] == "-";
    const auto count = to_stream ? ToStream(**store, *filter, invocation.out)
                                 : ToFile(**store, *filter, invocation.words[0]);
    if (!count) return Explain(invocation, count.error());
    invocation.err << "exported " << *count << " events\n";
    return Exit::kDone;
}

}  // namespace

Subcommand ExportCommand()
{
    return {.name = "export",
            .arguments = "[FILE]",
            .help = "Writes events as JSON lines, oldest first; .gz compresses, .part goes on.",
            .options = kFilterOptions,
            .most_words = 1,
            .run = Export};
}

}  // namespace berth::relay
