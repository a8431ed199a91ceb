#include "worker/adapters/issuance_budget.hpp"

#include <algorithm>
#include <sstream>

#include "core/base/file.hpp"

namespace berth::worker {
namespace {

constexpr std::int64_t kWeek = 7 * 24 * 3600;
constexpr std::int64_t kThreeHours = 3 * 3600;

/// The last two labels: for longer public suffixes this counts too much, never too little.
std::string RegisteredDomain(const std::string& name)
{
    const auto last = name.rfind('.');
    if (last == std::string::npos || last == 0) return name;
    const auto before = name.rfind('.', last - 1);
    return before == std::string::npos ? name : name.substr(before + 1);
}

}  // namespace

IssuanceBudget::IssuanceBudget(std::filesystem::path file, IssuanceLimits limits,
                               const Clock& clock)
    : file_{std::move(file)}, limits_{limits}, clock_{clock}
{
}

Result<std::vector<IssuanceBudget::Entry>> IssuanceBudget::Load() const
{
    std::vector<Entry> entries;
    const auto text = ReadFile(file_);
    if (!text && text.error().code == ErrorCode::kNotFound) return entries;
    if (!text) return text.error();
    std::istringstream lines{*text};
    const auto oldest = ToUnixSeconds(clock_.Now()) - kWeek;
    for (Entry entry; lines >> entry.at >> entry.domain;) {
        if (entry.at > oldest) entries.push_back(entry);
    }
    return entries;
}

Result<void> IssuanceBudget::Spend(const std::string& name)
{
    const std::scoped_lock lock{mutex_};
    auto loaded = Load();
    if (!loaded) return loaded.error();
    auto& entries = *loaded;
    const auto now = ToUnixSeconds(clock_.Now());
    const auto domain = RegisteredDomain(name);
    const auto of_domain = std::count_if(
        entries.begin(), entries.end(), [&](const Entry& entry) { return entry.domain == domain; });
    const auto recent = std::count_if(entries.begin(), entries.end(), [&](const Entry& entry) {
        return entry.at > now - kThreeHours;
    });
    if (of_domain >= limits_.per_domain_and_week || recent >= limits_.per_account_in_3_hours) {
        return Fail(ErrorCode::kExhausted, "ISSUANCE_BUDGET_SPENT",
                    "No more certificates may be ordered for " + domain + " now.");
    }
    entries.push_back({.at = now, .domain = domain});
    return Store(entries);
}

void IssuanceBudget::TakeBack(const std::string& name)
{
    const std::scoped_lock lock{mutex_};
    auto entries = Load();
    if (!entries) return;
    const auto domain = RegisteredDomain(name);
    const auto newest = std::find_if(entries->rbegin(), entries->rend(),
                                     [&](const Entry& entry) { return entry.domain == domain; });
    if (newest == entries->rend()) return;
    entries->erase(std::next(newest).base());
    static_cast<void>(Store(*entries));
}

Result<void> IssuanceBudget::Store(const std::vector<Entry>& entries) const
{
    std::string text;
    for (const auto& entry : entries) text += std::to_string(entry.at) + " " + entry.domain + "\n";
    return WriteFileAtomically(file_, text);
}

}  // namespace berth::worker
