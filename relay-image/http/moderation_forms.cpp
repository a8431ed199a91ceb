#include "relay-image/http/moderation_forms.hpp"

#include <charconv>

#include "core/nostr/keys.hpp"
#include "relay-image/http/html.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxParameters = 8;

std::string Hidden(std::string_view name, std::string_view value)
{
    return "<input type=\"hidden\" name=\"" + Escaped(name) + "\" value=\"" + Escaped(value) +
           "\">";
}

std::string FieldHtml(const FormField& field)
{
    if (field.label.empty()) return Hidden(field.name, field.value);
    const bool flag = field.name.starts_with("flag");
    const auto type = flag ? "checkbox" : field.name.starts_with("int") ? "number" : "text";
    std::string input = "<input type=\"" + std::string{type} + "\" name=\"" + field.name + "\"";
    if (!field.value.empty()) input += " value=\"" + Escaped(field.value) + "\"";
    if (field.required) input += " required";
    input += " autocomplete=\"off\">";
    const auto hint = field.hint.empty() ? "" : " <small>" + Escaped(field.hint) + "</small>";
    return "<label>" +
           (flag ? input + " " + Escaped(field.label)
                 : Escaped(field.label) + hint + "<br>" + input) +
           "</label>\n";
}

Error BadForm() { return Fail(ErrorCode::kInvalid, "BAD_FORM", "The form cannot be read."); }

Result<json::value> ValueOf(std::string_view type, const std::string& text)
{
    if (type == "text") return json::value(text);
    if (type == "flag") return json::value(true);
    if (type == "key") {
        const auto pubkey = nostr::ParsePubkey(text);
        if (!pubkey) return pubkey.error();
        return json::value(*pubkey);
    }
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (type != "int" || read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
        return Fail(ErrorCode::kInvalid, "BAD_FORM", "A whole number is needed.");
    }
    return json::value(number);
}

Result<void> Put(json::array& params, const Form::Field& field)
{
    const auto& name = field.name;
    const auto place = static_cast<std::size_t>(name.back() - '0');
    const auto type = std::string_view{name}.substr(0, name.size() - 1);
    if (place >= kMaxParameters) return BadForm();
    if (params.size() <= place) params.resize(place + 1);
    if (type == "item") {
        if (!params[place].is_array()) params[place].emplace_array();
        if (!field.value.empty()) params[place].get_array().emplace_back(field.value);
        return {};
    }
    if (field.value.empty()) return {};
    auto value = ValueOf(type, field.value);
    if (!value) return value.error();
    params[place] = std::move(*value);
    return {};
}

}  // namespace

std::string FormHtml(const MethodForm& form, const ModerationView& view)
{
    std::string html = "<form method=\"post\" action=\"/dashboard/act\">" +
                       Hidden("token", view.token) + Hidden("method", form.method) +
                       Hidden("back", PathOf(form.back));
    for (const auto& field : form.fields) html += FieldHtml(field);
    return html + form.extra + "<button>" + Escaped(form.button) + "</button></form>\n";
}

Result<ManagementCall> CallOf(const Form& form)
{
    ManagementCall call{.method = form.Value("method"), .params = {}};
    for (const auto& field : form.fields()) {
        if (field.name.empty() || field.name.back() < '0' || field.name.back() > '9') continue;
        if (const auto put = Put(call.params, field); !put) return put.error();
    }
    return call;
}

}  // namespace berth::relay
