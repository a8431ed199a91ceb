#include "relay-image/http/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace berth::relay {

namespace json = boost::json;

std::string HealthDocument(const Health& health, Time now)
{
    json::array warnings;
    if (!health.database_up)
        warnings.emplace_back("PostgreSQL does not answer; events are refused");
    if (health.draining) warnings.emplace_back("the relay is stopping");
    return json::serialize(
        json::object{{"status", health.sound() ? "ok" : "unavailable"},
                     {"timestamp", FormatTime(now)},
                     {"services", json::object{{"relay", health.draining ? "stopping" : "ok"},
                                               {"postgresql", health.database_up ? "ok" : "down"},
                                               {"redis", "disabled"},
                                               {"payment_verifier", "disabled"}}},
                     {"warnings", std::move(warnings)}});
}

}  // namespace berth::relay
