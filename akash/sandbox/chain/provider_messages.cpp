#include <boost/json.hpp>

#include "akash/sandbox/chain/message_run.hpp"

namespace berth::sandbox {

void CreateProvider(MessageRun& run)
{
    const auto owner = MessageText(run.message.at("owner"));
    if (run.state.providers.contains(owner)) {
        throw Refusal{"provider", 2, "id: " + owner + ": invalid provider: already exists"};
    }
    const auto& info = run.message.at("info");
    ProviderState made{.address = owner,
                       .host_uri = MessageText(run.message.at("host_uri")),
                       .attributes = {},
                       .email = MessageText(info.at("email")),
                       .website = MessageText(info.at("website"))};
    for (const auto& one : run.message.at("attributes").as_array()) {
        made.attributes.emplace_back(MessageText(one.at("key")), MessageText(one.at("value")));
    }
    run.state.providers[owner] = std::move(made);
    run.events.push_back(
        {"akash.provider.v1beta4.EventProviderCreated", {{"owner", "\"" + owner + "\""}}});
}

}  // namespace berth::sandbox
