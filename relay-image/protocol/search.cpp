#include "relay-image/protocol/search.hpp"

#include <algorithm>
#include <cwctype>

#include <locale.h>

#include "core/base/assert.hpp"

namespace berth::relay {
namespace {

/// glibc's own tables of Unicode, whatever the process's locale is.
locale_t Unicode()
{
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    BERTH_ASSERT(locale);
    return locale;
}

/// Takes one code point off valid UTF-8.
char32_t TakeCodePoint(std::string_view& text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length && i < text.size(); ++i) {
        code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
    }
    text.remove_prefix(std::min(length, text.size()));
    return code;
}

void AppendCodePoint(std::string& out, char32_t code)
{
    const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        tail(6), tail(0);
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        tail(12), tail(6), tail(0);
    }
}

/// Scripts that put no space between words.
bool StandsAlone(char32_t code)
{
    return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
           (code >= 0x20000 && code <= 0x3FFFF);
}

void SortUnique(std::vector<std::string>& words)
{
    std::ranges::sort(words);
    const auto repeats = std::ranges::unique(words);
    words.erase(repeats.begin(), repeats.end());
}

/// True for `language:en`: one word, a colon, more text.
bool IsExtension(std::string_view token)
{
    const auto colon = token.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < token.size() &&
           std::ranges::all_of(token.substr(0, colon), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
           });
}

}  // namespace

std::vector<std::string> SearchWords(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    const auto finish = [&] {
        if (!word.empty()) words.push_back(std::move(word));
        word.clear();
    };
    while (!text.empty() && words.size() < kMaxWordsOfEvent) {
        const auto code = static_cast<wint_t>(TakeCodePoint(text));
        if (!::iswalnum_l(code, Unicode())) {
            finish();
            continue;
        }
        if (StandsAlone(code)) finish();
        AppendCodePoint(word, ::towlower_l(code, Unicode()));
        if (StandsAlone(code)) finish();
    }
    finish();
    SortUnique(words);
    return words;
}

std::string SearchQuery(std::string_view query)
{
    std::string plain;
    while (!query.empty()) {
        const auto end = std::min(query.find(' '), query.size());
        if (!IsExtension(query.substr(0, end))) plain.append(query.substr(0, end)) += ' ';
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    std::string words;
    for (const auto& word : SearchWords(plain)) words += (words.empty() ? "" : " ") + word;
    return words;
}

bool HoldsWords(std::string_view content, std::string_view search)
{
    const auto held = SearchWords(content);
    while (!search.empty()) {
        const auto end = std::min(search.find(' '), search.size());
        if (!std::ranges::binary_search(held, search.substr(0, end))) return false;
        search.remove_prefix(std::min(end + 1, search.size()));
    }
    return true;
}

}  // namespace berth::relay
