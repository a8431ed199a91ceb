#include "cli/stack/pebble.hpp"

#include <boost/json.hpp>

#include "cli/stack/layout.hpp"
#include "cli/stack/private_ca.hpp"
#include "core/base/file.hpp"
#include "core/probe/http_client.hpp"

namespace berth::stack {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kFetchLimit = 5s;
constexpr int kPortThatNothingListensOn =
    1;  // For challenges over HTTP and TLS, which we never use.

ChildSpec SpecOf(const Pebble::Settings& settings)
{
    return {.name = "pebble",
            .argv = {"pebble", "-strict=false", "-config", settings.folder / "pebble.json",
                     "-dnsserver", settings.resolver},
            .environment = {{"PEBBLE_VA_NOSLEEP", "1"}},
            .log = settings.folder / "log",
            .directory = settings.folder};
}

}  // namespace

Pebble::Pebble(Settings settings) : settings_{std::move(settings)}, child_{SpecOf(settings_)} {}

Result<void> Pebble::Launch()
{
    if (const auto written = WriteFiles(); !written) return written;
    return child_.Start();
}

Result<void> Pebble::WriteFiles() const
{
    std::error_code failed;
    fs::create_directories(settings_.folder, failed);
    const PrivateCa ca{"Private ACME server"};
    const auto certificate = settings_.folder / "server.pem";
    const auto key = settings_.folder / "server.key";
    const auto issued = ca.Issue(certificate, key);
    if (!issued) return issued;
    const auto stored = WriteFileAtomically(ServerCa(), ca.Certificate(), 0644);
    if (!stored) return stored;
    const boost::json::object config{
        {"pebble",
         {{"listenAddress", Local(settings_.port)},
          {"managementListenAddress", Local(settings_.management_port)},
          {"certificate", certificate.string()},
          {"privateKey", key.string()},
          {"httpPort", kPortThatNothingListensOn},
          {"tlsPort", kPortThatNothingListensOn},
          {"ocspResponderURL", ""},
          {"externalAccountBindingRequired", false}}}};
    return WriteFileAtomically(settings_.folder / "pebble.json", boost::json::serialize(config));
}

bool Pebble::Serves()
{
    const auto root =
        probe::Fetch({.url = "https://" + Local(settings_.management_port) + "/roots/0"},
                     {.ca_file = ServerCa()}, Deadline::After(kFetchLimit));
    return root && root->status == 200 && WriteFileAtomically(Root(), root->body, 0644);
}

std::string Pebble::Directory() const { return "https://" + Local(settings_.port) + "/dir"; }

}  // namespace berth::stack
