#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "akash/sandbox/runtime/container_config.hpp"
#include "akash/sandbox/runtime/process.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"

namespace berth::sandbox {

struct ContainerSettings {
    std::filesystem::path folder;  ///< For what the containers need; made anew, mode 0700.
    std::string runc = "runc";     ///< Programs; looked up in PATH.
    std::string umoci = "umoci";
    std::map<std::string, std::string> layouts;  ///< Image to the OCI layout it lies in: DIR:TAG.
};

/// How an image is run.
struct ImageView {
    std::string image;
    std::string digest;    ///< Of the manifest, if it runs as a container.
    std::string why_not;   ///< Why it does not; a sentence.
    bool limited = false;  ///< Its containers get no more memory and time than they may have.
};

/// Runs OCI images by runc: unprivileged, on a read-only root, without capabilities, on the host's
/// network, and as root within its limits. A container is the second process of a PID namespace
/// whose first is runc, and so ends with it, whatever ends that. What a killed run left behind goes
/// when the next one begins. Used on one thread at a time.
class Containers {
public:
    /// Unpacks each layout and tries whether it runs here; what does not is logged.
    Containers(ContainerSettings settings, Log& log);
    Containers(const Containers&) = delete;
    Containers& operator=(const Containers&) = delete;
    ~Containers();

    /// Whether the image runs as a container.
    bool Runs(const std::string& image) const { return images_.contains(image); }
    /// Every image that a layout was named for.
    const std::vector<ImageView>& views() const { return views_; }

    /// What starts a container named `name` of an image that runs, with `environment` on top of the
    /// image's own. None of that name may run. Throws std::runtime_error.
    ProcessSpec Prepare(const std::string& image, const std::string& name,
                        const std::map<std::string, std::string>& environment,
                        const ContainerLimits& limits, const std::filesystem::path& log_file);
    /// Forgets a container that has ended, however that came.
    void Remove(const std::string& name);

private:
    struct Image {
        std::filesystem::path bundle;  ///< As it was unpacked.
        std::string digest;
        bool limited = true;
    };
    struct Wish {
        std::string name;
        std::map<std::string, std::string> environment;
        ContainerLimits limits;
        std::filesystem::path log_file;
        std::vector<std::string> arguments;
    };

    void Take(const std::string& image, const std::string& layout);
    Result<Image> Unpack(const std::string& layout, const std::filesystem::path& bundle) const;
    Result<void> Try(const std::string& image);
    ProcessSpec Write(const Image& image, const Wish& wish);
    void RemoveControlGroups(const std::string& name) const;

    const ContainerSettings settings_;
    const std::string group_;  ///< Control group above those of the containers.
    Log& log_;
    std::map<std::string, Image> images_;  ///< Those that run.
    std::vector<ImageView> views_;
};

}  // namespace berth::sandbox
