#include "relay-image/protocol/filter_memory.hpp"

#include <string>

namespace berth::relay {
namespace {

/// Of a value and its place in an index.
std::size_t MemoryOf(const std::string& value)
{
    constexpr std::size_t kInPlace = 15, kAllocation = 16, kPlace = 64;
    const auto elsewhere = value.size() > kInPlace ? value.size() + 1 + kAllocation : 0;
    return 2 * (sizeof value + elsewhere) + kPlace;
}

std::size_t MemoryOf(const std::vector<std::string>& values)
{
    std::size_t bytes = 0;
    for (const auto& value : values) bytes += MemoryOf(value);
    return bytes;
}

std::size_t MemoryOf(const Filter& filter)
{
    constexpr std::size_t kKindBytes = 64;
    auto bytes = sizeof filter;
    for (const auto* list : {&filter.ids, &filter.authors, &filter.wraps_for}) {
        if (*list) bytes += MemoryOf(**list);
    }
    for (const auto& tag : filter.tags) bytes += sizeof tag + MemoryOf(tag.values);
    if (filter.kinds) bytes += filter.kinds->size() * kKindBytes;
    return bytes + (filter.search ? filter.search->size() : 0);
}

}  // namespace

std::size_t MemoryOf(const std::vector<Filter>& filters)
{
    std::size_t bytes = 0;
    for (const auto& filter : filters) bytes += MemoryOf(filter);
    return bytes;
}

}  // namespace berth::relay
