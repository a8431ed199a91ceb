#include "marketplace/orders/terms.hpp"

#include <algorithm>

#include "marketplace/orders/credit_order.hpp"

namespace berth::orders {
namespace {

constexpr std::size_t kHostnameMax = 253;
constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kRelayNameMax = 60;
constexpr std::size_t kDescriptionMax = 500;
constexpr std::size_t kIdMax = 80;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLdh(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; }

bool IsLabel(std::string_view label)
{
    return !label.empty() && label.size() <= kLabelMax && std::ranges::all_of(label, IsLdh) &&
           label.front() != '-' && label.back() != '-';
}

Error BadHostname(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_HOSTNAME", std::move(message));
}

/// Characters of UTF-8, and no control character among them.
Result<void> CheckText(std::string_view what, std::string_view text, std::size_t limit)
{
    const auto controls = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    if (std::ranges::any_of(text, controls) ||
        static_cast<std::size_t>(std::ranges::count_if(text, starts)) > limit) {
        return Fail(ErrorCode::kInvalid, "BAD_TERMS",
                    std::string{what} + " has at most " + std::to_string(limit) +
                        " characters and no control characters.");
    }
    return {};
}

Result<void> CheckTexts(const std::string& name, const std::string& description)
{
    if (auto checked = CheckText("The relay's name", name, kRelayNameMax); !checked) return checked;
    return CheckText("The relay's description", description, kDescriptionMax);
}

}  // namespace

Result<void> CheckHostname(std::string_view name)
{
    if (name.size() > kHostnameMax) return BadHostname("A host name has at most 253 characters.");
    std::size_t labels = 0;
    std::string_view last;
    for (auto rest = name;; ++labels) {
        const auto dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!IsLabel(last)) {
            return BadHostname(
                "A host name consists of letters a-z, digits and hyphens in labels.");
        }
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    if (labels == 0) return BadHostname("A public host name has at least two labels.");
    if (std::ranges::all_of(last, IsDigit)) return BadHostname("An address is not a host name.");
    return {};
}

Result<void> CheckTerms(const v1::OrderTerms& terms)
{
    if (auto plan = ReadName("plans", terms.plan()); !plan) {
        return Fail(ErrorCode::kInvalid, "BAD_TERMS", "The terms name no plan.");
    }
    if (!terms.quote().empty() && !ReadName("quotes", terms.quote())) {
        return Fail(ErrorCode::kInvalid, "BAD_TERMS", "The quote's name is malformed.");
    }
    if (!terms.custom_hostname().empty()) {
        if (auto checked = CheckHostname(terms.custom_hostname()); !checked) return checked;
    }
    if (!terms.pay_from().empty()) {
        if (auto channel = ReadPayFrom({}, terms.pay_from()); !channel) return channel.error();
    }
    return CheckTexts(terms.relay_name(), terms.relay_description());
}

Result<void> CheckTerms(const v1::AmendTerms& terms)
{
    return CheckTexts(terms.relay_name(), terms.relay_description());
}

Result<std::string> ReadName(std::string_view collection, std::string_view name)
{
    const auto prefix = collection.size() + 1;
    const auto id = name.substr(std::min(prefix, name.size()));
    if (!name.starts_with(collection) || name.size() <= prefix || name[prefix - 1] != '/' ||
        id.size() > kIdMax || !std::ranges::all_of(id, IsLdh)) {
        return Fail(ErrorCode::kInvalid, "BAD_NAME",
                    "The name has to be `" + std::string{collection} + "/{id}`.");
    }
    return std::string{id};
}

}  // namespace berth::orders
