#include "core/probe/connection.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::probe {
namespace {

constexpr std::size_t kBytesMax = 64 << 20;

struct FreeTls {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

Error Lost(std::string message)
{
    return Fail(ErrorCode::kUnavailable, "CONNECTION_LOST", std::move(message));
}

bool WaitFor(int socket, short events, Deadline deadline)
{
    while (!deadline.Passed()) {
        pollfd polled{.fd = socket, .events = events, .revents = 0};
        const auto ready = ::poll(&polled, 1, static_cast<int>(deadline.Left().count()) + 1);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // The call that follows reports it.
    }
    return false;
}

std::string CommonName(const X509_NAME* name)
{
    std::array<char, 256> text{};
    const auto length = X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), text.size());
    return length > 0 ? std::string{text.data(), static_cast<std::size_t>(length)} : std::string{};
}

std::vector<std::string> DnsNames(const X509* certificate)
{
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, FreeTls> all{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_DNS) continue;
        names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                           static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    }
    return names;
}

Certificate Describe(X509* x509)
{
    Certificate certificate{.subject = CommonName(X509_get_subject_name(x509)),
                            .issuer = CommonName(X509_get_issuer_name(x509)),
                            .names = DnsNames(x509),
                            .not_after = {},
                            .fingerprint = {}};
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(x509), &end) == 1) {
        certificate.not_after = FromUnixSeconds(::timegm(&end));
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(x509, EVP_sha256(), digest.data(), &size) == 1) {
        certificate.fingerprint = ToHex({reinterpret_cast<const char*>(digest.data()), size});
    }
    return certificate;
}

}  // namespace

struct Connection::State {
    int socket = -1;
    Deadline deadline;
    std::size_t bytes_left = kBytesMax;
    std::unique_ptr<SSL_CTX, FreeTls> context{};
    std::unique_ptr<SSL, FreeTls> tls{};
    BIO* received = nullptr;  ///< Owned by `tls`.
    BIO* to_send = nullptr;   ///< Owned by `tls`.
    std::optional<Certificate> certificate{};

