#pragma once

#include <filesystem>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::akash {

/// A file of mode 0600 in a fresh folder of mode 0700, for a program that reads a secret from a
/// path; both are removed with the object.
class SecretFile {
public:
    /// Errors: kUnavailable `FILE_NOT_WRITTEN`.
    static Result<SecretFile> Write(const Secret& content, const std::string& name);

    SecretFile(SecretFile&& other) noexcept;
    SecretFile& operator=(SecretFile&&) = delete;
    ~SecretFile();

    const std::filesystem::path& path() const { return path_; }

private:
    explicit SecretFile(std::filesystem::path path) : path_{std::move(path)} {}

    std::filesystem::path path_;
};

}  // namespace berth::akash
