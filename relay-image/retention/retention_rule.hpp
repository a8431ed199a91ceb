#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace berth::relay {

/// What an author is to the relay.
enum class AuthorClass { kOther, kPaid, kMember, kOwner };

/// Events that nobody should lose: profiles, contacts and relay lists.
constexpr bool IsAlwaysKept(int kind) { return kind == 0 || kind == 3 || kind == 10002; }

/// Which events are kept for how long. What is always kept, no rule takes.
struct RetentionRule {
    std::optional<std::vector<int>> kinds{};  ///< Sorted; unset: all.
    std::set<AuthorClass> authors{AuthorClass::kOther, AuthorClass::kPaid, AuthorClass::kMember};
    std::optional<std::chrono::seconds> age{};  ///< Older events go.
    std::optional<std::int64_t> count{};        ///< The oldest beyond so many go.
};

/// What the relay forgets by itself.
struct RetentionSettings {
    std::vector<RetentionRule> rules;
    std::int64_t max_bytes = 0;  ///< Of the database; 0 is no limit.

    bool empty() const { return rules.empty() && max_bytes == 0; }
};

/// Reads `kinds=1+7 authors=other+paid age=30d count=1000`: each part at most once, an age or a
/// count at least. Authors are other, paid, member, owner; all but the owner if none is said.
/// Errors: kInvalid `CONFIG_BAD_VALUE`.
Result<RetentionRule> ParseRetentionRule(std::string_view text);

/// The settings of retention, for config::Load.
std::span<const config::Setting> DeclaredRetentionSettings();

/// Errors: kInvalid `CONFIG_BAD_VALUE`.
Result<RetentionSettings> ReadRetentionSettings(const config::Config& config);

/// NIP-11's `retention` for an author who is nothing to the relay, as JSON; empty if all is kept.
/// The limit of the database's size is an entry of our own, `bytes`.
std::string RetentionDocument(const RetentionSettings& settings);

}  // namespace berth::relay
