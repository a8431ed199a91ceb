#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/error.hpp"

namespace berth::stack {

/// A certificate authority for servers on 127.0.0.1, made anew each time. Its key stays in memory.
class PrivateCa {
public:
    /// Makes the authority's key and certificate; `name` is its common name.
    explicit PrivateCa(std::string name);
    PrivateCa(const PrivateCa&) = delete;
    PrivateCa& operator=(const PrivateCa&) = delete;
    ~PrivateCa();

    /// The authority's certificate, PEM.
    std::string Certificate() const;
    /// Writes the PEM certificate of a server at 127.0.0.1 and localhost, and its key (mode 0600).
    /// Errors: kUnavailable `FILE_NOT_WRITTEN`.
    Result<void> Issue(const std::filesystem::path& certificate,
                       const std::filesystem::path& key) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace berth::stack
