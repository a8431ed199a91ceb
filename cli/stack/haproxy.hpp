#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/stack/server.hpp"

namespace berth::stack {

/// A private HAProxy in the foreground, with a configuration that somebody else writes: for the
/// edge, berth-worker. Not thread-safe.
class Haproxy final : public Server {
public:
    /// Keeps configuration and log in `folder`; `ports` are those that the configuration binds.
    Haproxy(std::filesystem::path folder, std::vector<std::uint16_t> ports);

    /// Writes the configuration of the next Launch. Errors: kUnavailable `FILE_NOT_WRITTEN`.
    Result<void> Configure(const std::string& text) const;
    Result<void> Launch() override { return child_.Start(); }
    /// Whether every port accepts connections.
    bool Serves() override;
    void Stop() override { child_.Stop(); }

    Child& child() override { return child_; }

private:
    std::filesystem::path folder_;
    std::vector<std::uint16_t> ports_;
    Child child_;
};

}  // namespace berth::stack
