#include "cli/stack/haproxy.hpp"

#include <algorithm>

#include "cli/stack/ports.hpp"
#include "core/base/file.hpp"

namespace berth::stack {
namespace {

constexpr auto kProgram = "/usr/sbin/haproxy";

}  // namespace

Haproxy::Haproxy(std::filesystem::path folder, std::vector<std::uint16_t> ports)
    : folder_{std::move(folder)},
      ports_{std::move(ports)},
      child_{{.name = "haproxy",
              .argv = {kProgram, "-db", "-f", folder_ / "haproxy.cfg"},
              .log = folder_ / "log",
              .directory = folder_}}
{
}

Result<void> Haproxy::Configure(const std::string& text) const
{
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    return WriteFileAtomically(folder_ / "haproxy.cfg", text);
}

bool Haproxy::Serves() { return std::ranges::all_of(ports_, Listens); }

}  // namespace berth::stack
