#include <ostream>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/payment/store_journal.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

std::string Line(const std::string& author, const std::string& id, const PaidChannel& channel)
{
    return json::serialize(json::object{{"channel", id},
                                        {"amount", channel.claimed.ToString()},
                                        {"signature", channel.signature},
                                        {"currency", channel.currency},
                                        {"author", author}});
}

Exit Claims(const Invocation& invocation)
{
    auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    const auto accounts = StoreJournal{std::move(*store)}.Load();
    if (!accounts) return Explain(invocation, accounts.error());
    for (const auto& [author, account] : *accounts) {
        for (const auto& [id, channel] : account.channels) {
            if (channel.claimed == money::Amount{}) continue;
            invocation.out << Line(author, id, channel) << '\n';
        }
    }
    return Exit::kDone;
}

}  // namespace

Subcommand ClaimsCommand()
{
    return {.name = "claims",
            .arguments = "",
            .help = "Prints the best claim of each payment channel as JSON lines, to redeem.",
            .options = {},
            .most_words = 0,
            .run = Claims};
}

}  // namespace berth::relay
