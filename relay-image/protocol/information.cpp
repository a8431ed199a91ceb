#include "relay-image/protocol/information.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/version.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

json::object LimitationOf(const RelayProfile& profile, const Limits& limits)
{
    json::object limitation{
        {"max_message_length", limits.max_message_bytes},
        {"max_subscriptions", limits.max_subscriptions},
        {"max_filters", limits.max_filters},
        {"max_limit", limits.max_limit},
        {"default_limit", limits.max_limit},
        {"max_subid_length", limits.max_subid_length},
        {"max_event_tags", limits.max_event_tags},
        {"max_content_length", limits.max_content_length},
        {"min_pow_difficulty", limits.min_pow_difficulty},
        {"auth_required", profile.auth_required},
        {"payment_required", !profile.fees.empty()},
        {"restricted_writes", profile.restricted_writes},
        {"created_at_upper_limit", limits.created_at_upper_limit},
    };
    if (limits.created_at_lower_limit > 0) {
        limitation["created_at_lower_limit"] = limits.created_at_lower_limit;
    }
    return limitation;
}

}  // namespace

std::string InformationDocument(const RelayProfile& profile, const Limits& limits)
{
    json::object document{
        {"name", profile.name},
        {"description", profile.description},
        {"supported_nips", {1, 9, 11, 13, 17, 40, 42, 45, 50, 59, 62, 67, 70, 77}},
        {"version", "berth-relay " + std::string{Version()}},
        {"limitation", LimitationOf(profile, limits)},
    };
    document["supported_nips"].as_array().push_back(86);
    if (!Homepage().empty()) document["software"] = Homepage();
    if (!profile.pubkey.empty()) document["pubkey"] = profile.pubkey;
    if (!profile.self.empty()) {
        document["self"] = profile.self;
        document["supported_nips"].as_array().push_back(43);
    }
    if (!profile.contact.empty()) document["contact"] = profile.contact;
    if (!profile.icon.empty()) document["icon"] = profile.icon;
    if (!profile.banner.empty()) document["banner"] = profile.banner;
    if (!profile.terms_of_service.empty()) {
        document["terms_of_service"] = profile.terms_of_service;
    }
    if (!profile.fees.empty()) {
        document["fees"] = json::parse(profile.fees);
        if (!profile.payments_url.empty()) document["payments_url"] = profile.payments_url;
    }
    if (!profile.retention.empty()) document["retention"] = json::parse(profile.retention);
    return json::serialize(document);
}

}  // namespace berth::relay
