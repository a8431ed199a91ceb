#pragma once

#include <memory>
#include <string>

#include "core/base/log.hpp"
#include "core/config/config.hpp"

namespace berth::marketplace {

/// The marketplace as a running program: every part built from the settings and wired by reference.
class Program {
public:
    /// Serves once this returns, and has written `ready_file`. Throws std::runtime_error for what
    /// keeps it from starting.
    Program(const config::Config& config, Log& log);
    ~Program();

    /// Where it serves.
    const std::string& address() const;
    /// Takes no new work and lets what runs finish. Idempotent.
    void Drain();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace berth::marketplace
