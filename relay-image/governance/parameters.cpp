#include "relay-image/governance/parameters.hpp"

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kMaxKind = 65535;

Error Wrong(std::size_t place, const std::string& needed)
{
    return Fail(ErrorCode::kInvalid, "BAD_PARAMS",
                "Parameter " + std::to_string(place + 1) + " is " + needed + ".");
}

}  // namespace

bool Parameters::Has(std::size_t place) const
{
    return place < values_.size() && !values_[place].is_null();
}

Result<std::string> Parameters::Hex(std::size_t place, const char* what) const
{
    const auto text = Text(place);
    if (text && IsLowerHex(*text, 64)) return text;
    return Wrong(place, std::string{what} + " of 64 lower-case hex digits");
}

Result<std::string> Parameters::Pubkey(std::size_t place) const
{
    return Hex(place, "a public key");
}

Result<std::string> Parameters::EventId(std::size_t place) const
{
    return Hex(place, "an event id");
}

Result<std::string> Parameters::Text(std::size_t place) const
{
    if (!Has(place) || !values_[place].is_string()) return Wrong(place, "a text");
    return std::string{values_[place].get_string()};
}

Result<std::string> Parameters::OptionalText(std::size_t place) const
{
    return Has(place) ? Text(place) : Result<std::string>{std::string{}};
}

Result<std::int64_t> Parameters::Integer(std::size_t place) const
{
    if (!Has(place) || !values_[place].is_int64()) return Wrong(place, "a whole number");
    return values_[place].get_int64();
}

Result<std::int64_t> Parameters::OptionalInteger(std::size_t place, std::int64_t fallback) const
{
    return Has(place) ? Integer(place) : Result<std::int64_t>{fallback};
}

Result<bool> Parameters::OptionalBool(std::size_t place, bool fallback) const
{
    if (!Has(place)) return fallback;
    if (!values_[place].is_bool()) return Wrong(place, "true or false");
    return values_[place].get_bool();
}

Result<std::set<std::string>> Parameters::OptionalTexts(std::size_t place) const
{
    std::set<std::string> texts;
    if (!Has(place)) return texts;
    if (!values_[place].is_array()) return Wrong(place, "a list of texts");
    for (const auto& value : values_[place].get_array()) {
        if (!value.is_string()) return Wrong(place, "a list of texts");
        texts.emplace(value.get_string());
    }
    return texts;
}

Result<int> Parameters::Kind(std::size_t place) const
{
    const auto number = Integer(place);
    if (!number || *number < 0 || *number > kMaxKind) return Wrong(place, "a kind, 0 to 65535");
    return static_cast<int>(*number);
}

}  // namespace berth::relay
