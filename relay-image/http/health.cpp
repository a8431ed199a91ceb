#include "relay-image/http/health.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace berth::relay {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr auto kSlowStore = 1000ms;
constexpr std::int64_t kLittleDisk = 1LL << 30;
constexpr auto kCertificateNotice = std::chrono::hours{24 * 14};
constexpr auto kHostingNotice = std::chrono::hours{24 * 7};

}  // namespace

std::vector<std::string> WarningsOf(const Health& health, Time now)
{
    std::vector<std::string> warnings;
    if (!health.database_up) {
        warnings.emplace_back("the database does not answer; events are refused");
    }
    if (health.database_up && health.time_to_store > kSlowStore) {
        warnings.emplace_back("the database is slow: it takes " +
                              std::to_string(health.time_to_store.count()) +
                              " ms to store an event");
    }
    if (health.disk_free_bytes > 0 && health.disk_free_bytes < kLittleDisk) {
        warnings.emplace_back("the disk is nearly full: " +
                              std::to_string(health.disk_free_bytes >> 20) + " MiB are free");
    }
    if (health.certificate_ends && *health.certificate_ends < now + kCertificateNotice) {
        warnings.emplace_back("the certificate ends at " + FormatTime(*health.certificate_ends));
    }
    if (health.hosting_paid_through && *health.hosting_paid_through < now + kHostingNotice) {
        warnings.emplace_back("the balance is low: the hosting of this relay is paid until " +
                              FormatTime(*health.hosting_paid_through));
    }
    if (health.payment_verifier == VerifierState::kDown) {
        warnings.emplace_back("payments cannot be verified: the payment verifier does not answer");
    }
    if (health.redis == RedisState::kDown) {
        warnings.emplace_back(
            "Redis does not answer; live events of other replicas come by the database");
    }
    if (health.redis == RedisState::kRefuses) {
        warnings.emplace_back(
            "Redis refuses this relay (password or rights); live events of other replicas come by "
            "the database");
    }
    if (health.draining) warnings.emplace_back("the relay is stopping");
    return warnings;
}

std::string HealthDocument(const Health& health, Time now)
{
    const auto texts = WarningsOf(health, now);
    json::array warnings(texts.begin(), texts.end());
    json::object services{{"relay", health.draining ? "stopping" : "ok"},
                          {"postgresql", "disabled"},
                          {"redis", NameOf(health.redis)},
                          {"payment_verifier", NameOf(health.payment_verifier)}};
    services[health.storage] = health.database_up ? "ok" : "down";
    return json::serialize(json::object{{"status", health.sound() ? "ok" : "unavailable"},
                                        {"timestamp", FormatTime(now)},
                                        {"services", std::move(services)},
                                        {"warnings", std::move(warnings)}});
}

}  // namespace berth::relay
