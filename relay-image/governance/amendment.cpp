#include "relay-image/governance/amendment.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/governance/address_range.hpp"
#include "relay-image/governance/amendment_checks.hpp"
#include "relay-image/governance/owner_settings.hpp"
#include "relay-image/protocol/client_message.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxReason = 1000;
constexpr std::size_t kMaxAudit = 1000;
constexpr std::size_t kTimeDigits = 12;
constexpr std::size_t kCountDigits = 4;

std::string Padded(std::size_t number, std::size_t digits)
{
    const auto text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

/// Sorts behind all lines that are there. Other replicas may write in the same second.
std::string AuditKey(const std::map<std::string, AuditLine>& audit, std::int64_t now)
{
    const auto second = Padded(static_cast<std::size_t>(now), kTimeDigits) + "-";
    const auto earlier = std::distance(audit.lower_bound(second), audit.end());
    return second + Padded(static_cast<std::size_t>(earlier), kCountDigits) + "-" +
           ToHex(RandomBytes(4));
}

}  // namespace

Result<void> CheckText(std::string_view text, std::size_t most)
{
    if (text.size() <= most && IsPlainText(text)) return {};
    return Fail(
        ErrorCode::kInvalid, "BAD_TEXT",
        "A text has at most " + std::to_string(most) + " bytes here, and no control characters.");
}

Result<void> CheckRoom(std::size_t taken, std::size_t most)
{
    if (taken < most) return {};
    return Fail(ErrorCode::kExhausted, "LIST_FULL",
                "This list holds " + std::to_string(most) + " entries at most.");
}

Amendment::Amendment(Rules rules, const AccessPolicy& access, Actor actor, std::int64_t now)
    : rules_{std::move(rules)}, access_{access}, actor_{std::move(actor)}, now_{now}
{
}

void Amendment::Record(const std::string& act, const std::string& subject)
{
    audited_.push_back({.at = now_,
                        .by = actor_.pubkey,
                        .via = actor_.via,
                        .act = act,
                        .subject = std::string{Shortened(subject, kMaxReason)}});
    const auto key = AuditKey(rules_.audit, now_);
    rules_.audit[key] = audited_.back();
    Put(collection::kAudit, key, RecordOf(audited_.back()));
    while (rules_.audit.size() > kMaxAudit) {
        Erase(collection::kAudit, rules_.audit.begin()->first);
        rules_.audit.erase(rules_.audit.begin());
    }
}

Note Amendment::NoteOf(const std::string& reason, bool purge) const
{
    return {.reason = reason, .by = actor_.pubkey, .at = now_, .purge = purge};
}

void Amendment::Put(std::string_view collection, const std::string& key, std::string json)
{
    edits_.push_back({collection, key, std::move(json)});
}

void Amendment::Erase(std::string_view collection, const std::string& key)
{
    edits_.push_back({collection, key, {}});
}

Result<void> Amendment::BanEvent(const std::string& id, const std::string& reason)
{
    if (const auto fits = CheckText(reason, kMaxReason); !fits) return fits;
    if (const auto room = CheckRoom(rules_.banned_events.size(), kMaxListed); !room) return room;
    if (rules_.allowed_events.erase(id) != 0) Erase(collection::kAllowedEvents, id);
    rules_.banned_events[id] = NoteOf(reason, true);
    Put(collection::kBannedEvents, id, RecordOf(rules_.banned_events[id]));
    Record("banevent", id);
    return {};
}

Result<void> Amendment::UnbanEvent(const std::string& id)
{
    if (rules_.banned_events.erase(id) == 0) return {};
    Erase(collection::kBannedEvents, id);
    Record("unbanevent", id);
    return {};
}

Result<void> Amendment::AllowEvent(const std::string& id, const std::string& reason)
{
    if (const auto fits = CheckText(reason, kMaxReason); !fits) return fits;
    if (const auto room = CheckRoom(rules_.allowed_events.size(), kMaxListed); !room) return room;
    if (rules_.banned_events.erase(id) != 0) Erase(collection::kBannedEvents, id);
    rules_.allowed_events[id] = NoteOf(reason);
    Put(collection::kAllowedEvents, id, RecordOf(rules_.allowed_events[id]));
    Record("allowevent", id);
    return {};
}

Result<void> Amendment::UnallowEvent(const std::string& id)
{
    if (rules_.allowed_events.erase(id) == 0) return {};
    Erase(collection::kAllowedEvents, id);
    Record("unallowevent", id);
    return {};
}

Result<void> Amendment::AllowKind(int kind)
{
    rules_.disallowed_kinds.erase(kind);
    rules_.allowed_kinds.insert(kind);
    Put(collection::kKinds, std::to_string(kind), "true");
    Record("allowkind", std::to_string(kind));
    return {};
}

Result<void> Amendment::DisallowKind(int kind)
{
    rules_.allowed_kinds.erase(kind);
    rules_.disallowed_kinds.insert(kind);
    Put(collection::kKinds, std::to_string(kind), "false");
    Record("disallowkind", std::to_string(kind));
    return {};
}

Result<void> Amendment::ClearKind(int kind)
{
    if (rules_.allowed_kinds.erase(kind) + rules_.disallowed_kinds.erase(kind) == 0) return {};
    Erase(collection::kKinds, std::to_string(kind));
    Record("clearkind", std::to_string(kind));
    return {};
}

Result<void> Amendment::Block(const std::string& range, const std::string& reason)
{
    const auto canonical = CanonicalRange(range);
    if (!canonical) {
        return Fail(ErrorCode::kInvalid, "BAD_IP_ADDRESS",
                    "An IP address or a network such as 10.0.0.0/8 is needed.");
    }
    if (const auto fits = CheckText(reason, kMaxReason); !fits) return fits;
    if (const auto room = CheckRoom(rules_.blocked.size(), kMaxListed); !room) return room;
    rules_.blocked[*canonical] = NoteOf(reason);
    Put(collection::kBlocked, *canonical, RecordOf(rules_.blocked[*canonical]));
    Record("blockip", *canonical);
    return {};
}

Result<void> Amendment::Unblock(const std::string& range)
{
    const auto canonical = CanonicalRange(range);
    if (!canonical || rules_.blocked.erase(*canonical) == 0) return {};
    Erase(collection::kBlocked, *canonical);
    Record("unblockip", *canonical);
    return {};
}

Result<void> Amendment::Set(const std::string& name, const std::string& value)
{
    const auto* setting = FindOwnerSetting(name);
    if (!setting) {
        return Fail(ErrorCode::kInvalid, "UNKNOWN_SETTING",
                    "There is no setting \"" + name + "\".");
    }
    if (const auto fits = CheckOwnerSetting(*setting, value); !fits) return fits;
    rules_.settings[name] = value;
    Put(collection::kSettings, name, RecordOf(std::string_view{value}));
    Record("set " + name, value);
    return {};
}

Result<void> Amendment::Unset(const std::string& name)
{
    if (rules_.settings.erase(name) == 0) return {};
    Erase(collection::kSettings, name);
    Record("unset " + name, "");
    return {};
}

}  // namespace berth::relay
