#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::relay::test {

/// Runs a program to its end and returns what it printed on stdout, without the last newline.
/// Throws std::runtime_error with its stderr if it fails.
std::string RunProgram(std::vector<std::string> argv);

/// Why this machine can start no container; empty if it can.
std::string WhyNoContainers();

/// The relay's image, unpacked and run by runc as its own configuration says, on a read-only root
/// and the host's network. Killed with the object. Throws std::runtime_error if it does not start.
/// One folder of the host stands in the container under its own name.
class RelayContainer {
public:
    /// `layout` and `tag` name the image; `environment` is added to the image's, and `folder` is
    /// mounted.
    RelayContainer(const std::filesystem::path& layout, const std::string& tag,
                   const std::map<std::string, std::string>& environment,
                   const std::filesystem::path& folder);
    RelayContainer(const RelayContainer&) = delete;
    RelayContainer& operator=(const RelayContainer&) = delete;
    ~RelayContainer();

    /// Of the relay, as the host sees it.
    pid_t pid() const { return pid_; }
    /// Runs a program of the image in the container, under the relay's environment; its exit code.
    int Exec(const std::vector<std::string>& argv) const;
    /// What the relay wrote so far.
    std::string Log() const;

private:
    std::vector<std::string> Runc(std::vector<std::string> arguments) const;
    void Configure(const std::map<std::string, std::string>& environment,
                   const std::filesystem::path& mounted) const;

    std::filesystem::path folder_;
    std::string name_;
    pid_t pid_ = -1;
};

}  // namespace berth::relay::test
