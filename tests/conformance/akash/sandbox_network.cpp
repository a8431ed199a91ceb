#include "tests/conformance/akash/sandbox_network.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <boost/json.hpp>

#include "core/base/clock.hpp"
#include "core/base/file.hpp"

namespace berth::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kStartLimit = 20s;
constexpr const char* kMnemonic =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
    "abandon "
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art";

// A service in a dozen lines of shell: answers every connection and writes a line each.
constexpr const char* kAnswerProgram = R"(#!/usr/bin/env python3
import http.server, os
host, port = os.environ["BERTH_RELAY_ADDRESS"].split(":")
print("listening", flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")
http.server.HTTPServer((host, int(port)), Answer).serve_forever()
)";

std::string Environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

fs::path Binary(const std::string& name)
{
    return fs::path{BERTH_BINARY_DIR} / "akash" / "sandbox" / name;
}

std::string RunToEnd(CommandRunner& runner, const Command& command)
{
    const auto output = runner.Run(command, Deadline::After(30s));
    if (!output || output->exit_code != 0) {
        throw std::runtime_error{command.argv[0] +
                                 " failed: " + (output ? output->err : output.error().message)};
    }
    auto text = output->out;
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace

SandboxNetwork::SandboxNetwork()
{
    auto pattern = (fs::temp_directory_path() / "berth-conformance-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error{"No temporary folder."};
    folder_ = pattern;
    // The databases' system user passes through; what is secret below has modes of its own.
    fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    if (!Environment("BERTH_AKASH").empty()) {
        UseRealNetwork();
    } else {
        UseSandbox();
    }
}

void SandboxNetwork::UseSandbox()
{
    programs_.akash = Binary("akash");
    programs_.provider_services = Binary("provider-services");
    programs_.home = folder_ / "home";
    programs_.from = "tenant";
    programs_.chain_id = "localakash";
    ProcessRunner runner{1};
    RunToEnd(runner, {.argv = {programs_.akash, "keys", "add", "tenant", "--recover", "--home",
                               programs_.home, "--keyring-backend", "test"},
                      .environment = {},
                      .stdin_bytes = kMnemonic,
                      .directory = {}});
    address_ = RunToEnd(runner, {.argv = {programs_.akash, "keys", "show", "tenant", "-a", "--home",
                                          programs_.home, "--keyring-backend", "test"},
                                 .environment = {},
                                 .stdin_bytes = {},
                                 .directory = {}});
    std::ofstream{folder_ / "answer"} << kAnswerProgram;
    fs::permissions(folder_ / "answer", fs::perms::owner_all);
    Start("127.0.0.1:0");
}

SandboxNetwork::~SandboxNetwork()
{
    daemon_.Stop();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void SandboxNetwork::Start(const std::string& address)
{
    const auto ready_file = folder_ / "ready.json";
    fs::remove(ready_file);
    const auto answer = (folder_ / "answer").string();
    daemon_ = sandbox::Process{
        {.argv = {Binary("berth-akash-sandbox"), "--address=" + address,
                  "--data_dir=" + (folder_ / "data").string(),
                  "--ready_file=" + ready_file.string(), "--chain_id=localakash",
                  "--block_time=100ms", "--postgres_dir=" + (folder_ / "postgres").string(),
                  "--genesis=" + address_ + "=100000000000uakt+2000000000uact",
                  std::string{"--images="} + kTestImage + "=" + answer},
         .environment = {},
         .log_file = folder_ / "daemon.log",
         .user = {}}};
    const auto deadline = Deadline::After(kStartLimit);
    while (!fs::exists(ready_file)) {
        if (deadline.Passed()) throw std::runtime_error{"The sandbox did not start."};
        std::this_thread::sleep_for(20ms);
    }
    const auto ready = boost::json::parse(*ReadFile(ready_file));
    programs_.nodes = {std::string{ready.at("node").as_string()}};
    ingress_port_ = static_cast<int>(ready.at("ingress_port").as_int64());
}

void SandboxNetwork::UseRealNetwork()
{
    is_real_ = true;
    programs_.akash = Environment("BERTH_AKASH");
    programs_.provider_services = Environment("BERTH_PROVIDER_SERVICES");
    programs_.home = Environment("BERTH_AKASH_HOME");
    programs_.from = Environment("BERTH_AKASH_FROM");
    programs_.chain_id = Environment("BERTH_AKASH_CHAIN_ID");
    programs_.nodes = {Environment("BERTH_AKASH_NODE")};
    if (const auto denom = Environment("BERTH_AKASH_DENOM"); !denom.empty()) {
        programs_.denom = denom;
    }
}

void SandboxNetwork::Control(std::vector<std::string> words) const
{
    words.insert(words.begin(), {Binary("berth-akash-sandbox"), "ctl", programs_.nodes.front()});
    ProcessRunner runner{1};
    RunToEnd(runner, {.argv = words, .environment = {}, .stdin_bytes = {}, .directory = {}});
}

void SandboxNetwork::KillAndRestart()
{
    daemon_.Kill();
    Start(programs_.nodes.front().substr(std::string{"http://"}.size()));
}

}  // namespace berth::tests
