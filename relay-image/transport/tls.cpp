#include "relay-image/transport/tls.hpp"

#include <array>
#include <ctime>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace berth::relay {
namespace {

constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio Over(const std::string& text)
{
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free_all};
}

Error Bad(const char* reason, std::string message)
{
    ERR_clear_error();
    return Fail(ErrorCode::kInvalid, reason, std::move(message));
}

/// A key with a pass phrase is refused instead of asking for it on the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size,
                   const unsigned char* offered, unsigned offered_size, void*)
{
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, kHttp11.data(), kHttp11.size(), offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> NewContext()
{
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context.get(), &ChooseProtocol, nullptr);
    return context;
}

/// The rest of the chain, after the certificate itself.
bool AddChain(SSL_CTX* context, BIO* bio)
{
    while (auto* next = PEM_read_bio_X509(bio, nullptr, &NoPassPhrase, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            return false;
        }
    }
    return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

Time EndOf(const X509* certificate)
{
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return FromUnixSeconds(0);
    return FromUnixSeconds(::timegm(&end));
}

}  // namespace

Result<void> Tls::Use(const TlsMaterial& material)
{
    auto context = NewContext();
    const auto chain = Over(material.certificate);
    const Certificate first{PEM_read_bio_X509(chain.get(), nullptr, &NoPassPhrase, nullptr),
                            &X509_free};
    if (!first || SSL_CTX_use_certificate(context.get(), first.get()) != 1 ||
        !AddChain(context.get(), chain.get())) {
        return Bad("TLS_BAD_CERTIFICATE", "The TLS certificate is no PEM chain of certificates.");
    }
    ERR_clear_error();
    const auto secret = Over(material.key.Expose());
    const Key key{PEM_read_bio_PrivateKey(secret.get(), nullptr, &NoPassPhrase, nullptr),
                  &EVP_PKEY_free};
    if (!key) return Bad("TLS_BAD_KEY", "The TLS key is no PEM key without a pass phrase.");
    if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        return Bad("TLS_BAD_KEY", "The TLS key does not belong to the certificate.");
    }
    const std::scoped_lock lock{mutex_};
    context_ = std::move(context);
    expires_ = EndOf(first.get());
    return {};
}

TlsState Tls::Accept(int handle) const
{
    const auto context = this->context();
    TlsState state{context ? SSL_new(context.get()) : nullptr, &SSL_free};
    if (!state || SSL_set_fd(state.get(), handle) != 1) return {nullptr, &SSL_free};
    SSL_set_accept_state(state.get());
    return state;
}

std::optional<Time> Tls::expires() const
{
    const std::scoped_lock lock{mutex_};
    return expires_;
}

Tls::Context Tls::context() const
{
    const std::scoped_lock lock{mutex_};
    return context_;
}

}  // namespace berth::relay
