#include "worker/sealing/order_sealer.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/encryption.hpp"
#include "worker/sealing/aead.hpp"

namespace berth::worker {
namespace {

constexpr auto kOrderKey = "order_key";
constexpr auto kForOperator = "operator";
constexpr auto kForCustomer = "customer";

std::string ContextOf(const std::string& order, const std::string& name)
{
    return "berth-sealed:1:" + order + ":" + name;
}

v1::SealedSecret MakeSealed(std::string name, std::string sealed, std::string key_id)
{
    v1::SealedSecret secret;
    secret.set_name(std::move(name));
    secret.set_reader(kForOperator);
    secret.set_sealed(std::move(sealed));
    secret.set_key_id(std::move(key_id));
    return secret;
}

const v1::SealedSecret* FindOrderKey(const SealedSecrets& sealed)
{
    for (const auto& secret : sealed) {
        if (secret.reader() == kForOperator && secret.name() == kOrderKey) return &secret;
    }
    return nullptr;
}

}  // namespace

Result<OrderSealer> OrderSealer::Make(const Secret& wrapping_key,
                                      const nostr::SecretKey& operator_key)
{
    auto bytes = FromHex(wrapping_key.Expose());
    if (!bytes || bytes->size() != 32) {
        return Fail(ErrorCode::kInvalid, "BAD_SEALING_KEY", "A sealing key is 64 hex digits.");
    }
    auto id = ToHex(Sha256("berth-sealing-key:" + *bytes)).substr(0, 16);
    return OrderSealer{Secret{std::move(*bytes)}, std::move(id), operator_key};
}

OrderSealer::OrderSealer(Secret wrapping_key, std::string key_id, nostr::SecretKey operator_key)
    : wrapping_key_{std::move(wrapping_key)},
      key_id_{std::move(key_id)},
      operator_key_{std::move(operator_key)}
{
}

std::vector<v1::SealedSecret> OrderSealer::Seal(const std::string& order,
                                                const NamedSecrets& secrets) const
{
    const Secret order_key{RandomBytes(32)};
    std::vector<v1::SealedSecret> sealed{MakeSealed(
        kOrderKey, SealBytes(wrapping_key_, order_key, ContextOf(order, kOrderKey)), key_id_)};
    for (const auto& [name, secret] : secrets) {
        sealed.push_back(
            MakeSealed(name, SealBytes(order_key, secret, ContextOf(order, name)), key_id_));
    }
    return sealed;
}

Result<NamedSecrets> OrderSealer::Open(const std::string& order, const SealedSecrets& sealed) const
{
    NamedSecrets opened;
    const auto* const wrapped = FindOrderKey(sealed);
    if (!wrapped) return opened;
    if (wrapped->key_id() != key_id_) {
        return Fail(ErrorCode::kPrecondition, "SEALING_KEY_UNKNOWN",
                    "The order was sealed under the key " + wrapped->key_id() + ".");
    }
    const auto order_key = OpenBytes(wrapping_key_, wrapped->sealed(), ContextOf(order, kOrderKey));
    if (!order_key) return order_key.error();
    for (const auto& secret : sealed) {
        if (secret.reader() != kForOperator || secret.name() == kOrderKey) continue;
        auto bytes = OpenBytes(*order_key, secret.sealed(), ContextOf(order, secret.name()));
        if (!bytes) return bytes.error();
        opened.emplace(secret.name(), std::move(*bytes));
    }
    return opened;
}

Result<v1::SealedSecret> OrderSealer::SealForCustomer(const std::string& name, const Secret& secret,
                                                      const std::string& customer) const
{
    auto payload = nostr::Encrypt44(secret, operator_key_, customer);
    if (!payload) return payload.error();
    v1::SealedSecret sealed;
    sealed.set_name(name);
    sealed.set_reader(kForCustomer);
    sealed.set_sealed(std::move(*payload));
    return sealed;
}

std::string OrderSealer::SealOwn(const std::string& name, const Secret& secret) const
{
    return SealBytes(wrapping_key_, secret, ContextOf("operator", name));
}

Result<Secret> OrderSealer::OpenOwn(const std::string& name, const std::string& sealed) const
{
    return OpenBytes(wrapping_key_, sealed, ContextOf("operator", name));
}

}  // namespace berth::worker
