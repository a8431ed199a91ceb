#include "cli/stack/bind.hpp"

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>

#include <arpa/inet.h>

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kProgram = "/usr/sbin/named";
constexpr std::size_t kKeyBytes = 32;

constexpr auto kOptions = R"(options {
    directory "FOLDER";
    listen-on port PORT { 127.0.0.1; };
    listen-on-v6 { none; };
    allow-query { 127.0.0.0/8; };
    recursion yes;
    allow-recursion { 127.0.0.0/8; };
    allow-transfer { none; };
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    pid-file none;
    session-keyfile none;
    lock-file none;
    FORWARDING
};
controls { };
)";

constexpr auto kHead = R"($TTL 1
@ IN SOA localhost. hostmaster.localhost. 1 60 60 3600 1
@ IN NS localhost.
)";

std::string Replaced(std::string text, const std::string& from, const std::string& to)
{
    const auto at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::optional<Forwarder> ParseForwarder(const std::string& word)
{
    auto address = word;
    Forwarder forwarder;
    const auto colon = word.rfind(':');
    const bool is_bracketed = word.starts_with('[');
    if (colon != word.npos && (is_bracketed ? word[colon - 1] == ']' : word.find(':') == colon)) {
        const auto* const end = word.data() + word.size();
        const auto [stopped, failed] =
            std::from_chars(word.data() + colon + 1, end, forwarder.port);
        if (failed != std::errc{} || stopped != end || forwarder.port == 0) return std::nullopt;
        address = word.substr(0, colon);
    }
    if (is_bracketed && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    in6_addr bytes{};
    if (::inet_pton(AF_INET, address.c_str(), &bytes) != 1 &&
        ::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) {
        return std::nullopt;
    }
    forwarder.address = address;
    return forwarder;
}

std::string ZoneStatement(const Zone& zone)
{
    const auto policy = zone.key_name.empty()
                            ? std::string{}
                            : " update-policy { grant " + zone.key_name + " zonesub ANY; };";
    return "zone \"" + zone.name + "\" { type primary; file \"" + zone.name + ".zone\";" + policy +
           " };\n";
}

std::string ZoneFile(const Zone& zone)
{
    std::string text = kHead;
    for (const auto& record : zone.records) text += record + "\n";
    return text;
}

std::string NewKey(const std::string& name)
{
    return "key \"" + name + "\" { algorithm hmac-sha256; secret \"" +
           ToBase64(RandomBytes(kKeyBytes)) + "\"; };\n";
}

/// A confined named may not read our folder, so a copy of it runs from there.
fs::path Copy(const fs::path& folder) { return folder / "named"; }

}  // namespace

Result<std::vector<Forwarder>> ParseForwarders(const std::string& list)
{
    std::vector<Forwarder> forwarders;
    auto spaced = list;
    std::ranges::replace(spaced, ',', ' ');
    std::istringstream words{spaced};
    for (std::string word; words >> word;) {
        const auto forwarder = ParseForwarder(word);
        if (!forwarder) {
            return Fail(
                ErrorCode::kInvalid, "BAD_FORWARDER",
                "A forwarder is an address such as 192.0.2.1 or 192.0.2.1:53, not " + word + ".");
        }
        forwarders.push_back(*forwarder);
    }
    return forwarders;
}

std::vector<Forwarder> SystemForwarders(const std::string& resolv_conf)
{
    std::vector<Forwarder> forwarders;
    std::istringstream lines{resolv_conf};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string key, address;
        if (!(words >> key >> address) || key != "nameserver") continue;
        if (const auto forwarder = ParseForwarder(address)) forwarders.push_back(*forwarder);
    }
    return forwarders;
}

Bind::Bind(fs::path folder, std::uint16_t port, std::vector<Zone> zones,
           std::vector<Forwarder> forwarders)
    : folder_{std::move(folder)},
      port_{port},
      zones_{std::move(zones)},
      forwarders_{std::move(forwarders)},
      child_{{.name = "named",
              .argv = {Copy(folder_), "-g", "-n", "1", "-c", folder_ / "named.conf"},
              .log = folder_ / "log",
              .directory = folder_}}
{
}

Result<void> Bind::Launch()
{
    std::error_code failed;
    fs::create_directories(folder_, failed);
    fs::copy_file(kProgram, Copy(folder_), fs::copy_options::overwrite_existing, failed);
    if (failed) {
        return Fail(ErrorCode::kUnavailable, "BIND_MISSING",
                    "named could not be copied from /usr/sbin: " + failed.message());
    }
    const auto written = WriteFiles();
    if (!written) return written;
    return child_.Start();
}

bool Bind::Serves()
{
    return std::ranges::all_of(zones_, [this](const auto& zone) { return Answers(zone); });
}

Result<void> Bind::WriteFiles() const
{
    if (fs::exists(folder_ / "named.conf")) return {};  // Started before: updates stay.
    auto config = Replaced(kOptions, "FOLDER", folder_);
    config = Replaced(config, "PORT", std::to_string(port_));
    config = Replaced(config, "FORWARDING", Elsewhere());
    std::set<std::string> keys;
    for (const auto& zone : zones_) {
        if (!zone.key_name.empty() && keys.insert(zone.key_name).second) {
            const auto written = WriteFileAtomically(KeyFile(zone.key_name), NewKey(zone.key_name));
            if (!written) return written;
            config += "include \"" + KeyFile(zone.key_name).string() + "\";\n";
        }
        config += ZoneStatement(zone);
        const auto written = WriteFileAtomically(folder_ / (zone.name + ".zone"), ZoneFile(zone));
        if (!written) return written;
    }
    if (forwarders_.empty()) {
        config += R"(zone "." { type primary; file "root.zone"; };)";
        const Zone everything{.name = ".", .records = {"localhost. IN A 127.0.0.1"}};
        const auto root = WriteFileAtomically(folder_ / "root.zone", ZoneFile(everything));
        if (!root) return root;
    }
    return WriteFileAtomically(folder_ / "named.conf", config);
}

/// What the options say of names that are in none of our zones.
std::string Bind::Elsewhere() const
{
    if (forwarders_.empty()) return "";
    std::string text = "forward only; forwarders {";
    for (const auto& [address, port] : forwarders_) {
        text += " " + address + " port " + std::to_string(port) + ";";
    }
    return text + " };";
}

bool Bind::Answers(const Zone& zone) const
{
    ProcessRunner runner{1};
    const Command dig{.argv = {"dig", "@127.0.0.1", "-p", std::to_string(port_), "+short",
                               "+time=1", "+tries=1", "SOA", zone.name}};
    const auto answer = runner.Run(dig, Deadline::After(3s));
    return answer && answer->exit_code == 0 && answer->out.find("hostmaster") != std::string::npos;
}

std::string Bind::Address() const { return "127.0.0.1:" + std::to_string(port_); }

fs::path Bind::KeyFile(const std::string& key_name) const { return folder_ / (key_name + ".key"); }

}  // namespace berth::stack
