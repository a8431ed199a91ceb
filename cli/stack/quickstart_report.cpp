#include "cli/stack/quickstart_report.hpp"

#include <cstdio>

#include <boost/json.hpp>

#include "cli/text.hpp"

namespace berth::stack {
namespace {

namespace json = boost::json;

std::string Text(const json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string{value->get_string()} : "";
}

std::string Checks(const json::object& acceptance)
{
    std::string text;
    for (const auto& item : acceptance.at("checks").as_array()) {
        const auto& check = item.as_object();
        text += check.at("passed").as_bool() ? "  ok    " : "  FAIL  ";
        text += Text(check, "name") + "  " + Text(check, "detail") + "\n";
    }
    return text;
}

std::string Amount(const json::object& outcome, const char* label, std::string_view key)
{
    char line[80];
    std::snprintf(line, sizeof line, "  %-12s%14s\n", label,
                  cli::Dollars(outcome.at(key).as_int64()).c_str());
    return line;
}

/// Reaches the relay by its name over the edge, although no other resolver knows the name.
std::string Command(World& world, const json::object& outcome)
{
    const auto& layout = world.layout();
    return layout.Berth().string() + " relay test " + Text(outcome, "relay_url") +
           " --relay-ca-file " + Text(outcome, "ca_file") + " --resolver " + Local(layout.bind) +
           " --connect-port " + std::to_string(layout.edge) +
           " --allow-network 127.0.0.0/8 --no-dashboard --key-file " +
           (layout.folder / "customer/key").string();
}

/// Numbers of a double's own serialisation would come with exponents.
std::string Plain(const json::value& value)
{
    if (!value.is_double()) return json::serialize(value);
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value.as_double());
    return text;
}

}  // namespace

std::string DescribeRuntime(const json::object& runtime)
{
    if (runtime.empty()) return "";
    if (Text(runtime, "runs_as") == "container") {
        return "Relays run as containers of the image " + Text(runtime, "digest") + "\n";
    }
    return "Relays run as plain programs: " + Text(runtime, "why_not") + "\n";
}

std::string DescribeOutcome(World& world, const json::object& outcome, bool goes_on)
{
    const auto relay = goes_on ? "\nYour relay runs at  " + Text(outcome, "relay_url") +
                                     "\n\nTalk to it:\n  " + Command(world, outcome) + "\n"
                               : "\nThe relay ran at  " + Text(outcome, "relay_url") + "\n";
    return relay + "\nAcceptance report of the marketplace:\n" +
           Checks(outcome.at("acceptance").as_object()) + "\nMargin of this customer so far:\n" +
           Amount(outcome, "revenue", "revenue_usd_micros") +
           Amount(outcome, "lease", "lease_cost_usd_micros") +
           Amount(outcome, "other", "other_cost_usd_micros") +
           Amount(outcome, "margin", "margin_usd_micros") + "\n";
}

std::string OutcomeLine(const json::object& outcome)
{
    std::string line;
    for (const auto& [key, value] : outcome) {
        line += (line.empty() ? "{" : ",") + json::serialize(key) + ":" + Plain(value);
    }
    return line + "}";
}

}  // namespace berth::stack
