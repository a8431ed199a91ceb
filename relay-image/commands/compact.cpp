#include <ostream>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"

namespace berth::relay {
namespace {

Exit Compact(const Invocation& invocation)
{
    const auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    const auto before = (*store)->Measure();
    if (!before) return Explain(invocation, before.error());
    if (const auto done = (*store)->Compact(); !done) return Explain(invocation, done.error());
    const auto after = (*store)->Measure();
    if (!after) return Explain(invocation, after.error());
    invocation.out << "bytes before " << before->database_bytes << ", after "
                   << after->database_bytes << '\n';
    return Exit::kDone;
}

}  // namespace

Subcommand CompactCommand()
{
    return {.name = "compact",
            .arguments = "",
            .help = "Gives room of removed events back; lmdb wants its relay stopped for it.",
            .options = {},
            .most_words = 0,
            .run = Compact};
}

}  // namespace berth::relay
