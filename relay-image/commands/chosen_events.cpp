#include "relay-image/commands/chosen_events.hpp"

#include "core/base/strict_json.hpp"
#include "relay-image/storage/storage_settings.hpp"

namespace berth::relay {

Result<Filter> ReadChosen(const config::Config& config)
{
    Filter filter;
    if (const auto& text = config.Text("filter"); !text.empty()) {
        const auto value = ParseJsonStrict(text, {.integers_only = true});
        if (!value) return value.error();
        auto parsed = ParseFilter(*value);
        if (!parsed) return parsed.error();
        filter = std::move(*parsed);
    }
    filter.limit.reset();  // Commands go through all that fits.
    filter.since = std::max(filter.since, config.Integer("since"));
    if (const auto until = config.Integer("until"); until > 0) {
        filter.until = std::min(filter.until, until);
    }
    return filter;
}

bool ChoosesAll(const Filter& filter)
{
    const Filter all;
    return !filter.ids && !filter.authors && !filter.kinds && filter.tags.empty() &&
           !filter.search && filter.since == all.since && filter.until == all.until;
}

Result<std::unique_ptr<EventStore>> OpenStore(const config::Config& config)
{
    const auto settings = ReadStorageSettings(config);
    if (!settings) return settings.error();
    auto store = MakeStoreFactory(*settings)();
    if (const auto ready = store->Migrate(); !ready) return ready.error();
    return store;
}

}  // namespace berth::relay
