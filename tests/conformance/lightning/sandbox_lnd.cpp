#include "tests/conformance/lightning/sandbox_lnd.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <boost/json/serialize.hpp>
#include <spawn.h>
#include <sys/wait.h>

#include "core/base/file.hpp"

extern char** environ;  // NOLINT: POSIX.

namespace berth::test {
namespace {

using namespace std::chrono_literals;

pid_t Spawn(const std::filesystem::path& folder, const std::string& address)
{
    std::string program = BERTH_BINARY_DIR "/core/rails/lnd_sandbox/berth-lnd-sandbox";
    std::string at = "--address=" + address;
    std::string in = "--folder=" + folder.string();
    std::string ready = "--ready_file=" + (folder / "ready").string();
    char* const arguments[] = {program.data(), at.data(), in.data(), ready.data(), nullptr};
    pid_t pid = -1;
    if (posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ) != 0) {
        throw std::runtime_error{"berth-lnd-sandbox was not started"};
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
    throw std::runtime_error{"berth-lnd-sandbox does not serve"};
}

}  // namespace

Secret ReadMacaroon(const std::filesystem::path& file)
{
    auto text = ReadFile(file);
    if (!text) throw std::runtime_error{text.error().message};
    while (text->ends_with('\n')) text->pop_back();
    return Secret{std::move(*text)};
}

SandboxLnd::SandboxLnd()
{
    std::string pattern = "/tmp/berth-lnd.XXXXXX";
    if (!mkdtemp(pattern.data())) throw std::runtime_error{"no temporary folder"};
    folder_ = pattern;
    Start();
}

SandboxLnd::~SandboxLnd()
{
    Stop();
    std::filesystem::remove_all(folder_);
}

void SandboxLnd::Start()
{
    std::filesystem::remove(folder_ / "ready");
    program_ = Spawn(folder_, address_);
    address_ = AwaitAddress(folder_ / "ready");
}

void SandboxLnd::Stop()
{
    if (program_ < 0) return;
    kill(program_, SIGTERM);
    waitpid(program_, nullptr, 0);
    program_ = -1;
}

relay::LndNode::Options SandboxLnd::options() const
{
    return {.url = url(),
            .macaroon = ReadMacaroon(macaroon_file()),
            .ca_file = certificate_file().string()};
}

void SandboxLnd::Command(const std::string& name, const boost::json::object& parameters) const
{
    const auto answer =
        probe::Fetch({.method = "POST",
                      .url = url() + "/sandbox/" + name,
                      .body = boost::json::serialize(parameters)},
                     {.ca_file = certificate_file().string()}, Deadline::After(10s));
    if (!answer) throw std::runtime_error{answer.error().message};
    if (answer->status != 200) throw std::runtime_error{answer->body};
}

}  // namespace berth::test
