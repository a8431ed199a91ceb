#include "cli/text.hpp"

#include <algorithm>
#include <cstdio>

#include "core/base/clock.hpp"

namespace berth::cli {
namespace {

std::string Line(const std::string& label, const std::string& value)
{
    if (value.empty()) return "";
    return label + std::string(label.size() < 12 ? 12 - label.size() : 1, ' ') + value + "\n";
}

std::string DueLines(const google::protobuf::RepeatedPtrField<v1::Due>& dues)
{
    std::string text;
    for (const auto& due : dues) {
        text += Line("due", due.amount() +
                                (due.asset() == "xrp" ? " drops of XRP" : " " + due.asset()) +
                                " by rail " + due.rail());
    }
    return text;
}

}  // namespace

std::string Printable(std::string text)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool c0 = (at(i) < 0x20 && text[i] != '\n') || at(i) == 0x7f;
        // U+0080 to U+009F as UTF-8: some terminals take them for escapes of one byte.
        const bool c1 =
            at(i) == 0xc2 && i + 1 < text.size() && at(i + 1) >= 0x80 && at(i + 1) < 0xa0;
        if (c1) text.erase(i + 1, 1);
        if (c0 || c1) text[i] = '?';
    }
    return text;
}

std::string Dollars(std::int64_t usd_micros)
{
    const bool cents = usd_micros % 10000 == 0;
    const auto magnitude = usd_micros < 0 ? -usd_micros : usd_micros;
    char text[48];
    std::snprintf(
        text, sizeof text, cents ? "%s$%lld.%02lld" : "%s$%lld.%06lld", usd_micros < 0 ? "-" : "",
        static_cast<long long>(magnitude / 1000000),
        static_cast<long long>(cents ? magnitude % 1000000 / 10000 : magnitude % 1000000));
    return text;
}

std::string ClockTime(std::int64_t micros)
{
    auto text = FormatTime(Time{std::chrono::microseconds{micros}}).substr(0, 19);
    text[10] = ' ';
    return text;
}

std::string StateName(v1::OrderState state)
{
    constexpr std::size_t kPrefix = sizeof "ORDER_STATE_" - 1;
    auto name = v1::OrderState_Name(state).substr(kPrefix);
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c == '_' ? ' ' : static_cast<char>(c | 32); });
    return name;
}

bool Ended(v1::OrderState state)
{
    return state == v1::ORDER_STATE_CLOSED || state == v1::ORDER_STATE_FAILED ||
           state == v1::ORDER_STATE_CANCELLED;
}

std::string Describe(const v1::Plan& plan)
{
    const auto& resources = plan.resources();
    const auto volume = resources.storage_class().empty()
                            ? std::string{" (lost when the provider starts it afresh)"}
                            : " on a volume (" + resources.storage_class() + ")";
    char compute[96];
    std::snprintf(compute, sizeof compute, "%g cores, %lld MiB memory, %lld GiB storage",
                  static_cast<double>(resources.cpu_millis()) / 1000,
                  static_cast<long long>(resources.memory_bytes() >> 20),
                  static_cast<long long>(resources.storage_bytes() >> 30));
    return plan.name() + (plan.paused() ? "  (paused)" : "") + "  " + plan.title() + "\n  " +
           Dollars(plan.monthly_usd_micros()) + " a month, " + Dollars(plan.setup_usd_micros()) +
           " setup; " + compute + volume;
}

std::string Describe(const v1::Quote& quote)
{
    return Line("quote", quote.name()) + Line("plan", quote.plan()) +
           Line("setup", Dollars(quote.setup_usd_micros())) +
           Line("month", Dollars(quote.monthly_usd_micros())) + DueLines(quote.due()) +
           Line("good until", ClockTime(quote.expires_at()) + " UTC");
}

std::string Describe(const v1::Order& order)
{
    auto text =
        Line("order", order.name()) + Line("state", StateName(order.state())) +
        Line("plan", order.plan()) + Line("relay", order.relay_url()) +
        Line("host", order.custom_hostname().empty() ? order.hostname() : order.custom_hostname()) +
        Line("price", Dollars(order.monthly_usd_micros()) + " a month, " +
                          Dollars(order.setup_usd_micros()) + " setup");
    if (order.state() == v1::ORDER_STATE_AWAITING_PAYMENT) {
        text +=
            DueLines(order.due()) + Line("pay until", ClockTime(order.quote_expires_at()) + " UTC");
    }
    if (order.paid_through() > 0)
        text += Line("paid until", ClockTime(order.paid_through()) + " UTC");
    if (order.has_failure()) {
        text += Line("failed", order.failure().message()) + Line("next", order.failure().next());
        if (!order.failure().refunded().empty()) {
            text += Line("given back", order.failure().refunded() + " " + order.failure().asset());
        }
    }
    if (order.acceptance().checks_size() > 0) {
        text += Describe(order.acceptance());
    }
    return text;
}

std::string Describe(const v1::OrderEvent& event)
{
    return ClockTime(event.time()).substr(11) + "  " + StateName(event.state()) + ": " +
           event.message() + "\n";
}

std::string Describe(const v1::Channel& channel)
{
    return Line("channel", channel.name()) + Line("status", channel.status()) +
           Line("capacity", channel.capacity() + " " + channel.asset()) +
           Line("accepted", channel.accepted()) + Line("unapplied", channel.unapplied()) +
           Line("held", channel.held()) + Line("redeemed", channel.redeemed());
}

std::string Describe(const v1::AcceptanceReport& report)
{
    auto text = Line("acceptance", report.accepted() ? "accepted" : "refused");
    for (const auto& check : report.checks()) {
        char line[96];
        std::snprintf(line, sizeof line, "  %-4s %-24s %8.1f ms  ", check.passed() ? "ok" : "FAIL",
                      check.name().c_str(), static_cast<double>(check.latency_micros()) / 1000);
        text += line + check.detail() + "\n";
    }
    return text;
}

std::string Describe(const v1::Margin& margin)
{
    const auto line = [](const char* label, std::int64_t micros) {
        char text[64];
        std::snprintf(text, sizeof text, "%-12s%16s\n", label, Dollars(micros).c_str());
        return std::string{text};
    };
    return line("revenue", margin.revenue_usd_micros()) +
           line("lease", -margin.lease_cost_usd_micros()) +
           line("other", -margin.other_cost_usd_micros()) +
           line("margin", margin.margin_usd_micros()) + "as of       " + ClockTime(margin.as_of()) +
           " UTC, seen by the " + margin.viewpoint() + "\n";
}

std::string DescribeShort(const v1::Order& order)
{
    return order.name() + "  " + StateName(order.state()) + "  " + order.plan() + "  " +
           order.hostname();
}

std::string OrderName(const std::string& id_or_name)
{
    return id_or_name.starts_with("orders/") ? id_or_name : "orders/" + id_or_name;
}

std::string PlanName(const std::string& id_or_name)
{
    return id_or_name.starts_with("plans/") ? id_or_name : "plans/" + id_or_name;
}

}  // namespace berth::cli
