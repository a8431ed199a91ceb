#include "akash/sandbox/runtime/containers.hpp"

#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

#include <boost/json.hpp>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::sandbox {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kUnpackLimit = 60s;
constexpr auto kTryLimit = 20s;
constexpr auto kTry = "try";
constexpr std::size_t kTailBytes = 500;
constexpr ContainerLimits kTryLimits{.memory_bytes = 64 << 20, .cpu_millis = 1000};
const fs::path kControlGroups = "/sys/fs/cgroup";

bool IsRoot() { return ::geteuid() == 0; }

/// Where a program is. Who is not root has no folder of system programs in his PATH, but may well
/// run what is there.
std::string Located(const std::string& program)
{
    if (program.find('/') != program.npos) return program;
    const char* path = std::getenv("PATH");
    std::istringstream folders{std::string{path ? path : ""} + ":/usr/sbin:/sbin"};
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto place = fs::path{folder} / program;
        if (!folder.empty() && ::access(place.c_str(), X_OK) == 0) return place;
    }
    return program;
}

Error Unusable(std::string why)
{
    return Fail(ErrorCode::kUnavailable, "IMAGE_NOT_RUN", std::move(why));
}

std::string Tail(const std::string& text)
{
    auto tail = text.substr(text.size() - std::min(text.size(), kTailBytes));
    while (tail.ends_with('\n')) tail.pop_back();
    return tail;
}

/// The digest that an OCI layout's index has under a tag.
Result<std::string> DigestIn(const fs::path& layout, const std::string& tag)
{
    constexpr auto kTagOf = "org.opencontainers.image.ref.name";
    const auto text = ReadFile(layout / "index.json");
    if (!text) return text.error();
    try {
        const auto index = json::parse(*text);
        for (const auto& manifest : index.at("manifests").as_array()) {
            if (manifest.at("annotations").at(kTagOf).as_string() == tag) {
                return std::string{manifest.at("digest").as_string()};
            }
        }
    } catch (const std::exception& error) {  // Boost.JSON throws on another shape.
        return Unusable(layout.string() + ": " + error.what());
    }
    return Unusable("There is no image " + tag + " in " + layout.string() + ".");
}

}  // namespace

Containers::Containers(ContainerSettings settings, Log& log)
    : settings_{std::move(settings)},
      group_{"berth-sandbox-" + ToHex(Sha256(settings_.folder.string())).substr(0, 16)},
      log_{log}
{
    fs::remove_all(settings_.folder);
    RemoveControlGroups("");
    fs::create_directories(settings_.folder);
    fs::permissions(settings_.folder, fs::perms::owner_all);
    for (const auto& [image, layout] : settings_.layouts) Take(image, layout);
}

Containers::~Containers()
{
    std::error_code ignored;
    fs::remove_all(settings_.folder, ignored);
    RemoveControlGroups("");
}

void Containers::Take(const std::string& image, const std::string& layout)
{
    const auto bundle = settings_.folder / ("image-" + std::to_string(views_.size()));
    const auto unpacked = Unpack(layout, bundle);
    auto runs = unpacked ? Result<void>{} : Result<void>{unpacked.error()};
    if (unpacked) {
        images_[image] = *unpacked;
        images_[image].limited = IsRoot();
        runs = Try(image);
        if (!runs && IsRoot()) {
            images_[image].limited = false;
            runs = Try(image);
        }
    }
    if (runs) {
        const bool limited = images_.at(image).limited;
        views_.push_back(
            {.image = image, .digest = unpacked->digest, .why_not = {}, .limited = limited});
        log_.Info("The image runs as containers.",
                  {{"image", image}, {"digest", unpacked->digest}, {"limited", limited}});
        return;
    }
    images_.erase(image);
    views_.push_back({.image = image, .digest = {}, .why_not = runs.error().message});
    log_.Warning("The image cannot be run here; its program is.",
                 {{"image", image}, {"why", runs.error().message}});
}

