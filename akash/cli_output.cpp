#include "akash/cli_output.hpp"

#include <charconv>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"

namespace berth::akash {
namespace {

constexpr std::size_t kJsonLimit = 8 << 20;
constexpr std::size_t kErrorTextLimit = 500;

Error Garbage(std::string message)
{
    return Fail(ErrorCode::kInternal, "NODE_GARBAGE", std::move(message));
}

/// Skips whole lines until one starts like a JSON document.
std::string_view SkipForeignLines(std::string_view text)
{
    while (!text.empty() && text[0] != '{' && text[0] != '[') {
        const auto end = text.find('\n');
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    return text;
}

template <typename Number>
Number NumberOf(const boost::json::value& value, const char* kind)
{
    if (const auto* number = value.if_int64()) {
        if (std::in_range<Number>(*number)) return static_cast<Number>(*number);
    } else if (const auto* large = value.if_uint64()) {
        if (std::in_range<Number>(*large)) return static_cast<Number>(*large);
    } else if (const auto* text = value.if_string()) {
        Number parsed{};
        const auto* end = text->data() + text->size();
        const auto [stopped, error] = std::from_chars(text->data(), end, parsed);
        if (!text->empty() && error == std::errc{} && stopped == end) return parsed;
    }
    throw FieldMissing{kind};
}

}  // namespace

Result<boost::json::value> ParseOutput(const CommandOutput& output)
{
    if (output.truncated) return Garbage("The program printed more than its limit.");
    const auto text = SkipForeignLines(output.out);
    if (text.empty()) return Garbage("The program printed no JSON.");
    auto value = ParseJsonStrict(text, {.bytes = kJsonLimit, .depth = 64});
    if (!value) return Garbage("The program printed text that is not JSON.");
    return value;
}

std::string ErrorText(const CommandOutput& output)
{
    constexpr std::string_view kPrefix = "Error: ";
    std::string_view text = output.err;
    const auto at = text.rfind(kPrefix);
    if (at != text.npos) text.remove_prefix(at + kPrefix.size());
    std::string clean;
    for (const char c : text.substr(0, kErrorTextLimit)) {
        const auto byte = static_cast<unsigned char>(c);
        clean += byte >= 0x20 && byte < 0x7f ? c : ' ';  // It may hold bytes that are not UTF-8.
    }
    while (clean.ends_with(' ')) clean.pop_back();
    return clean;
}

bool IsTransportTrouble(std::string_view text)
{
    for (const std::string_view sign :
         {"post failed", "dial tcp", "connection refused", "connection reset", "no such host",
          "error unmarshalling", "unexpected EOF", "i/o timeout", "context deadline exceeded",
          "nil Context", "code = Unavailable", "tls: ", "Client.Timeout"}) {
        if (text.find(sign) != text.npos) return true;
    }
    return text == "EOF" || text.ends_with(": EOF");
}

Fields Fields::at(std::string_view key) const
{
    const auto* object = value_->if_object();
    const auto* found = object ? object->if_contains({key.data(), key.size()}) : nullptr;
    if (!found) throw FieldMissing{std::string{key}};
    return Fields{*found};
}

bool Fields::has(std::string_view key) const
{
    const auto* object = value_->if_object();
    const auto* found = object ? object->if_contains({key.data(), key.size()}) : nullptr;
    return found && !found->is_null();
}

std::vector<Fields> Fields::list() const
{
    std::vector<Fields> fields;
    if (value_->is_null()) return fields;
    const auto* array = value_->if_array();
    if (!array) throw FieldMissing{"a list"};
    for (const auto& element : *array) fields.emplace_back(element);
    return fields;
}

std::string Fields::text() const
{
    const auto* text = value_->if_string();
    if (!text) throw FieldMissing{"a text"};
    return std::string{text->data(), text->size()};
}

bool Fields::flag() const
{
    const auto* flag = value_->if_bool();
    if (!flag) throw FieldMissing{"a boolean"};
    return *flag;
}

std::uint64_t Fields::unsigned64() const { return NumberOf<std::uint64_t>(*value_, "a number"); }
std::int64_t Fields::signed64() const { return NumberOf<std::int64_t>(*value_, "a number"); }
std::uint32_t Fields::unsigned32() const { return NumberOf<std::uint32_t>(*value_, "a number"); }

DecCoin Fields::coin() const
{
    const auto amount = ParseDec18(at("amount").text());
    if (!amount) throw FieldMissing{"a decimal amount"};
    return {.denom = at("denom").text(), .amount_e18 = *amount};
}

}  // namespace berth::akash
