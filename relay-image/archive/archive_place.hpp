#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace berth::relay {

/// Events of one day (UTC), as they are kept elsewhere.
struct ArchivedPiece {
    std::string name;  ///< Of its content: the same events have the same name.
    std::string day;   ///< `2026-01-31`.
    std::int64_t events = 0;
    std::string reference;  ///< By which its place finds it.

    bool operator==(const ArchivedPiece&) const = default;
};

/// Where old events are kept. Calls block. Errors of all: kUnavailable (later it may work),
/// kForbidden; their reasons are those of the place.
class ArchivePlace {
public:
    virtual ~ArchivePlace() = default;

    /// Keeps a piece and returns its reference. Doing it again keeps nothing twice.
    virtual Result<std::string> Keep(const ArchivedPiece& piece, std::string_view bytes) = 0;
    /// The bytes of a piece. Error kNotFound.
    virtual Result<std::string> Fetch(const ArchivedPiece& piece) = 0;
    /// Adds pieces to the list at the place, if it has one: by it all can be read back without the
    /// relay's database.
    virtual Result<void> List(const std::vector<ArchivedPiece>& pieces) = 0;
    /// The list at the place; nothing is on it where there is none.
    virtual Result<std::vector<ArchivedPiece>> Listed() = 0;
};

/// A list of pieces as lines of JSON, and back. Error kInvalid `BAD_ARCHIVE_LIST`.
std::string ToLines(const std::vector<ArchivedPiece>& pieces);
Result<std::vector<ArchivedPiece>> ReadPieces(std::string_view lines);

}  // namespace berth::relay
