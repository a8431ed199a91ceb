#include "tests/integration/payments/sandbox_ledger.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <spawn.h>
#include <sys/wait.h>

#include "core/probe/http_client.hpp"

extern char** environ;  // NOLINT: POSIX.

namespace berth::test {
namespace {

using namespace std::chrono_literals;

pid_t Spawn(const std::filesystem::path& folder, const std::string& at)
{
    std::string program = BERTH_BINARY_DIR "/core/rails/sandbox/berth-xrpl-sandbox";
    std::string state = "--state_file=" + (folder / "ledger.json").string();
    std::string ready = "--ready_file=" + (folder / "ready").string();
    std::string address = "--address=" + at;
    char* const arguments[] = {program.data(), state.data(), ready.data(), address.data(), nullptr};
    pid_t pid = -1;
    if (posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
        throw std::runtime_error{"berth-xrpl-sandbox was not started"};
    }
    return pid;
}

std::string AwaitAddress(const std::filesystem::path& file)
{
    for (const auto deadline = Deadline::After(10s); !deadline.Passed();) {
        std::ifstream in{file};
        if (std::string address; in >> address) return address;
        std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error{"berth-xrpl-sandbox does not serve"};
}

}  // namespace

SandboxLedger::SandboxLedger()
{
    std::string pattern = "/tmp/berth-xrpl.XXXXXX";
    if (!mkdtemp(pattern.data())) throw std::runtime_error{"no temporary folder"};
    folder_ = pattern;
    Start();
}

SandboxLedger::~SandboxLedger()
{
    Stop();
    std::filesystem::remove_all(folder_);
}

void SandboxLedger::Start()
{
    std::filesystem::remove(folder_ / "ready");
    program_ = Spawn(folder_, address_.empty() ? "127.0.0.1:0" : address_);
    address_ = AwaitAddress(folder_ / "ready");
}

void SandboxLedger::Stop()
{
    if (program_ <= 0) return;
    kill(program_, SIGTERM);
    waitpid(program_, nullptr, 0);
    program_ = -1;
}

boost::json::object SandboxLedger::Ask(std::string_view method,
                                       boost::json::object parameters) const
{
    boost::json::array list;
    list.emplace_back(std::move(parameters));
    boost::json::object body{{"method", method}};
    body.emplace("params", std::move(list));
    const auto answer =
        probe::Fetch({.method = "POST", .url = url(), .body = boost::json::serialize(body)}, {},
                     Deadline::After(10s));
    if (!answer) throw std::runtime_error{answer.error().message};
    auto result = boost::json::parse(answer->body).at("result").as_object();
    if (result.contains("error")) throw std::runtime_error{answer->body};
    return result;
}

}  // namespace berth::test