Result<Containers::Image> Containers::Unpack(const std::string& layout,
                                             const fs::path& bundle) const
{
    const auto colon = layout.rfind(':');
    if (colon == layout.npos) return Unusable("A layout is FOLDER:TAG, not " + layout + ".");
    const auto digest = DigestIn(layout.substr(0, colon), layout.substr(colon + 1));
    if (!digest) return digest.error();
    std::vector<std::string> argv{settings_.umoci, "unpack", "--image", layout, bundle};
    if (!IsRoot()) argv.insert(argv.begin() + 2, "--rootless");
    ProcessRunner runner{1};
    const auto ran = runner.Run({.argv = argv}, Deadline::After(kUnpackLimit));
    if (!ran) return Unusable(settings_.umoci + ": " + ran.error().message);
    if (ran->exit_code != 0) return Unusable(settings_.umoci + ": " + Tail(ran->err));
    return Image{.bundle = bundle, .digest = *digest};
}

/// Nothing tells as surely whether containers work here as one that runs.
Result<void> Containers::Try(const std::string& image)
{
    const auto log_file = settings_.folder / "try.log";
    std::string end;
    try {
        Process process{Write(images_.at(image), {.name = kTry,
                                                  .environment = {},
                                                  .limits = kTryLimits,
                                                  .log_file = log_file,
                                                  .arguments = {"--help"}})};
        const auto code = process.WaitFor(kTryLimit);
        if (!code) process.Kill();
        Remove(kTry);
        if (code == 0) return {};
        end = code ? "ended with " + std::to_string(*code) : "did not end";
    } catch (const std::exception& error) {
        return Unusable(error.what());
    }
    const auto said = ReadFile(log_file);
    return Unusable(settings_.runc + " " + end + ": " + (said ? Tail(*said) : ""));
}

ProcessSpec Containers::Prepare(const std::string& image, const std::string& name,
                                const std::map<std::string, std::string>& environment,
                                const ContainerLimits& limits, const fs::path& log_file)
{
    return Write(images_.at(image), {.name = name,
                                     .environment = environment,
                                     .limits = limits,
                                     .log_file = log_file,
                                     .arguments = {}});
}

ProcessSpec Containers::Write(const Image& image, const Wish& wish)
{
    Remove(wish.name);
    const auto bundle = settings_.folder / wish.name;
    fs::create_directories(bundle);
    const auto unpacked = ReadFile(image.bundle / "config.json");
    if (!unpacked) throw std::runtime_error{unpacked.error().message};
    const auto config =
        ContainerConfig(*unpacked, {.root = image.bundle / "rootfs",
                                    .control_group = "/" + group_ + "/" + wish.name,
                                    .environment = wish.environment,
                                    .arguments = wish.arguments,
                                    .limits = image.limited ? wish.limits : ContainerLimits{},
                                    .is_root = IsRoot()});
    const auto written = WriteFileAtomically(bundle / "config.json", config, 0600);
    if (!written) throw std::runtime_error{written.error().message};
    return {.argv = {Located(settings_.runc), "--root", settings_.folder / "state", "run",
                     "--bundle", bundle, wish.name},
            .environment = {},
            .log_file = wish.log_file,
            .user = {},
            .own_namespaces = true};
}

void Containers::Remove(const std::string& name)
{
    std::error_code ignored;
    fs::remove_all(settings_.folder / name, ignored);
    fs::remove_all(settings_.folder / "state" / name, ignored);
    RemoveControlGroups(name);
}

/// Those of a container, or of all; runc removes them itself unless it is killed. In the first
/// version of control groups each controller has a tree of its own. Only empty ones can be removed.
void Containers::RemoveControlGroups(const std::string& name) const
{
    std::error_code ignored;
    std::vector<fs::path> trees{kControlGroups};
    for (const auto& entry : fs::directory_iterator{kControlGroups, ignored}) {
        if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) trees.push_back(entry);
    }
    for (const auto& tree : trees) {
        const auto group = tree / group_ / name;
        for (const auto& below : fs::directory_iterator{group, ignored}) {
            ::rmdir(below.path().c_str());
        }
        ::rmdir(group.c_str());
    }
}

}  // namespace berth::sandbox
