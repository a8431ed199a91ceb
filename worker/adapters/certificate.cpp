#include "worker/adapters/certificate.hpp"

#include <algorithm>
#include <memory>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::worker {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Request = std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)>;
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), void (*)(STACK_OF(X509_EXTENSION)*)>;
using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;

Bio Reading(const std::string& pem)
{
    return Bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all};
}

std::string Written(BIO* bio)
{
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

Key ReadKey(const Secret& key_pem)
{
    const auto bio = Reading(key_pem.Expose());
    return Key{PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
}

Certificate ReadLeaf(const std::string& chain_pem)
{
    const auto bio = Reading(chain_pem);
    return Certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
}

Time TimeOf(const ASN1_TIME* time)
{
    std::tm parts{};
    BERTH_ASSERT(ASN1_TIME_to_tm(time, &parts) == 1);
    return FromUnixSeconds(::timegm(&parts));
}

bool AddNames(X509_REQ* request, const std::vector<std::string>& names)
{
    std::string value;
    for (const auto& name : names) value += (value.empty() ? "DNS:" : ",DNS:") + name;
    const Extensions extensions{sk_X509_EXTENSION_new_null(), [](STACK_OF(X509_EXTENSION) * all) {
                                    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
                                }};
    auto* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str());
    return extension && sk_X509_EXTENSION_push(extensions.get(), extension) > 0 &&
           X509_REQ_add_extensions(request, extensions.get()) == 1;
}

}  // namespace

Secret MakeCertificateKey()
{
    const Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const Bio bio{BIO_new(BIO_s_secmem()), BIO_free_all};
    BERTH_ASSERT(key && bio &&
                 PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                               nullptr) == 1);
    return Secret{Written(bio.get())};
}

Result<std::string> MakeSigningRequest(const Secret& key_pem, const std::vector<std::string>& names)
{
    const auto key = ReadKey(key_pem);
    const Request request{X509_REQ_new(), X509_REQ_free};
    const Bio bio{BIO_new(BIO_s_mem()), BIO_free_all};
    const bool made = key && request && bio && AddNames(request.get(), names) &&
                      X509_REQ_set_pubkey(request.get(), key.get()) == 1 &&
                      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0 &&
                      PEM_write_bio_X509_REQ(bio.get(), request.get()) == 1;
    if (made) return Written(bio.get());
    return Fail(ErrorCode::kInvalid, "BAD_CERTIFICATE_KEY",
                "No signing request can be made from this key and these names.");
}

Result<CertificateFacts> ReadCertificate(const std::string& chain_pem)
{
    const auto leaf = ReadLeaf(chain_pem);
    if (!leaf) {
        return Fail(ErrorCode::kInvalid, "BAD_CERTIFICATE", "There is no certificate in the PEM.");
    }
    CertificateFacts facts{.names = {},
                           .not_before = TimeOf(X509_get0_notBefore(leaf.get())),
                           .not_after = TimeOf(X509_get0_notAfter(leaf.get())),
                           .fingerprint = {}};
    const Names names{static_cast<GENERAL_NAMES*>(
                          X509_get_ext_d2i(leaf.get(), NID_subject_alt_name, nullptr, nullptr)),
                      GENERAL_NAMES_free};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const auto* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS) continue;
        const auto* const bytes = ASN1_STRING_get0_data(name->d.dNSName);
        facts.names.emplace_back(bytes, bytes + ASN1_STRING_length(name->d.dNSName));
    }
    unsigned char digest[32];
    unsigned int size = sizeof digest;
    BERTH_ASSERT(X509_digest(leaf.get(), EVP_sha256(), digest, &size) == 1);
    facts.fingerprint = ToHex(std::string(digest, digest + size));
    return facts;
}

bool CertificateIsFor(const std::string& chain_pem, const Secret& key_pem)
{
    const auto leaf = ReadLeaf(chain_pem);
    const auto key = ReadKey(key_pem);
    return leaf && key && X509_check_private_key(leaf.get(), key.get()) == 1;
}

}  // namespace berth::worker
