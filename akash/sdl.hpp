#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/secret.hpp"
#include "core/money/amount.hpp"

namespace berth::akash {

/// What an ingress takes where an SDL says nothing: body, and silence on a connection.
inline constexpr std::int64_t kIngressBodyBytes = 1 << 20;
inline constexpr std::chrono::milliseconds kIngressSilence{60'000};

/// Where a volume stands in the container of the official image of PostgreSQL, and the folder of it
/// to keep the files in: at the top stands what the file system put there.
inline constexpr const char* kPostgresVolume = "/var/lib/postgresql/data";
inline constexpr const char* kPostgresFolder = "/var/lib/postgresql/data/pgdata";

/// A relay and its database as one deployment: two services, `relay` (one global port, 80) and
/// `postgres` (never global).
struct RelayDeployment {
    std::string relay_image;
    std::string postgres_image;
    std::int64_t cpu_millis = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t storage_bytes = 0;               ///< Of the database.
    std::string storage_class{};                  ///< Of the volume that keeps it; empty for none.
    std::vector<std::string> accept_hosts;        ///< Host names that the ingress takes.
    std::int64_t body_bytes = kIngressBodyBytes;  ///< Largest HTTP body that the ingress takes.
    std::chrono::seconds keep_alive{25};          ///< Silence after which the relay sends a ping.
    std::map<std::string, Secret> relay_environment;
    std::map<std::string, Secret> postgres_environment;
    std::string denom = "uact";
    money::Amount ceiling_per_block_e18;  ///< Of the whole deployment.
    std::map<std::string, std::string> required_attributes;
};

/// The SDL as YAML, by an emitter from typed fields; the same input gives the same bytes.
/// Errors: kInvalid `BAD_SDL_FIELD`.
Result<Secret> RenderSdl(const RelayDeployment& deployment);

/// What the chain or a provider would refuse or what would expose a service; checked before
/// spending. Errors: kInvalid `SDL_LINT` naming the rule.
Result<void> LintSdl(const Secret& sdl, const RelayDeployment& deployment);

struct Manifest {
    std::string groups_json;  ///< `groups` of MsgCreateDeployment.
    std::string hash_hex;     ///< `hash` of MsgCreateDeployment.
};

/// Asks `provider-services sdl-to-manifest` and builds groups and hash from typed fields.
class ManifestSource {
public:
    virtual ~ManifestSource() = default;
    /// The groups' resources are compared with the manifest's. Errors: kInvalid `SDL_REFUSED`,
    /// `MESSAGE_MISMATCH`; kUnavailable `COMMAND_NOT_STARTED`.
    virtual Result<Manifest> ManifestOf(const Secret& sdl, const RelayDeployment& deployment,
                                        Deadline deadline) = 0;
    /// Compares a MsgCreateDeployment of ours with the one that the network's own program makes of
    /// the SDL, once for deployments that differ in prices and secrets only. Where the program
    /// makes none because the wallet has no certificate, there is nothing to compare.
    /// Errors: kInvalid `MESSAGE_MISMATCH`; kUnavailable `NODE_UNAVAILABLE`,
    /// `COMMAND_NOT_STARTED`.
    virtual Result<void> CheckMessage(const std::string& message, const Secret& sdl,
                                      Deadline deadline) = 0;
};

}  // namespace berth::akash