    explicit State(Deadline until) : deadline{until} {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State()
    {
        if (socket >= 0) ::close(socket);
    }

    Result<void> Connect(const Endpoint& endpoint);
    Result<void> StartTls(const Endpoint& endpoint);
    Result<void> Handshake();
    Result<std::size_t> Receive(char* into, std::size_t size);
    Result<void> Send(std::string_view bytes);
    Result<void> Flush();
    /// Receives once for TLS; false at the end.
    Result<bool> Feed();
};

Result<void> Connection::State::Connect(const Endpoint& endpoint)
{
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(endpoint.connect_port ? endpoint.connect_port : endpoint.port);
    const auto where = endpoint.connect_address + " port " + port;
    if (::getaddrinfo(endpoint.connect_address.c_str(), port.c_str(), &hints, &found) != 0) {
        return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", where + " is no address.");
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> address{found, &::freeaddrinfo};
    socket = ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", std::strerror(errno));
    if (::connect(socket, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS) {
        return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", where + ": " + std::strerror(errno));
    }
    if (!WaitFor(socket, POLLOUT, deadline)) {
        return Fail(ErrorCode::kTimeout, "CONNECT_TIMED_OUT", where + " does not answer.");
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", where + ": " + std::strerror(error));
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return {};
}

Result<void> Connection::State::StartTls(const Endpoint& endpoint)
{
    context.reset(SSL_CTX_new(TLS_client_method()));
    BERTH_ASSERT(context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const auto loaded =
        endpoint.ca_file.empty()
            ? SSL_CTX_set_default_verify_paths(context.get())
            : SSL_CTX_load_verify_locations(context.get(), endpoint.ca_file.c_str(), nullptr);
    if (loaded != 1) {
        return Fail(ErrorCode::kUnavailable, "TLS_FAILED", "The CA file cannot be read.");
    }
    tls.reset(SSL_new(context.get()));
    received = BIO_new(BIO_s_mem());
    to_send = BIO_new(BIO_s_mem());
    BERTH_ASSERT(tls && received && to_send);
    SSL_set_bio(tls.get(), received, to_send);
    X509_VERIFY_PARAM_set_hostflags(SSL_get0_param(tls.get()),
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    auto host = endpoint.host;
    const bool is_address =
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls.get()), endpoint.host.c_str()) == 1;
    if (!is_address && (SSL_set1_host(tls.get(), endpoint.host.c_str()) != 1 ||
                        SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                 host.data()) != 1)) {
        return Fail(ErrorCode::kUnavailable, "TLS_FAILED", "The host name cannot be used in TLS.");
    }
    return Handshake();
}

Result<void> Connection::State::Handshake()
{
    while (true) {
        ERR_clear_error();
        const auto done = SSL_connect(tls.get());
        const auto reason = SSL_get_error(tls.get(), done);
        if (const auto sent = Flush(); !sent) return sent.error();
        if (done == 1) break;
        if (reason != SSL_ERROR_WANT_READ) {
            const auto verdict = SSL_get_verify_result(tls.get());
            if (verdict != X509_V_OK) {
                return Fail(ErrorCode::kUnavailable, "TLS_NOT_TRUSTED",
                            std::string{"The certificate is refused: "} +
                                X509_verify_cert_error_string(verdict) + ".");
            }
            return Fail(ErrorCode::kUnavailable, "TLS_FAILED", "The TLS handshake failed.");
        }
        const auto fed = Feed();
        if (!fed) return fed.error();
        if (!*fed)
            return Fail(ErrorCode::kUnavailable, "TLS_FAILED", "Closed during the handshake.");
    }
    const std::unique_ptr<X509, FreeTls> peer{SSL_get1_peer_certificate(tls.get())};
    if (peer) certificate = Describe(peer.get());
    return {};
}

Result<std::size_t> Connection::State::Receive(char* into, std::size_t size)
{
    if (bytes_left == 0)
        return Fail(ErrorCode::kExhausted, "TOO_LARGE", "The answer is too large.");
    while (true) {
        if (!WaitFor(socket, POLLIN, deadline)) {
            return Fail(ErrorCode::kTimeout, "READ_TIMED_OUT", "The other side does not answer.");
        }
        const auto count = ::recv(socket, into, std::min(size, bytes_left), 0);
        if (count >= 0) {
            bytes_left -= static_cast<std::size_t>(count);
            return static_cast<std::size_t>(count);
        }
        if (errno != EAGAIN && errno != EINTR) return Lost(std::strerror(errno));
    }
}

Result<void> Connection::State::Send(std::string_view bytes)
{
    while (!bytes.empty()) {
        if (!WaitFor(socket, POLLOUT, deadline)) {
            return Fail(ErrorCode::kTimeout, "WRITE_TIMED_OUT", "The other side does not read.");
        }
        const auto count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EAGAIN && errno != EINTR) {
            return Lost(std::strerror(errno));
        }
    }
    return {};
}

Result<void> Connection::State::Flush()
{
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(to_send, &bytes);
    const auto sent = Send({bytes, static_cast<std::size_t>(size)});
    (void)BIO_reset(to_send);
    return sent;
}

Result<bool> Connection::State::Feed()
{
    std::array<char, 16384> buffer;
    const auto count = Receive(buffer.data(), buffer.size());
    if (!count) return count.error();
    if (*count > 0) BIO_write(received, buffer.data(), static_cast<int>(*count));
    return *count > 0;
}

Connection::Connection(std::unique_ptr<State> state) : state_{std::move(state)} {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::Open(const Endpoint& endpoint, Deadline deadline)
{
    auto state = std::make_unique<State>(deadline);
    if (const auto connected = state->Connect(endpoint); !connected) return connected.error();
    if (endpoint.tls) {
        if (const auto secured = state->StartTls(endpoint); !secured) return secured.error();
    }
    return std::unique_ptr<Connection>{new Connection{std::move(state)}};
}

void Connection::set_deadline(Deadline deadline) { state_->deadline = deadline; }

void Connection::set_byte_limit(std::size_t limit) { state_->bytes_left = limit; }

Result<std::size_t> Connection::ReadSome(char* into, std::size_t size)
{
    if (!state_->tls) return state_->Receive(into, size);
    while (true) {
        ERR_clear_error();
        std::size_t count = 0;
        const auto done = SSL_read_ex(state_->tls.get(), into, size, &count);
        if (const auto sent = state_->Flush(); !sent) return sent.error();
        if (done == 1) return count;
        const auto reason = SSL_get_error(state_->tls.get(), done);
        if (reason == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
        if (reason != SSL_ERROR_WANT_READ) return Lost("The TLS connection broke.");
        const auto fed = state_->Feed();
        if (!fed) return fed.error();
        if (!*fed) return std::size_t{0};
    }
}

Result<void> Connection::Write(std::string_view bytes)
{
    if (!state_->tls || bytes.empty()) return state_->Send(bytes);
    std::size_t count = 0;
    if (SSL_write_ex(state_->tls.get(), bytes.data(), bytes.size(), &count) != 1) {
        return Lost("The TLS connection broke.");
    }
    return state_->Flush();
}

const std::optional<Certificate>& Connection::certificate() const { return state_->certificate; }

}  // namespace berth::probe
