#pragma once

#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "relay-image/governance/rules.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

constexpr int kReportKind = 1984;

/// What people reported (NIP-56) about one event, or about a key.
struct Reported {
    std::string event_id;                ///< Hex; empty if the key is what they mean.
    std::string pubkey;                  ///< Hex; as the first report names it.
    std::vector<std::string> reporters;  ///< Keys (hex), each once.
    std::vector<std::string> reasons;    ///< Type and text of each report, the newest first.
    std::int64_t newest_at = 0;          ///< Unix seconds.
};

/// What waits for a moderator: reported, and neither banned nor allowed yet; the most reported
/// first. Looks at the newest thousand reports. Errors: those of the store.
Result<std::vector<Reported>> CollectReports(EventStore& store, const Rules& rules,
                                             std::int64_t now);

}  // namespace berth::relay
