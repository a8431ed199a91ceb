#include "cli/stack/bind.hpp"

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

#include <algorithm>
#include <set>

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
};
controls { };
zone "." { type primary; file "root.zone"; };
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

Bind::Bind(fs::path folder, std::uint16_t port, std::vector<Zone> zones)
    : folder_{std::move(folder)},
      port_{port},
      zones_{std::move(zones)},
      child_{{.name = "named",
              .argv = {Copy(folder_), "-g", "-n", "1", "-c", folder_ / "named.conf"},
              .log = folder_ / "log",
              .directory = folder_}}
{
}

Result<void> Bind::Start(Deadline deadline)
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
    const auto started = child_.Start();
    if (!started) return started;
    const auto all_served = [this] {
        return std::all_of(zones_.begin(), zones_.end(), [&](auto& zone) { return Serves(zone); });
    };
    return child_.WaitUntil(all_served, deadline);
}

Result<void> Bind::WriteFiles() const
{
    if (fs::exists(folder_ / "named.conf")) return {};  // Started before: updates stay.
    auto config = Replaced(Replaced(kOptions, "FOLDER", folder_), "PORT", std::to_string(port_));
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
    const Zone everything{.name = ".", .records = {"localhost. IN A 127.0.0.1"}};
    const auto root = WriteFileAtomically(folder_ / "root.zone", ZoneFile(everything));
    if (!root) return root;
    return WriteFileAtomically(folder_ / "named.conf", config);
}

bool Bind::Serves(const Zone& zone) const
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
