#include "core/base/strict_json.hpp"

#include <set>
#include <string>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace berth {
namespace {

namespace json = boost::json;

/// Walks the text once for what boost::json::parse does not refuse.
struct Inspector {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    bool integers_only = false;
    bool duplicate = false;
    bool fraction = false;
    std::string key;
    std::vector<std::set<std::string>> keys;

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t, json::error_code&) { return true; }
    bool on_object_begin(json::error_code&)
    {
        keys.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code&)
    {
        keys.pop_back();
        return true;
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&)
    {
        key += part;
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code& error)
    {
        key += part;
        duplicate = !keys.back().insert(std::exchange(key, {})).second;
        if (duplicate) error = json::error::syntax;
        return !duplicate;
    }
    bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code& error)
    {
        fraction = integers_only;
        if (fraction) error = json::error::syntax;
        return !fraction;
    }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

}  // namespace

Result<json::value> ParseJsonStrict(std::string_view text, const JsonLimits& limits)
{
    if (text.size() > limits.bytes) {
        return Fail(ErrorCode::kInvalid, "TOO_LARGE",
                    "The JSON text has more than " + std::to_string(limits.bytes) + " bytes.");
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    json::basic_parser<Inspector> parser{options};
    parser.handler().integers_only = limits.integers_only;
    json::error_code error;
    const auto read = parser.write_some(false, text.data(), text.size(), error);
    if (parser.handler().duplicate) {
        return Fail(ErrorCode::kInvalid, "JSON_DUPLICATE_KEY", "A JSON object has a key twice.");
    }
    if (parser.handler().fraction) {
        return Fail(ErrorCode::kInvalid, "JSON_NOT_INTEGER", "A JSON number is not an integer.");
    }
    if (error == json::error::too_deep) {
        return Fail(ErrorCode::kInvalid, "TOO_DEEP", "The JSON text is nested too deeply.");
    }
    if (error || read != text.size()) {
        return Fail(ErrorCode::kInvalid, "BAD_JSON", "The text is not valid JSON.");
    }
    auto value = json::parse(json::string_view{text.data(), text.size()}, error, {}, options);
    if (error) return Fail(ErrorCode::kInvalid, "BAD_JSON", "The text is not valid JSON.");
    return value;
}

}  // namespace berth
