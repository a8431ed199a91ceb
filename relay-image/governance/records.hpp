#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "relay-image/governance/rules.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Collections of the store in which the rules are kept.
namespace collection {
constexpr std::string_view kBannedPubkeys = "governance.banned_pubkeys";
constexpr std::string_view kBannedEvents = "governance.banned_events";
constexpr std::string_view kAllowedEvents = "governance.allowed_events";
constexpr std::string_view kBlocked = "governance.blocked";
constexpr std::string_view kMembers = "governance.members";
constexpr std::string_view kRoles = "governance.roles";
constexpr std::string_view kInvites = "governance.invites";
constexpr std::string_view kGrants = "governance.grants";
constexpr std::string_view kKinds = "governance.kinds";
constexpr std::string_view kSettings = "governance.settings";
constexpr std::string_view kAudit = "governance.audit";
constexpr std::string_view kRevision = "governance.revision";
}  // namespace collection

/// A record to be written, or erased if it has no content.
struct RecordEdit {
    std::string_view collection;
    std::string key;
    std::optional<std::string> json;
};

/// The contents of records.
std::string RecordOf(const Note& note);
std::string RecordOf(const Member& member);
std::string RecordOf(const Role& role);
std::string RecordOf(const Invite& invite);
std::string RecordOf(const AuditLine& line);
std::string RecordOf(const std::set<std::string>& methods);
std::string RecordOf(std::string_view text);

/// Reads all rules. A record that cannot be read is an error: to go on without it might admit who
/// is banned. Errors: those of the store; kInternal `BAD_RECORD`.
Result<Rules> LoadRules(EventStore& store);

/// Writes all edits in their order; each is durable on its own. Errors: those of the store.
Result<void> ApplyEdits(EventStore& store, const std::vector<RecordEdit>& edits);

/// A text that differs after every change, by which replicas learn of it. Errors: those of the
/// store.
Result<std::string> ReadRevision(EventStore& store);

}  // namespace berth::relay
