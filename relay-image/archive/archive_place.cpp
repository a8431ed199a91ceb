#include "relay-image/archive/archive_place.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace berth::relay {
namespace {

namespace json = boost::json;

std::string Text(const json::value& value) { return std::string{value.as_string()}; }

}  // namespace

std::string ToLines(const std::vector<ArchivedPiece>& pieces)
{
    std::string lines;
    for (const auto& piece : pieces) {
        lines += json::serialize(json::object{{"day", piece.day},
                                              {"events", piece.events},
                                              {"name", piece.name},
                                              {"reference", piece.reference}}) +
                 "\n";
    }
    return lines;
}

Result<std::vector<ArchivedPiece>> ReadPieces(std::string_view lines)
{
    std::vector<ArchivedPiece> pieces;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        try {
            const auto value = json::parse({line.data(), line.size()});
            pieces.push_back({.name = Text(value.at("name")),
                              .day = Text(value.at("day")),
                              .events = value.at("events").as_int64(),
                              .reference = Text(value.at("reference"))});
        } catch (const std::exception&) {  // Boost.JSON's: no JSON, or not these fields.
            return Fail(ErrorCode::kInvalid, "BAD_ARCHIVE_LIST",
                        "A line of the list of pieces cannot be read.");
        }
    }
    return pieces;
}

}  // namespace berth::relay
