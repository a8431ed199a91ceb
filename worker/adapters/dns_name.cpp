#include "worker/adapters/dns_name.hpp"

#include <algorithm>

namespace berth::worker {
namespace {

bool IsLabel(std::string_view label, bool underscore)
{
    if (underscore && label.starts_with('_')) label.remove_prefix(1);
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-')) {
        return false;
    }
    return std::all_of(label.begin(), label.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

bool IsHostName(std::string_view name, bool underscore)
{
    if (name.size() > 253 || name.find('.') == std::string_view::npos) return false;
    while (true) {
        const auto dot = name.find('.');
        if (!IsLabel(name.substr(0, dot), underscore)) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

bool IsWithin(std::string_view name, std::string_view zone)
{
    if (name == zone) return true;
    return name.size() > zone.size() + 1 && name.ends_with(zone) &&
           name[name.size() - zone.size() - 1] == '.';
}

bool IsDirectlyUnder(std::string_view name, std::string_view zone)
{
    if (name == zone || !IsWithin(name, zone)) return false;
    return name.substr(0, name.size() - zone.size() - 1).find('.') == std::string_view::npos;
}

}  // namespace berth::worker
