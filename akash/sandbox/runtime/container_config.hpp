#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace berth::sandbox {

/// What a container may use; 0: as much as there is.
struct ContainerLimits {
    std::int64_t memory_bytes = 0;
    std::int64_t cpu_millis = 0;
};

/// What one container adds to the configuration that its image was unpacked with.
struct ContainerTerms {
    std::filesystem::path root;  ///< Its file system, which many containers may share.
    std::string control_group;
    std::map<std::string, std::string> environment;
    std::vector<std::string> arguments;  ///< Behind the image's own.
    ContainerLimits limits;              ///< Hold where control groups can be had.
    bool is_root = true;  ///< We are; else the container's only user is root of our user namespace.
};

/// The configuration of a container (OCI runtime specification 1.0), as JSON: `unpacked` with the
/// terms, on a read-only root, the host's network, and without any capability. Throws
/// std::exception if it cannot be read.
std::string ContainerConfig(const std::string& unpacked, const ContainerTerms& terms);

}  // namespace berth::sandbox
