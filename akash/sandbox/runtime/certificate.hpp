#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace berth::sandbox {

/// A certificate and its private key, both PEM.
struct PemPair {
    std::string certificate;
    std::string key;
};

/// The certificate authority of the sandbox's ingress, made once and kept in `folder` (`ca.pem`,
/// `ca.key` of mode 0600). Throws std::runtime_error.
PemPair IngressAuthority(const std::filesystem::path& folder);

/// A certificate for `names` (wildcards allowed), signed by the authority, good for 90 days.
PemPair IssueCertificate(const PemPair& authority, const std::vector<std::string>& names);

}  // namespace berth::sandbox
