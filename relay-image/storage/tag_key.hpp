#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/nostr/event.hpp"

namespace berth::relay {

/// Under what a single-letter tag is indexed: the letter, then the value or, from 32 bytes on, its
/// SHA-256. At most 33 bytes.
std::string TagKey(char letter, std::string_view value);

/// The head of a TagKey's SHA-256, 16 bytes: what PostgreSQL indexes.
std::string ShortKey(std::string_view tag_key);
/// ShortKey of the TagKey.
std::string KeyOfTag(char letter, std::string_view value);

/// The keys of an event's single-letter tags, sorted and without repeats.
std::vector<std::string> TagKeysOf(const nostr::Event& event);

}  // namespace berth::relay
