#pragma once

#include <filesystem>
#include <string>

#include <boost/json/object.hpp>
#include <sys/types.h>

#include "relay-image/payment/lnd_node.hpp"

namespace berth::test {

/// A berth-lnd-sandbox on a free port of the loopback, ended with the object. Throws
/// std::runtime_error when it does not come up or refuses a command.
class SandboxLnd {
public:
    SandboxLnd();
    SandboxLnd(const SandboxLnd&) = delete;
    SandboxLnd& operator=(const SandboxLnd&) = delete;
    ~SandboxLnd();

    std::string url() const { return "https://" + address_; }
    std::filesystem::path certificate_file() const { return folder_ / "tls.cert"; }
    std::filesystem::path macaroon_file() const { return folder_ / "macaroon.hex"; }
    relay::LndNode::Options options() const;

    /// Ends the program, as if its machine had gone.
    void Stop();
    /// Starts it again, where it was and with what it had.
    void Start();
    /// Sends one of the sandbox's commands.
    void Command(const std::string& name, const boost::json::object& parameters) const;

private:
    std::filesystem::path folder_;
    std::string address_ = "127.0.0.1:0";
    pid_t program_ = -1;
};

/// What a file with a macaroon in hex holds, without the end of its line.
Secret ReadMacaroon(const std::filesystem::path& file);

}  // namespace berth::test
