#include "cli/stack/layout.hpp"

#include "cli/stack/ports.hpp"

namespace berth::stack {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrograms[] = {"cli/berth",
                                     "marketplace/berth-marketplace",
                                     "worker/berth-worker",
                                     "relay-image/berth-relay",
                                     "core/rails/sandbox/berth-xrpl-sandbox",
                                     "akash/sandbox/berth-akash-sandbox",
                                     "akash/sandbox/akash",
                                     "akash/sandbox/provider-services"};

Result<void> CheckPrograms(const fs::path& programs)
{
    for (const auto* program : kPrograms) {
        if (fs::exists(programs / program)) continue;
        return Fail(ErrorCode::kNotFound, "PROGRAM_MISSING",
                    (programs / program).string() + " has not been built.");
    }
    return {};
}

}  // namespace

fs::path Layout::KeyFile(const std::string& who) const { return folder / "keys" / (who + ".key"); }

std::string Local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

Result<Layout> MakeLayout(const fs::path& folder, const fs::path& programs)
{
    if (const auto built = CheckPrograms(programs); !built) return built.error();
    Layout layout{.folder = fs::absolute(folder).lexically_normal(),
                  .programs = fs::absolute(programs).lexically_normal()};
    std::uint16_t* const wanted[] = {&layout.bind,        &layout.pebble, &layout.pebble_management,
                                     &layout.xrpl,        &layout.akash,  &layout.ingress,
                                     &layout.marketplace, &layout.edge,   &layout.second_edge};
    const auto ports = FreePorts(std::size(wanted));
    if (!ports) return ports.error();
    for (std::size_t i = 0; i < ports->size(); ++i) *wanted[i] = (*ports)[i];
    return layout;
}

}  // namespace berth::stack
