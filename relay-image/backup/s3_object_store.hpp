#pragma once

#include <memory>
#include <string>

#include "core/base/secret.hpp"
#include "relay-image/backup/object_store.hpp"

namespace berth::relay {

/// Where a bucket is, and who may write to it.
struct S3Settings {
    std::string endpoint;  ///< `https://host[:port]`; the bucket follows in the path.
    std::string region = "us-east-1";
    std::string bucket;
    std::string prefix;  ///< Before every name; `relay1/` for example.
    std::string access_key;
    Secret secret_key;
};

/// Blobs in a bucket of an S3-compatible service, by path-style requests with AWS signatures of
/// version 4. Belongs to one thread.
class S3ObjectStore final : public ObjectStore {
public:
    explicit S3ObjectStore(S3Settings settings);
    ~S3ObjectStore() override;

    Result<void> Put(const std::string& name, std::string_view bytes) override;
    Result<std::string> Get(const std::string& name) override;
    Result<void> Erase(const std::string& name) override;

private:
    struct Answer;
    struct Request;

    Result<Answer> Send(const Request& request);

    const S3Settings settings_;
    void* curl_;
};

}  // namespace berth::relay
