#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::relay {

/// An Ed25519 key that signs what goes to Arweave.
class DataItemKey {
public:
    /// Its 32 bytes as 64 hex digits. Error kInvalid `BAD_ARCHIVE_KEY`.
    static Result<DataItemKey> Parse(const Secret& hex);

    const std::string& public_key() const { return public_key_; }  ///< 32 bytes.
    /// 64 bytes; the same message gives the same signature.
    std::string Sign(std::string_view message) const;

private:
    DataItemKey(Secret seed, std::string public_key)
        : seed_{std::move(seed)}, public_key_{std::move(public_key)}
    {
    }

    Secret seed_;
    std::string public_key_;
};

/// A name and a value by which gateways find a data item.
struct DataItemTag {
    std::string name, value;
};

/// A signed data item of ANS-104, as bundlers take it.
struct DataItem {
    std::string id;  ///< Base64url of the SHA-256 of the signature: 43 characters.
    std::string bytes;
};

/// Signs `data` with its tags. The same input gives the same item, so that sending it again
/// archives nothing twice.
/// Format: github.com/ArweaveTeam/arweave-standards, ans/ANS-104.md, signature type 2.
DataItem MakeDataItem(const DataItemKey& key, const std::vector<DataItemTag>& tags,
                      std::string_view data);

}  // namespace berth::relay
