#include "relay-image/archive/archive_journal.hpp"

#include <cstring>

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kHeadBytes = 8;
constexpr auto kPieces = "archive.pieces";  ///< Day and name -> the piece as a line of the list.

/// The collection of a day's heads: name -> base64.
std::string HeadsCollection(const std::string& day) { return "archive.heads." + day; }

}  // namespace

std::uint64_t IdHeadOf(std::string_view id)
{
    std::uint64_t head = 0;
    std::memcpy(&head, id.data(), std::min(id.size(), kHeadBytes));
    return head;
}

namespace archive_journal {

Result<void> Note(EventStore& store, const ArchivedPiece& piece,
                  const std::vector<std::string>& ids)
{
    std::string heads;
    for (const auto& id : ids) heads += id.substr(0, kHeadBytes);
    // The heads last: without them the piece is made once more, and found to be there.
    const auto noted = store.PutRecord(kPieces, piece.day + " " + piece.name, ToLines({piece}));
    if (!noted) return noted;
    return store.PutRecord(HeadsCollection(piece.day), piece.name, ToBase64(heads));
}

Result<std::vector<ArchivedPiece>> Pieces(EventStore& store)
{
    const auto records = store.LoadRecords(kPieces);
    if (!records) return records.error();
    std::string lines;
    for (const auto& [key, line] : *records) lines += line;
    return ReadPieces(lines);
}

Result<IdHeads> HeadsOf(EventStore& store, const std::string& day)
{
    const auto records = store.LoadRecords(HeadsCollection(day));
    if (!records) return records.error();
    IdHeads heads;
    for (const auto& [name, text] : *records) {
        const auto bytes = FromBase64(text).value_or("");
        for (std::size_t at = 0; at + kHeadBytes <= bytes.size(); at += kHeadBytes) {
            heads.insert(IdHeadOf(std::string_view{bytes}.substr(at, kHeadBytes)));
        }
    }
    return heads;
}

Result<void> Settle(EventStore& store, const std::string& day)
{
    const auto collection = HeadsCollection(day);
    const auto records = store.LoadRecords(collection);
    if (!records) return records.error();
    for (const auto& [name, text] : *records) {
        if (const auto erased = store.EraseRecord(collection, name); !erased) return erased;
    }
    return {};
}

}  // namespace archive_journal

}  // namespace berth::relay
