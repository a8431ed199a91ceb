#pragma once

#include <filesystem>
#include <string>

#include <boost/json/object.hpp>
#include <sys/types.h>

namespace berth::test {

/// A running berth-xrpl-sandbox on a free port of the loopback, ended with the object. Throws
/// std::runtime_error when it does not come up or refuses a command.
class SandboxLedger {
public:
    SandboxLedger();
    SandboxLedger(const SandboxLedger&) = delete;
    SandboxLedger& operator=(const SandboxLedger&) = delete;
    ~SandboxLedger();

    std::string url() const { return "http://" + address_; }
    /// Ends the program; Start brings it back with its channels, at the same address.
    void Stop();
    void Start();
    /// Sends one JSON-RPC request and returns its result.
    boost::json::object Ask(std::string_view method, boost::json::object parameters) const;

private:
    std::filesystem::path folder_;
    std::string address_;
    pid_t program_ = -1;
};

}  // namespace berth::test
