#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::worker {

/// A TSIG key as programs other than nsupdate want it.
struct TsigKey {
    std::string name;
    std::string algorithm;  ///< `hmac-sha256`, ...
    Secret secret;          ///< Base64.
};

/// Reads `key "NAME" { algorithm NAME; secret "BASE64"; };`, as BIND writes it. The file may be
/// readable by its owner only. Errors: kInvalid `BAD_TSIG_FILE`; kNotFound `FILE_NOT_FOUND`.
Result<TsigKey> ReadTsigFile(const std::filesystem::path& file);

}  // namespace berth::worker
