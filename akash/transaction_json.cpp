#include "akash/transaction_json.hpp"

#include <ctime>

#include <boost/json.hpp>

namespace berth::akash {
namespace {

namespace json = boost::json;

std::string Rfc3339Micros(Time time)
{
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const auto parts = std::chrono::system_clock::to_time_t(second);
    std::tm utc{};
    ::gmtime_r(&parts, &utc);
    char date[32];
    char text[48];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text, sizeof text, "%s.%06dZ", date, static_cast<int>((time - second).count()));
    return text;
}

}  // namespace

std::string UnsignedJson(const TransactionBody& body, const TransactionFee& fee)
{
    json::array coins;
    if (fee.amount > money::Amount{0}) {
        coins.push_back(json::object{{"denom", fee.denom}, {"amount", fee.amount.ToString()}});
    }
    json::value timeout;
    if (!body.place) timeout = json::string{Rfc3339Micros(body.timeout)};
    const auto height = body.place ? body.place->timeout_height : 0;
    return json::serialize(json::object{
        {"body", json::object{{"messages", body.messages},
                              {"memo", ""},
                              {"timeout_height", std::to_string(height)},
                              {"unordered", !body.place},
                              {"timeout_timestamp", timeout},
                              {"extension_options", json::array{}},
                              {"non_critical_extension_options", json::array{}}}},
        {"auth_info", json::object{{"signer_infos", json::array{}},
                                   {"fee", json::object{{"amount", coins},
                                                        {"gas_limit", std::to_string(fee.gas)},
                                                        {"payer", ""},
                                                        {"granter", ""}}},
                                   {"tip", nullptr}}},
        {"signatures", json::array{}}});
}

}  // namespace berth::akash
