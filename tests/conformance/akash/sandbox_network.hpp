#pragma once

#include <filesystem>

#include "akash/programs.hpp"
#include "akash/sandbox/runtime/process.hpp"

namespace berth::tests {

/// A wallet on a network that the driver is tried on: the sandbox, started here with a fresh chain
/// in a temporary folder, or the real one that the environment names (`BERTH_AKASH`,
/// `BERTH_PROVIDER_SERVICES`, `BERTH_AKASH_HOME`, `BERTH_AKASH_NODE`, `BERTH_AKASH_CHAIN_ID`,
/// `BERTH_AKASH_FROM`; `BERTH_AKASH_DENOM` where leases are not paid in uact).
class SandboxNetwork {
public:
    /// `image` is started by `program`. Throws std::runtime_error.
    SandboxNetwork();
    ~SandboxNetwork();

    const akash::AkashPrograms& programs() const { return programs_; }
    const std::string& address() const { return address_; }
    const std::filesystem::path& folder() const { return folder_; }
    /// True where the environment named a real chain: nothing can be commanded there.
    bool is_real() const { return is_real_; }

    /// Runs a control command of the sandbox's daemon.
    void Control(std::vector<std::string> words) const;
    /// Ends the daemon with SIGKILL and starts it again on the same folder and port.
    void KillAndRestart();
    int ingress_port() const { return ingress_port_; }

private:
    void Start(const std::string& address);
    void UseSandbox();
    void UseRealNetwork();

    std::filesystem::path folder_;
    akash::AkashPrograms programs_;
    std::string address_;
    bool is_real_ = false;
    int ingress_port_ = 0;
    sandbox::Process daemon_;
};

/// An image that a real provider can pull; in the sandbox a program that answers `ok` over HTTP.
inline constexpr const char* kTestImage = "nginx:1.27";

}  // namespace berth::tests
