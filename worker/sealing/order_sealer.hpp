#pragma once

#include <map>
#include <string>
#include <vector>

#include <google/protobuf/repeated_field.h>

#include "berth/v1/types.pb.h"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/nostr/keys.hpp"

namespace berth::worker {

using NamedSecrets = std::map<std::string, Secret>;
using SealedSecrets = google::protobuf::RepeatedPtrField<v1::SealedSecret>;

/// Seals what an order must keep: for the operator under a random key of that order, which is
/// itself wrapped by the operator's key (so that a rotation rewraps one secret an order); for the
/// customer by NIP-44. The marketplace stores both and can open neither. Immutable, so thread-safe.
class OrderSealer {
public:
    /// `wrapping_key` is 64 hex digits. Errors: kInvalid `BAD_SEALING_KEY`.
    static Result<OrderSealer> Make(const Secret& wrapping_key,
                                    const nostr::SecretKey& operator_key);

    /// Names the wrapping key in what it sealed.
    const std::string& key_id() const { return key_id_; }

    /// Everything that has to be kept, the order's own key first.
    std::vector<v1::SealedSecret> Seal(const std::string& order, const NamedSecrets& secrets) const;
    /// What Seal made for that order. Errors: kUnauthenticated `SEAL_BROKEN`; kPrecondition
    /// `SEALING_KEY_UNKNOWN`: sealed under another key of the operator.
    Result<NamedSecrets> Open(const std::string& order, const SealedSecrets& sealed) const;
    /// Errors: those of nostr::Encrypt44.
    Result<v1::SealedSecret> SealForCustomer(const std::string& name, const Secret& secret,
                                             const std::string& customer) const;

    /// The same for what the operator keeps in files of his own.
    std::string SealOwn(const std::string& name, const Secret& secret) const;
    Result<Secret> OpenOwn(const std::string& name, const std::string& sealed) const;

private:
    OrderSealer(Secret wrapping_key, std::string key_id, nostr::SecretKey operator_key);

    Secret wrapping_key_;
    std::string key_id_;
    nostr::SecretKey operator_key_;
};

}  // namespace berth::worker
