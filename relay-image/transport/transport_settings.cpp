#include "relay-image/transport/transport_settings.hpp"

#include "core/base/file.hpp"

namespace berth::relay {
namespace {

using config::Setting;
using config::Type;

constexpr std::int64_t kMaxRate = 1'000'000'000;
constexpr std::size_t kMaxChainBytes = 256 << 10;

constexpr Setting kSettings[] = {
    {"relay.address", Type::kList, "127.0.0.1:8080", "addresses to listen on, host:port"},
    {"relay.tls_address", Type::kList, "", "addresses to serve over TLS, host:port"},
    {"relay.tls_certificate_file", Type::kText, "", "PEM file with the certificate chain"},
    {"relay.tls_certificate", Type::kText, "", "the certificate chain itself, PEM"},
    {"relay.tls_key_file", Type::kSecretFile, "", "PEM file with the certificate's key"},
    {"relay.trusted_proxies", Type::kList, "", "networks whose PROXY and X-Forwarded-For count"},
    {"relay.max_connections", Type::kInteger, "10000", "open connections", 1, 1000000},
    {"relay.max_pending_output", Type::kInteger, "8388608", "bytes that wait for one client", 65536,
     1 << 30},
    {"relay.output_megabytes", Type::kInteger, "64", "that wait for all clients", 1, 65536},
    {"relay.request_timeout", Type::kDuration, "15s", "for a request to arrive", 100, 300'000},
    {"relay.ping_interval", Type::kDuration, "25s", "of silence before a ping", 1000, 55'000},
    {"relay.compression", Type::kBool, "true", "offer permessage-deflate"},
    {"relay.unlimited_addresses", Type::kList, "127.0.0.0/8,::1", "networks without rate limits"},
    {"relay.connections_per_address", Type::kInteger, "256", "0 for any number", 0, kMaxRate},
    {"relay.events_per_address", Type::kInteger, "1200", "a minute, 0 for any", 0, kMaxRate},
    {"relay.requests_per_address", Type::kInteger, "2400", "a minute, 0 for any", 0, kMaxRate},
    {"relay.events_per_key", Type::kInteger, "600", "a minute, 0 for any", 0, kMaxRate},
};

Error BadValue(std::string message)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE", std::move(message));
}

Result<Networks> ReadNetworks(const config::Config& config, std::string_view key)
{
    auto networks = Networks::Parse(config.List(key));
    if (!networks) return BadValue(std::string{key} + ": " + networks.error().message);
    return networks;
}

Result<TlsMaterial> ReadTls(const config::Config& config)
{
    TlsMaterial material{.certificate = config.Text("relay.tls_certificate"),
                         .key = config.SecretOf("relay.tls_key_file")};
    if (const auto& path = config.Text("relay.tls_certificate_file"); !path.empty()) {
        auto chain = ReadFile(path, kMaxChainBytes);
        if (!chain) return BadValue("relay.tls_certificate_file: " + chain.error().message);
        material.certificate = std::move(*chain);
    }
    if (material.certificate.empty() || material.key.empty()) {
        return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                    "relay.tls_address needs a certificate and its key.");
    }
    return material;
}

Result<RateLimits> ReadRates(const config::Config& config)
{
    const auto unlimited = ReadNetworks(config, "relay.unlimited_addresses");
    if (!unlimited) return unlimited.error();
    return RateLimits{.connections_per_address =
                          static_cast<std::size_t>(config.Integer("relay.connections_per_address")),
                      .events_per_address = config.Integer("relay.events_per_address"),
                      .requests_per_address = config.Integer("relay.requests_per_address"),
                      .events_per_key = config.Integer("relay.events_per_key"),
                      .unlimited = *unlimited};
}

}  // namespace

std::span<const Setting> DeclaredTransportSettings() { return kSettings; }

Result<TransportSettings> ReadTransportSettings(const config::Config& config)
{
    const auto trusted = ReadNetworks(config, "relay.trusted_proxies");
    if (!trusted) return trusted.error();
    auto rates = ReadRates(config);
    if (!rates) return rates.error();
    TransportSettings settings{
        .addresses = config.List("relay.address"),
        .tls_addresses = config.List("relay.tls_address"),
        .tls = {},
        .trusted_proxies = *trusted,
        .max_connections = static_cast<std::size_t>(config.Integer("relay.max_connections")),
        .max_pending_output = static_cast<std::size_t>(config.Integer("relay.max_pending_output")),
        .output_bytes = static_cast<std::size_t>(config.Integer("relay.output_megabytes")) << 20,
        .request_timeout = config.Duration("relay.request_timeout"),
        .ping_interval =
            std::chrono::floor<std::chrono::seconds>(config.Duration("relay.ping_interval")),
        .compression = config.Bool("relay.compression"),
        .rates = std::move(*rates)};
    if (settings.addresses.empty() && settings.tls_addresses.empty()) {
        return BadValue("relay.address and relay.tls_address name no address.");
    }
    if (settings.tls_addresses.empty()) return settings;
    auto tls = ReadTls(config);
    if (!tls) return tls.error();
    settings.tls = std::move(*tls);
    return settings;
}

}  // namespace berth::relay
