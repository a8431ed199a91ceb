#include "relay-image/governance/reports.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/protocol/event_json.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kMaxReports = 1000;
constexpr std::size_t kMaxReasons = 20;
constexpr std::size_t kMaxReason = 300;

const nostr::Tag* TagOf(const nostr::Event& event, std::string_view name)
{
    const auto found = std::ranges::find_if(event.tags, [&](const auto& tag) {
        return tag.size() >= 2 && tag[0] == name && IsLowerHex(tag[1], 64);
    });
    return found == event.tags.end() ? nullptr : &*found;
}

std::string ReasonOf(const nostr::Event& report, const nostr::Tag& tag)
{
    auto reason = tag.size() >= 3 ? tag[2] : "";
    if (!report.content.empty()) reason += (reason.empty() ? "" : ": ") + report.content;
    return std::string{Shortened(reason, kMaxReason)};
}

bool IsSettled(const Rules& rules, const std::string& event_id, const std::string& pubkey)
{
    if (rules.banned_pubkeys.contains(pubkey)) return true;
    return rules.banned_events.contains(event_id) || rules.allowed_events.contains(event_id);
}

void Add(const nostr::Event& report, const Rules& rules, std::map<std::string, Reported>& found)
{
    const auto* about_event = TagOf(report, "e");
    const auto* about_key = TagOf(report, "p");
    const auto* tag = about_event ? about_event : about_key;
    if (!tag) return;
    const auto event_id = about_event ? (*about_event)[1] : "";
    const auto pubkey = about_key ? (*about_key)[1] : "";
    if (IsSettled(rules, event_id, pubkey)) return;
    auto& reported = found[event_id.empty() ? "p" + pubkey : event_id];
    if (reported.reporters.empty()) {
        reported.event_id = event_id;
        reported.pubkey = pubkey;
        reported.newest_at = report.created_at;
    }
    if (std::ranges::count(reported.reporters, report.pubkey) != 0) return;
    reported.reporters.push_back(report.pubkey);
    if (reported.reasons.size() < kMaxReasons) reported.reasons.push_back(ReasonOf(report, *tag));
}

}  // namespace

Result<std::vector<Reported>> CollectReports(EventStore& store, const Rules& rules,
                                             std::int64_t now)
{
    Filter filter;
    filter.kinds = std::vector<int>{kReportKind};
    const auto reports = store.Find(filter, {kMaxReports, kPageBytes}, now);
    if (!reports) return reports.error();
    std::map<std::string, Reported> found;
    for (const auto& stored : *reports) {
        const auto report = ReadEvent(stored.json);
        if (report && !rules.banned_pubkeys.contains(report->pubkey)) Add(*report, rules, found);
    }
    std::vector<Reported> waiting;
    for (auto& [key, reported] : found) waiting.push_back(std::move(reported));
    std::ranges::stable_sort(waiting, [](const auto& a, const auto& b) {
        return a.reporters.size() != b.reporters.size() ? a.reporters.size() > b.reporters.size()
                                                        : a.newest_at > b.newest_at;
    });
    return waiting;
}

}  // namespace berth::relay
