#include "akash/sandbox/runtime/certificate.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/digest.hpp"
#include "core/base/file.hpp"

namespace berth::sandbox {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Buffer = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long kDay = 24 * 60 * 60;

void Require(bool done, const char* what)
{
    if (!done) throw std::runtime_error{std::string{"OpenSSL could not "} + what + "."};
}

std::string TextOf(BIO* buffer)
{
    char* data = nullptr;
    const auto size = BIO_get_mem_data(buffer, &data);
    return {data, static_cast<std::size_t>(size)};
}

PemPair ToPem(X509* certificate, EVP_PKEY* key)
{
    const Buffer certificate_pem{BIO_new(BIO_s_mem()), BIO_free};
    const Buffer key_pem{BIO_new(BIO_s_mem()), BIO_free};
    Require(PEM_write_bio_X509(certificate_pem.get(), certificate) == 1 &&
                PEM_write_bio_PrivateKey(key_pem.get(), key, nullptr, nullptr, 0, nullptr,
                                         nullptr) == 1,
            "write PEM");
    return {.certificate = TextOf(certificate_pem.get()), .key = TextOf(key_pem.get())};
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    Require(extension != nullptr, "make an extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate NewCertificate(EVP_PKEY* key, const std::string& name, long days)
{
    Certificate certificate{X509_new(), X509_free};
    X509_set_version(certificate.get(), 2);
    std::uint64_t serial = 0;
    for (const char byte : RandomBytes(7)) serial = serial << 8 | static_cast<unsigned char>(byte);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

void Sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key)
{
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    Require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "sign a certificate");
}

PemPair NewAuthority()
{
    const Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    Require(key != nullptr, "make a key");
    const auto certificate = NewCertificate(key.get(), "Berth sandbox ingress CA", 3650);
    AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(certificate.get(), certificate.get(), NID_key_usage,
                 "critical,keyCertSign,cRLSign");
    AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
    Sign(certificate.get(), certificate.get(), key.get());
    return ToPem(certificate.get(), key.get());
}

void Store(const std::filesystem::path& path, const std::string& text, unsigned mode)
{
    const auto written = WriteFileAtomically(path, text, mode);
    if (!written) throw std::runtime_error{written.error().message};
}

}  // namespace

PemPair IngressAuthority(const std::filesystem::path& folder)
{
    const auto certificate = ReadFile(folder / "ca.pem");
    const auto key = ReadFile(folder / "ca.key");
    if (certificate && key) return {.certificate = *certificate, .key = *key};
    const auto made = NewAuthority();
    Store(folder / "ca.key", made.key, 0600);
    Store(folder / "ca.pem", made.certificate, 0644);
    return made;
}

PemPair IssueCertificate(const PemPair& authority, const std::vector<std::string>& names)
{
    const Buffer certificate_pem{BIO_new_mem_buf(authority.certificate.data(), -1), BIO_free};
    const Buffer key_pem{BIO_new_mem_buf(authority.key.data(), -1), BIO_free};
    const Certificate issuer{PEM_read_bio_X509(certificate_pem.get(), nullptr, nullptr, nullptr),
                             X509_free};
    const Key issuer_key{PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr),
                         EVP_PKEY_free};
    const Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    Require(issuer && issuer_key && key, "read the authority");
    const auto certificate = NewCertificate(key.get(), "Berth sandbox ingress", 90);
    std::string alternatives;
    for (const auto& name : names) alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
    AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name, alternatives);
    AddExtension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
    AddExtension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
    Sign(certificate.get(), issuer.get(), issuer_key.get());
    return ToPem(certificate.get(), key.get());
}

}  // namespace berth::sandbox
