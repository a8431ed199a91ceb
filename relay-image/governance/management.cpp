#include "relay-image/governance/management.hpp"

#include "core/base/strict_json.hpp"
#include "relay-image/governance/management_methods.hpp"
#include "relay-image/governance/method_names.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;

constexpr JsonLimits kCallLimits{.bytes = 64 * 1024, .depth = 4, .integers_only = true};

Result<void> MayCall(const Amendment& amendment, const std::string& method)
{
    const auto& actor = amendment.actor();
    if (actor.is_owner || amendment.rules().MayCall(actor.pubkey, method)) return {};
    return Fail(ErrorCode::kForbidden, "METHOD_NOT_ALLOWED",
                "This key may not call " + method + ".");
}

json::array MethodsOf(const Amendment& amendment)
{
    json::array names;
    for (const auto name : MethodNames()) {
        if (MayCall(amendment, std::string{name})) names.emplace_back(name);
    }
    return names;
}

}  // namespace

Result<ManagementCall> ParseManagementCall(std::string_view body)
{
    auto parsed = ParseJsonStrict(body, kCallLimits);
    if (!parsed) return parsed.error();
    const auto bad =
        Fail(ErrorCode::kInvalid, "BAD_CALL", "A call is {\"method\": text, \"params\": [...]}.");
    if (!parsed->is_object()) return bad;
    auto& object = parsed->get_object();
    const auto* method = object.if_contains("method");
    auto* params = object.if_contains("params");
    if (!method || !method->is_string() || (params && !params->is_array())) return bad;
    return ManagementCall{.method = std::string{method->get_string()},
                          .params = params ? std::move(params->get_array()) : json::array{}};
}

Governor::Act ActOf(ManagementCall call)
{
    return
        [call = std::move(call)](Amendment& amendment, EventStore& store) -> Result<json::value> {
            if (call.method == "supportedmethods") return json::value(MethodsOf(amendment));
            const auto run = FindMethod(call.method);
            if (!run) {
                return Fail(ErrorCode::kNotFound, "UNKNOWN_METHOD",
                            "There is no method \"" + call.method + "\".");
            }
            if (const auto allowed = MayCall(amendment, call.method); !allowed)
                return allowed.error();
            return run(amendment, store, Parameters{call.params});
        };
}

}  // namespace berth::relay
