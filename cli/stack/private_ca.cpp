#include "cli/stack/private_ca.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/file.hpp"

namespace berth::stack {
namespace {

constexpr long kLifetimeSeconds = 30L * 24 * 3600;
constexpr long kClockSkewSeconds = 3600;

template <typename T, void (*Free)(T*)>
struct Freer {
    void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION, X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;

Key NewKey()
{
    Key key{EVP_EC_gen("P-256")};
    BERTH_ASSERT(key);
    return key;
}

void SetSerial(X509* certificate)
{
    auto bytes = RandomBytes(8);
    std::uint64_t serial = 0;
    for (const char byte : bytes) serial = serial << 8 | static_cast<std::uint8_t>(byte);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
}

void AddExtension(X509* certificate, X509* issuer, int id, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, id, value)};
    BERTH_ASSERT(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

X509Ptr NewCertificate(const std::string& name, EVP_PKEY* key)
{
    X509Ptr certificate{X509_new()};
    BERTH_ASSERT(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    SetSerial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kClockSkewSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetimeSeconds);
    std::basic_string<unsigned char> text{name.begin(), name.end()};
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               text.data(), static_cast<int>(text.size()), -1, 0);
    BERTH_ASSERT(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

void Sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key)
{
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    BERTH_ASSERT(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
}

std::string Contents(BIO* bio)
{
    char* start = nullptr;
    const long size = BIO_get_mem_data(bio, &start);
    return {start, static_cast<std::size_t>(size)};
}

std::string PemOf(X509* certificate)
{
    const Bio bio{BIO_new(BIO_s_mem())};
    BERTH_ASSERT(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return Contents(bio.get());
}

std::string PemOf(EVP_PKEY* key)
{
    const Bio bio{BIO_new(BIO_s_mem())};
    BERTH_ASSERT(
        PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return Contents(bio.get());
}

}  // namespace

struct PrivateCa::Parts {
    Key key = NewKey();
    X509Ptr certificate;
};

PrivateCa::PrivateCa(std::string name) : parts_{std::make_unique<Parts>()}
{
    parts_->certificate = NewCertificate(name, parts_->key.get());
    auto* self = parts_->certificate.get();
    AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    AddExtension(self, self, NID_subject_key_identifier, "hash");
    Sign(self, self, parts_->key.get());
}

PrivateCa::~PrivateCa() = default;

std::string PrivateCa::Certificate() const { return PemOf(parts_->certificate.get()); }

Result<void> PrivateCa::Issue(const std::filesystem::path& certificate,
                              const std::filesystem::path& key) const
{
    const auto server_key = NewKey();
    const auto server = NewCertificate("localhost", server_key.get());
    auto* issuer = parts_->certificate.get();
    AddExtension(server.get(), issuer, NID_ext_key_usage, "serverAuth");
    AddExtension(server.get(), issuer, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
    Sign(server.get(), issuer, parts_->key.get());
    const auto written = WriteFileAtomically(key, PemOf(server_key.get()), 0600);
    if (!written) return written.error();
    return WriteFileAtomically(certificate, PemOf(server.get()), 0644);
}

}  // namespace berth::stack
