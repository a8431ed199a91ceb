#include "akash/sandbox/cli/yaml_text.hpp"

#include <map>

#include <boost/json.hpp>

namespace berth::sandbox {
namespace {

namespace json = boost::json;

/// True for a text that YAML would read as a number, a boolean, nothing, or markup.
bool NeedsQuotes(const std::string& text)
{
    if (text.empty() || text == "true" || text == "false" || text == "null" || text == "~") {
        return true;
    }
    if (text.find_first_not_of("0123456789.+-eE_:") == text.npos) return true;
    return std::string{"-?:,[]{}#&*!|>'\"%@` "}.find(text.front()) != std::string::npos ||
           text.find(": ") != text.npos || text.find(" #") != text.npos;
}

bool IsEmptyOrPlain(const json::value& value)
{
    if (const auto* object = value.if_object()) return object->empty();
    if (const auto* array = value.if_array()) return array->empty();
    return true;
}

std::string Plain(const json::value& value)
{
    if (value.is_object()) return "{}";
    if (value.is_array()) return "[]";
    const auto* text = value.if_string();
    if (!text) return json::serialize(value);
    const std::string plain{text->data(), text->size()};
    return NeedsQuotes(plain) ? json::serialize(value) : plain;
}

void Write(const json::value& value, const std::string& indent, bool indent_first,
           std::string& out);

void WriteObject(const json::object& object, const std::string& indent, bool indent_first,
                 std::string& out)
{
    std::map<std::string, const json::value*> sorted;
    for (const auto& [key, member] : object) sorted.emplace(std::string{key}, &member);
    for (const auto& [key, member] : sorted) {
        out += (indent_first ? indent : "") + key + ":";
        indent_first = true;
        if (IsEmptyOrPlain(*member)) {
            out += " " + Plain(*member) + "\n";
            continue;
        }
        out += "\n";
        Write(*member, member->is_array() ? indent : indent + "  ", true, out);
    }
}

void Write(const json::value& value, const std::string& indent, bool indent_first, std::string& out)
{
    if (IsEmptyOrPlain(value)) {
        out += Plain(value) + "\n";
    } else if (const auto* object = value.if_object()) {
        WriteObject(*object, indent, indent_first, out);
    } else {
        for (const auto& element : value.as_array()) {
            out += (indent_first ? indent : "") + "- ";
            indent_first = true;
            Write(element, indent + "  ", false, out);
        }
    }
}

}  // namespace

std::string YamlText(const json::value& value)
{
    std::string out;
    Write(value, "", true, out);
    return out;
}

}  // namespace berth::sandbox
