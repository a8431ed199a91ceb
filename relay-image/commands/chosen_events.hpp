#pragma once

#include <array>
#include <memory>

#include "core/config/config.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// The options by which commands choose events.
inline constexpr std::array<config::Setting, 3> kFilterOptions{{
    {"filter", config::Type::kText, "", "which events: one filter of NIP-01 as JSON"},
    {"since", config::Type::kInteger, "0", "created at this Unix second or later", 0},
    {"until", config::Type::kInteger, "0", "created at this Unix second or earlier; 0: any", 0},
}};

/// The filter that the options say; all events if none is given.
/// Errors: kInvalid `BAD_FILTER`, `UNKNOWN_FILTER_FIELD`, those of ParseJsonStrict.
Result<Filter> ReadChosen(const config::Config& config);
/// True if the options leave no event out.
bool ChoosesAll(const Filter& filter);

/// A store by the settings of storage, with its schema in place.
/// Errors: those of ReadStorageSettings and EventStore::Migrate.
Result<std::unique_ptr<EventStore>> OpenStore(const config::Config& config);

}  // namespace berth::relay
