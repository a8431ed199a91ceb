#include "akash/cli_manifest.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "akash/chain.hpp"
#include "akash/cli_output.hpp"
#include "akash/manifest_match.hpp"
#include "akash/relay_services.hpp"
#include "akash/secret_file.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;

constexpr std::size_t kCheckedMax = 1000;  // Plans; beyond it each deployment is compared.

/// Go's encoder also escapes what would be live in HTML, and two line separators.
std::string EscapeAsGo(const std::string& serialized)
{
    std::string out;
    for (std::size_t i = 0; i < serialized.size(); ++i) {
        const char c = serialized[i];
        if (c == '<') {
            out += "\\u003c";
        } else if (c == '>') {
            out += "\\u003e";
        } else if (c == '&') {
            out += "\\u0026";
        } else if (serialized.compare(i, 3, "\xe2\x80\xa8") == 0) {
            out += "\\u2028";
            i += 2;
        } else if (serialized.compare(i, 3, "\xe2\x80\xa9") == 0) {
            out += "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

json::value Sorted(const json::value& value)
{
    if (const auto* array = value.if_array()) {
        json::array sorted;
        for (const auto& element : *array) sorted.push_back(Sorted(element));
        return sorted;
    }
    const auto* object = value.if_object();
    if (!object) return value;
    std::map<std::string, json::value> entries;
    for (const auto& [key, member] : *object) entries.emplace(std::string{key}, Sorted(member));
    json::object sorted;
    for (auto& [key, member] : entries) sorted.emplace(key, std::move(member));
    return sorted;
}

Fields FirstOf(const Fields& list)
{
    const auto elements = list.list();
    if (elements.empty()) throw FieldMissing{"a group"};
    return elements.front();
}

json::object Value(std::int64_t number) { return {{"val", std::to_string(number)}}; }

json::array StorageOf(const RelayService& service)
{
    const json::array none;
    json::array storage{json::object{
        {"name", "default"}, {"quantity", Value(service.storage_bytes)}, {"attributes", none}}};
    if (service.volume) {
        const json::array attributes{
            json::object{{"key", "class"}, {"value", service.volume->storage_class}},
            json::object{{"key", "persistent"}, {"value", "true"}}};
        storage.push_back(json::object{{"name", kVolumeName},
                                       {"quantity", Value(service.volume->bytes)},
                                       {"attributes", attributes}});
    }
    return storage;
}

json::object ResourceUnit(const RelayService& service, std::size_t id, const std::string& denom)
{
    json::array endpoints;
    if (service.global) {
        endpoints.push_back(json::object{{"kind", "SHARED_HTTP"}, {"sequence_number", 0}});
    }
    const json::array none;
    return {{"resource",
             json::object{
                 {"id", id},
                 {"cpu", json::object{{"units", Value(service.cpu_millis)}, {"attributes", none}}},
                 {"memory",
                  json::object{{"quantity", Value(service.memory_bytes)}, {"attributes", none}}},
                 {"storage", StorageOf(service)},
                 {"gpu", json::object{{"units", Value(0)}, {"attributes", none}}},
                 {"endpoints", endpoints}}},
            {"count", 1},
            {"price", json::object{{"denom", denom}, {"amount", FormatDec18(service.price_e18)}}}};
}

std::string TextOf(const json::value& text)
{
    return std::string{text.as_string().data(), text.as_string().size()};
}

/// A hash of groups that is the same whatever they cost.
std::string ShapeOf(json::value groups)
{
    for (auto& group : groups.as_array()) {
        for (auto& unit : group.at("resources").as_array()) unit.as_object().erase("price");
    }
    return ToHex(Sha256(json::serialize(groups)));
}

}  // namespace

std::string ManifestHashHex(const json::value& manifest)
{
    return ToHex(Sha256(EscapeAsGo(json::serialize(Sorted(manifest)))));
}

std::string GroupsJson(const RelayDeployment& deployment)
{
    json::array attributes;
    for (const auto& [key, value] : deployment.required_attributes) {
        attributes.push_back(json::object{{"key", key}, {"value", value}});
    }
    json::array resources;
    for (const auto& service : ServicesOf(deployment)) {
        resources.push_back(ResourceUnit(service, resources.size() + 1, deployment.denom));
    }
    const json::array none;
    return json::serialize(json::array{
        json::object{{"name", kPlacement},
                     {"requirements",
                      json::object{{"signed_by", json::object{{"all_of", none}, {"any_of", none}}},
                                   {"attributes", attributes}}},
                     {"resources", resources}}});
}

Result<Manifest> CliManifestSource::ManifestOf(const Secret& sdl, const RelayDeployment& deployment,
                                               Deadline deadline)
{
    const auto file = SecretFile::Write(sdl, "deployment.yaml");
    if (!file) return file.error();
    Command command;
    command.argv = {programs_.provider_services, "sdl-to-manifest", file->path().string()};
    const auto output = runner_.Run(command, deadline.AtMost(programs_.query_limit));
    if (!output) {
        return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", output.error().message);
    }
    if (output->exit_code != 0) return Fail(ErrorCode::kInvalid, "SDL_REFUSED", ErrorText(*output));
    const auto manifest = ParseOutput(*output);
    if (!manifest) return Fail(ErrorCode::kInvalid, "SDL_REFUSED", manifest.error().message);
    const auto services = ReadFields(*manifest, [](const Fields& fields) {
        std::vector<std::string> names;
        for (const auto& service : FirstOf(fields).at("services").list()) {
            names.push_back(service.at("name").text());
        }
        return names;
    });
    if (!services || *services != std::vector<std::string>{kPostgresService, kRelayService}) {
        return Fail(ErrorCode::kInvalid, "SDL_REFUSED",
                    "The manifest has other services than asked.");
    }
    auto groups = GroupsJson(deployment);
    const auto same = MatchManifest(json::parse(groups), *manifest);
    if (!same) return same.error();
    return Manifest{.groups_json = std::move(groups), .hash_hex = ManifestHashHex(*manifest)};
}

/// The message as the real program makes it; nothing where it wants a certificate first.
Result<std::optional<json::value>> CliManifestSource::Generate(const json::value& message,
                                                               const Secret& sdl, Deadline deadline)
{
    const auto file = SecretFile::Write(sdl, "deployment.yaml");
    if (!file) return file.error();
    const auto& coin = message.at("deposit").at("amount");
    Error last = Fail(ErrorCode::kUnavailable, "NODE_UNAVAILABLE", "No node was asked.");
    for (const auto& node : programs_.nodes) {  // The program looks for a certificate there.
        Command command;
        command.argv = {programs_.akash,
                        "tx",
                        "deployment",
                        "create",
                        file->path().string(),
                        "--dseq",
                        TextOf(message.at("id").at("dseq")),
                        "--deposit",
                        TextOf(coin.at("amount")) + TextOf(coin.at("denom")),
                        "--deposit-sources",
                        "balance",
                        "--from",
                        programs_.from,
                        "--home",
                        programs_.home,
                        "--keyring-backend",
                        programs_.keyring_backend,
                        "--chain-id",
                        programs_.chain_id,
                        "--node",
                        node,
                        "--generate-only",
                        "--offline",
                        "--gas",
                        "200000"};
        const auto output = runner_.Run(command, deadline.AtMost(programs_.query_limit));
        if (!output) {
            return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", output.error().message);
        }
        const auto text = ErrorText(*output);
        if (output->exit_code == 0) {
            auto generated = ParseOutput(*output);
            if (!generated) return generated.error();
            return std::optional{std::move(*generated)};
        }
        if (text.find("certificate") != text.npos) return std::optional<json::value>{};
        last.message = text;
        if (!IsTransportTrouble(text)) return Fail(ErrorCode::kInvalid, "MESSAGE_MISMATCH", text);
    }
    return last;
}

Result<void> CliManifestSource::CheckMessage(const std::string& message, const Secret& sdl,
                                             Deadline deadline)
{
    const auto ours = json::parse(message);
    const auto key = ShapeOf(ours.at("groups"));
    {
        const std::scoped_lock lock{mutex_};
        if (checked_.contains(key)) return {};
    }
    const auto generated = Generate(ours, sdl, deadline);
    if (!generated) return generated.error();
    if (*generated) {
        const auto theirs = ReadFields(**generated, [](const Fields& tx) {
            return tx.at("body").at("messages").list().size();
        });
        if (!theirs || *theirs != 1) {
            return Fail(ErrorCode::kInvalid, "MESSAGE_MISMATCH",
                        "The network's own program makes not one message of the SDL.");
        }
        const auto same = MatchMessage(ours, (*generated)->at("body").at("messages").at(0));
        if (!same) return same.error();
    }
    const std::scoped_lock lock{mutex_};
    if (checked_.size() < kCheckedMax) checked_.insert(key);
    return {};
}

}  // namespace berth::akash
