#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/stack/child.hpp"

namespace berth::stack {

/// A private HAProxy in the foreground, with a configuration that somebody else writes: for the
/// edge, berth-worker. Not thread-safe.
class Haproxy {
public:
    /// Keeps configuration and log in `folder`; `ports` are those that the configuration binds.
    Haproxy(std::filesystem::path folder, std::vector<std::uint16_t> ports);

    /// Starts with the configuration `text` and waits until every port accepts connections.
    /// Errors: kUnavailable `FILE_NOT_WRITTEN`, `CHILD_NOT_STARTED`, `CHILD_ENDED`; kTimeout.
    Result<void> Start(const std::string& text, Deadline deadline);
    void Stop() { child_.Stop(); }

    Child& child() { return child_; }

private:
    std::filesystem::path folder_;
    std::vector<std::uint16_t> ports_;
    Child child_;
};

}  // namespace berth::stack
