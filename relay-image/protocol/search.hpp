#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace berth::relay {

constexpr std::size_t kMaxSearchBytes = 1024;    ///< Of a query, as the client writes it.
constexpr std::size_t kMaxWordsOfEvent = 10000;  ///< What comes later in a content is not found.

/// The words of a text in lower case, sorted and without repeats: runs of letters and digits of any
/// script; of Chinese and Japanese each character. What an index of contents has to hold, and what
/// a search compares. Thread-safe.
std::vector<std::string> SearchWords(std::string_view text);

/// A client's query as Filter::search holds it: its words, without the `key:value` extensions, of
/// which none is supported. Empty if no word is left.
std::string SearchQuery(std::string_view query);

/// Whether a content holds every word of a SearchQuery.
bool HoldsWords(std::string_view content, std::string_view search);

}  // namespace berth::relay
