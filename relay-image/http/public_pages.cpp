#include "relay-image/http/public_pages.hpp"

#include "relay-image/governance/profile.hpp"
#include "relay-image/http/assets.hpp"
#include "relay-image/http/cors.hpp"
#include "relay-image/http/landing.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view kInformationType = "application/nostr+json";

Answer Root(const HttpCall& call, const SessionContext& sessions)
{
    auto profile = CurrentProfile(sessions.profile, sessions.access);
    const auto host = call.Header(http::field::host);
    if (profile.payments_url.empty()) {
        profile.payments_url = "http://" + std::string{host} + "/payments";
    }
    if (call.Header(http::field::accept).find(kInformationType) != std::string_view::npos) {
        return {.type = std::string{kInformationType},
                .body = InformationDocument(profile, sessions.limits),
                .headers = kCorsHeaders};
    }
    if (call.Header(http::field::accept).find("text/html") != std::string_view::npos) {
        const auto rules = sessions.access.rules();
        const auto policy = rules->settings.find("posting_policy");
        return Rendered(LandingPage(profile, sessions.limits, host,
                                    policy == rules->settings.end() ? "" : policy->second,
                                    sessions.paywall.fees()));
    }
    return {.body = profile.name + " is a Nostr relay; open it with a Nostr client.\n"};
}

void AddAssets(Routes& routes)
{
    for (const auto& asset : Assets()) {
        routes.Add(Routes::Verb::get, AssetPath(asset.name),
                   [&asset](const HttpCall&) -> asio::awaitable<Answer> {
                       co_return Answer{
                           .type = std::string{asset.type},
                           .body = std::string{asset.content},
                           .headers = {{"Cache-Control", "public, max-age=31536000, immutable"}}};
                   });
    }
}

Answer HealthAnswer(const Health& health, Time now)
{
    return {.status = health.sound() ? http::status::ok : http::status::service_unavailable,
            .type = "application/json",
            .body = HealthDocument(health, now),
            .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace

void AddPublicPages(Routes& routes, const SessionContext& sessions, std::function<Health()> health)
{
    routes.Add(Routes::Verb::get, "/",
               [&sessions](const HttpCall& call) -> asio::awaitable<Answer> {
                   co_return Root(call, sessions);
               });
    routes.Add(Routes::Verb::options, "/", [](const HttpCall&) -> asio::awaitable<Answer> {
        co_return Answer{.status = http::status::no_content, .headers = kCorsHeaders};
    });
    routes.Add(Routes::Verb::get, "/health",
               [&sessions, health = std::move(health)](const HttpCall&) -> asio::awaitable<Answer> {
                   co_return HealthAnswer(health(), sessions.clock.Now());
               });
    AddAssets(routes);
}

}  // namespace berth::relay
