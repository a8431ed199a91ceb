#include "relay-image/backup/manifest.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;

std::string Text(const json::value& value) { return std::string{value.as_string()}; }

BackupManifest Read(const json::value& value)
{
    BackupManifest manifest{.made_at = value.at("made_at").as_int64(),
                            .events = value.at("events").as_int64(),
                            .fingerprint = Text(value.at("fingerprint")),
                            .pieces = {},
                            .records = {}};
    for (const auto& piece : value.at("pieces").as_array()) {
        manifest.pieces.push_back({Text(piece.at("name")), piece.at("events").as_int64()});
    }
    for (const auto& record : value.at("records").as_array()) {
        manifest.records.push_back(
            {Text(record.at("collection")), Text(record.at("key")), Text(record.at("json"))});
    }
    return manifest;
}

}  // namespace

std::string ToText(const BackupManifest& manifest)
{
    json::array pieces, records;
    for (const auto& [name, events] : manifest.pieces) {
        pieces.push_back(json::object{{"name", name}, {"events", events}});
    }
    for (const auto& [collection, key, text] : manifest.records) {
        records.push_back(json::object{{"collection", collection}, {"key", key}, {"json", text}});
    }
    return json::serialize(json::object{{"format", kFormat},
                                        {"made_at", manifest.made_at},
                                        {"events", manifest.events},
                                        {"fingerprint", manifest.fingerprint},
                                        {"pieces", std::move(pieces)},
                                        {"records", std::move(records)}});
}

Result<BackupManifest> ParseManifest(std::string_view text)
{
    const auto bad = [](const std::string& why) {
        return Fail(ErrorCode::kInvalid, "BAD_MANIFEST", "The backup's manifest: " + why);
    };
    try {
        const auto value = json::parse({text.data(), text.size()});
        if (value.at("format") != kFormat) return bad("it is of a later version.");
        return Read(value);
    } catch (const std::exception& error) {  // Boost.JSON's: a field is missing or of another type.
        return bad(error.what());
    }
}

void Fingerprint::Add(std::string_view id)
{
    const auto digest = Sha256(state_.append(id));
    state_.assign(digest.begin(), digest.end());
}

std::string Fingerprint::Text() const { return ToHex(state_); }

}  // namespace berth::relay
