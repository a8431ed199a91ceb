#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/secret.hpp"
#include "worker/adapters/certificate.hpp"

namespace berth::worker {

/// A certificate authority of a test's own.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();

    /// Its own certificate as PEM.
    const std::string& certificate() const { return certificate_; }
    /// A certificate (PEM) for the key, valid for `days` from now.
    std::string Issue(const Secret& key_pem, const std::vector<std::string>& names, int days = 90);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    std::string certificate_;
};

}  // namespace berth::worker
