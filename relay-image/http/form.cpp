#include "relay-image/http/form.hpp"

#include <algorithm>
#include <optional>

#include "core/base/percent_encoding.hpp"
#include "relay-image/transport/utf8.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxFields = 300;

std::optional<std::string> Unescaped(std::string_view text)
{
    std::string spaced{text};
    std::ranges::replace(spaced, '+', ' ');
    auto plain = PercentDecoded(spaced);
    if (!plain || !IsUtf8(*plain)) return std::nullopt;
    return plain;
}

}  // namespace

Result<Form> Form::Parse(std::string_view body)
{
    Form form;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto pair = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = Unescaped(pair.substr(0, equals));
        auto value = Unescaped(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || form.fields_.size() == kMaxFields) {
            return Fail(ErrorCode::kInvalid, "BAD_FORM", "The form cannot be read.");
        }
        form.fields_.push_back({std::move(*name), std::move(*value)});
    }
    return form;
}

std::string Form::Value(std::string_view name) const
{
    const auto found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? "" : found->value;
}

}  // namespace berth::relay
