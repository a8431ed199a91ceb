#pragma once

#include <mutex>
#include <optional>
#include <set>

#include <boost/json/value.hpp>

#include "akash/programs.hpp"
#include "akash/sdl.hpp"

namespace berth::akash {

/// The hash that the chain holds for a manifest: SHA-256 of its JSON with sorted keys, without
/// white space, escaped as Go's encoder does.
std::string ManifestHashHex(const boost::json::value& manifest);

/// `groups` of MsgCreateDeployment from typed fields.
std::string GroupsJson(const RelayDeployment& deployment);

/// ManifestSource over `provider-services sdl-to-manifest` and `akash tx deployment create
/// --generate-only`. Thread-safe.
class CliManifestSource final : public ManifestSource {
public:
    /// `runner` must outlive the source.
    CliManifestSource(CommandRunner& runner, const AkashPrograms& programs)
        : runner_{runner}, programs_{programs}
    {
    }
    Result<Manifest> ManifestOf(const Secret& sdl, const RelayDeployment& deployment,
                                Deadline deadline) override;
    Result<void> CheckMessage(const std::string& message, const Secret& sdl,
                              Deadline deadline) override;

private:
    Result<std::optional<boost::json::value>> Generate(const boost::json::value& message,
                                                       const Secret& sdl, Deadline deadline);

    CommandRunner& runner_;
    const AkashPrograms programs_;
    std::mutex mutex_;
    std::set<std::string> checked_;  ///< Hashes of groups that were found equal.
};

}  // namespace berth::akash
