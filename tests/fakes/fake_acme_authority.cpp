#include "tests/fakes/fake_acme_authority.hpp"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace berth::worker {
namespace {

constexpr long kDay = 24 * 3600;

void Require(bool done)
{
    if (!done) throw std::runtime_error{"OpenSSL refused to make a test certificate"};
}

EVP_PKEY* ReadKey(const Secret& pem)
{
    BIO* bio = BIO_new_mem_buf(pem.Expose().data(), static_cast<int>(pem.Expose().size()));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    Require(key != nullptr);
    return key;
}

std::string ToPem(X509* certificate)
{
    BIO* bio = BIO_new(BIO_s_mem());
    Require(PEM_write_bio_X509(bio, certificate) == 1);
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    std::string pem(bytes, static_cast<std::size_t>(size));
    BIO_free(bio);
    return pem;
}

X509* Blank(EVP_PKEY* key, const char* name, long serial, int days)
{
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), days * kDay);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

void Extend(X509* certificate, int nid, const std::string& value)
{
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    Require(extension && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

}  // namespace

struct TestAuthority::Parts {
    EVP_PKEY* key = ReadKey(MakeCertificateKey());
    X509* certificate = Blank(key, "Test Authority", 1, 90);
    long serial = 1;
};

TestAuthority::TestAuthority() : parts_{std::make_unique<Parts>()}
{
    X509_set_issuer_name(parts_->certificate, X509_get_subject_name(parts_->certificate));
    Extend(parts_->certificate, NID_basic_constraints, "critical,CA:TRUE");
    Require(X509_sign(parts_->certificate, parts_->key, EVP_sha256()) > 0);
    certificate_ = ToPem(parts_->certificate);
}

TestAuthority::~TestAuthority()
{
    X509_free(parts_->certificate);
    EVP_PKEY_free(parts_->key);
}

std::string TestAuthority::Issue(const Secret& key_pem, const std::vector<std::string>& names,
                                 int days)
{
    EVP_PKEY* key = ReadKey(key_pem);
    X509* certificate = Blank(key, "server", ++parts_->serial, days);
    X509_set_issuer_name(certificate, X509_get_subject_name(parts_->certificate));
    std::string value;
    for (const auto& name : names) value += (value.empty() ? "DNS:" : ",DNS:") + name;
    Extend(certificate, NID_subject_alt_name, value);
    Require(X509_sign(certificate, parts_->key, EVP_sha256()) > 0);
    auto pem = ToPem(certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return pem;
}

}  // namespace berth::worker
