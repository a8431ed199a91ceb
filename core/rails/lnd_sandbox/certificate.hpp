#pragma once

#include <string>

#include "core/base/error.hpp"

namespace berth::rails::lnd_sandbox {

/// Writes tls.cert and tls.key into `folder` unless they are there: as LND makes them, a P-256 key
/// and a certificate that is its own authority, for localhost and 127.0.0.1. Errors: kInternal
/// `NO_CERTIFICATE`; those of WriteFileAtomically.
Result<void> EnsureCertificate(const std::string& folder);

}  // namespace berth::rails::lnd_sandbox
