#include "tests/integration/relay_transport/self_signed.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/base/file.hpp"

namespace berth::relay::test {
namespace {

template <typename Write>
std::string Pem(Write write)
{
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> memory{BIO_new(BIO_s_mem()), &BIO_free_all};
    if (write(memory.get()) != 1) throw std::runtime_error{"No PEM could be written."};
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

SelfSigned::SelfSigned()
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{EVP_EC_gen("P-256"),
                                                                   &EVP_PKEY_free};
    const std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), &X509_free};
    auto* x509 = made.get();
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
    X509_set_pubkey(x509, pair.get());
    auto* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("relay.test"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    if (X509_sign(x509, pair.get(), EVP_sha256()) == 0) throw std::runtime_error{"Not signed."};
    certificate = Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, x509); });
    key = Pem([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

void SelfSigned::Save(const std::filesystem::path& folder) const
{
    const auto written = WriteFileAtomically(folder / "key.pem", key, 0600);
    const auto also = WriteFileAtomically(folder / "chain.pem", certificate, 0644);
    if (!written || !also) throw std::runtime_error{"The certificate could not be written."};
}

}  // namespace berth::relay::test
