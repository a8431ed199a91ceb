// The sandbox's stand-in for the program `provider-services`.

#include <chrono>
#include <iostream>
#include <map>
#include <thread>

#include <boost/json.hpp>

#include "akash/sandbox/cli/arguments.hpp"
#include "akash/sandbox/cli/keyring.hpp"
#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/sdl_file.hpp"
#include "akash/sandbox/cli/transactions.hpp"
#include "core/base/encoding.hpp"

namespace {

using namespace berth;
using namespace berth::sandbox;
namespace json = boost::json;

constexpr std::chrono::milliseconds kFollowPause{200};

/// As the real program warns on stdout at every start.
constexpr const char* kWarning =
    "WARNING: proto: file name k8s.io/apimachinery/pkg/api/resource/generated.proto does not start "
    "with expected k8s/io/apimachinery/pkg/api/resource/; please make sure your folder structure "
    "matches the proto files fully-qualified names\n";

void PrintIndented(const json::value& value, const std::string& indent = "")
{
    const auto inner = indent + "  ";
    if (const auto* object = value.if_object(); object && !object->empty()) {
        const char* comma = "{\n";
        for (const auto& [key, member] : *object) {
            std::cout << std::exchange(comma, ",\n") << inner << json::serialize(json::string{key})
                      << ": ";
            PrintIndented(member, inner);
        }
        std::cout << '\n' << indent << '}';
    } else if (const auto* array = value.if_array(); array && !array->empty()) {
        const char* comma = "[\n";
        for (const auto& element : *array) {
            std::cout << std::exchange(comma, ",\n") << inner;
            PrintIndented(element, inner);
        }
        std::cout << '\n' << indent << ']';
    } else {
        std::cout << json::serialize(value);
    }
}

std::string Required(const Arguments& arguments, const std::string& flag)
{
    if (arguments.Has(flag)) return arguments.Get(flag);
    throw CommandFailed{"required flag(s) \"" + flag + "\" not set", {}};
}

AccountKey KeyOf(const Arguments& arguments)
{
    const auto from = Required(arguments, "from");
    const auto key = Keyring{HomeOf(arguments), arguments.Get("keyring-backend", "os")}.Find(from);
    if (!key) throw CommandFailed{from + ".info: key not found", {}};
    return key->key;
}

/// Request parameters that prove who asks, in place of the real program's JWT.
json::object Signed(const AccountKey& key, json::object params)
{
    const auto issued = std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
    params["issued"] = issued;
    params["pubkey"] = ToBase64(key.pubkey);
    params["signature"] = ToBase64(SignMessage(key, "berth-sandbox-gateway:" + issued));
    return params;
}

json::object LeaseParams(const Arguments& arguments, const AccountKey& key)
{
    return {{"provider_url", arguments.Get("provider-url")},
            {"lease", json::object{{"owner", key.address},
                                   {"dseq", Required(arguments, "dseq")},
                                   {"gseq", arguments.Get("gseq", "1")},
                                   {"oseq", arguments.Get("oseq", "1")},
                                   {"provider", Required(arguments, "provider")}}}};
}

void PrintDeliveries(const Arguments& arguments, const json::array& deliveries)
{
    if (arguments.Get("output") == "json") {
        std::cout << json::serialize(deliveries) << '\n';
    } else {
        for (const auto& one : deliveries) {
            std::cout << "provider: " << one.at("provider").as_string().c_str()
                      << "\n\tstatus:       " << one.at("status").as_string().c_str() << '\n';
        }
    }
    for (const auto& one : deliveries) {
        if (one.at("status") != "PASS") {
            throw CommandFailed{"submit manifest to some providers has been failed", {}};
        }
    }
}

void SendManifest(const Arguments& arguments, const std::string& sdl_path)
{
    const auto sdl = ReadSdl(sdl_path);
    const auto key = KeyOf(arguments);
    const auto answer =
        AskNode(NodeOf(arguments), "send_manifest",
                Signed(key, {{"dseq", Required(arguments, "dseq")}, {"manifest", sdl.manifest}}));
    PrintDeliveries(arguments, answer.as_array());
}

std::string PodOf(std::string_view service) { return std::string{service} + "-6d5f8c7b9-x2x4z"; }

/// A lease's id as the gateway writes it: 64-bit integers as numbers.
json::object LeaseIdJson(const json::object& lease)
{
    const auto number = [&](const char* name) {
        return std::stoull(std::string{lease.at(name).as_string()});
    };
    return {{"owner", lease.at("owner")},       {"dseq", number("dseq")},
            {"gseq", number("gseq")},           {"oseq", number("oseq")},
            {"provider", lease.at("provider")}, {"bseq", 0}};
}

/// Prints the log lines from `printed` on, by service, and counts them.
void PrintLogs(const Arguments& arguments, const json::object& lease, const json::object& logs,
               std::map<std::string, std::size_t>& printed)
{
    const auto text_of = [&](const char* name) { return std::string{lease.at(name).as_string()}; };
    const auto id = text_of("owner") + "/" + text_of("dseq") + "/" + text_of("gseq") + "/" +
                    text_of("oseq") + "/" + text_of("provider");
    for (const auto& [service, lines] : logs) {
        const auto pod = PodOf(service);
        auto& count = printed[service];
        for (; count < lines.as_array().size(); ++count) {
            const auto& line = lines.as_array()[count];
            if (arguments.Get("output") != "json") {
                std::cout << '[' << id << "][" << pod << "] " << line.as_string().c_str() << '\n';
                continue;
            }
            PrintIndented(
                json::object{{"name", pod}, {"message", line}, {"lease_id", LeaseIdJson(lease)}});
            std::cout << '\n';
        }
    }
}

void LeaseLogs(const Arguments& arguments)
{
    const auto key = KeyOf(arguments);
    const auto params = LeaseParams(arguments, key);
    std::map<std::string, std::size_t> printed;
    do {
        const auto answer = AskNode(NodeOf(arguments), "lease_logs", Signed(key, params));
        PrintLogs(arguments, params.at("lease").as_object(), answer.as_object(), printed);
        std::cout.flush();
        if (arguments.Has("follow")) std::this_thread::sleep_for(kFollowPause);
    } while (arguments.Has("follow"));
}

void Status(const Arguments& arguments, const std::string& method)
{
    json::object params;
    if (method == "service_status") params["service"] = Required(arguments, "service");
    const auto key = KeyOf(arguments);
    for (const auto& [name, value] : LeaseParams(arguments, key)) params[name] = value;
    PrintIndented(AskNode(NodeOf(arguments), method, Signed(key, params)));
    std::cout << '\n';
}

void LeaseEvents(const Arguments& arguments)
{
    const auto key = KeyOf(arguments);
    const auto params = LeaseParams(arguments, key);
    const auto started = AskNode(NodeOf(arguments), "lease_events", Signed(key, params));
    for (const auto& service : started.as_array()) {
        const std::string name{service.as_string()};
        PrintIndented(json::object{
            {"type", "Normal"},
            {"reportingController", "kubelet"},
            {"reason", "Started"},
            {"note", "Started container " + name},
            {"object",
             json::object{{"kind", "Pod"}, {"namespace", "lease"}, {"name", PodOf(name)}}},
            {"lease_id", LeaseIdJson(params.at("lease").as_object())}});
        std::cout << '\n';
    }
}

void ProviderStatus(const std::string& address, const Arguments& arguments)
{
    PrintIndented(AskNode(NodeOf(arguments), "provider_status", {{"provider", address}}));
    std::cout << '\n';
}

/// There is no shell in a pod here, which the real program says like this.
[[noreturn]] void LeaseShell(const Arguments& arguments)
{
    const auto key = KeyOf(arguments);
    AskNode(NodeOf(arguments), "lease_status", Signed(key, LeaseParams(arguments, key)));
    throw CommandFailed{"lease shell failed: the provider encountered an unknown error", {}};
}

void Run(const Arguments& arguments)
{
    const auto& words = arguments.words();
    const auto command = words.empty() ? std::string{"help"} : words[0];
    const auto file = [&] {
        if (words.size() < 2) throw CommandFailed{"accepts 1 arg(s), received 0", {}};
        return words[1];
    };
    if (command != "version" && arguments.given().contains("chain-id")) {
        throw CommandFailed{"unknown flag: --chain-id", {}};
    }
    if (command == "version") {
        std::cout << "v0.10.0-sandbox\n";
    } else if (command == "sdl-to-manifest") {
        PrintIndented(ReadSdl(file()).manifest);
        std::cout << '\n';
    } else if (command == "send-manifest") {
        SendManifest(arguments, file());
    } else if (command == "lease-status") {
        Status(arguments, "lease_status");
    } else if (command == "service-status") {
        Status(arguments, "service_status");
    } else if (command == "status") {
        ProviderStatus(file(), arguments);
    } else if (command == "lease-events") {
        LeaseEvents(arguments);
    } else if (command == "lease-shell") {
        LeaseShell(arguments);
    } else if (command == "lease-logs") {
        LeaseLogs(arguments);
    } else {
        throw CommandFailed{"unknown command \"" + command + "\" for \"provider-services\"", {}};
    }
}

}  // namespace

int main(int argc, char** argv)
{
    std::cout << kWarning;
    try {
        Run(Arguments::FromMain(argc, argv));
        return 0;
    } catch (const CommandFailed& failed) {
        std::cerr << failed.detail << (failed.detail.empty() ? "" : "\n")
                  << "Error: " << failed.text << '\n';
    } catch (const Arguments::UnknownFlag& unknown) {
        std::cerr << "Error: " << unknown.text << '\n';
    } catch (const std::exception& error) {
        std::cerr << "Error: " << error.what() << '\n';
    }
    return 1;
}
