#include "tests/bench/relay/machine.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/digest.hpp"
#include "core/nostr/keys.hpp"
#include "tests/bench/relay/running.hpp"

namespace berth::bench {
namespace {

using Steady = std::chrono::steady_clock;
using Millis = std::chrono::duration<double, std::milli>;

constexpr int kSignatures = 1000;
constexpr int kSyncs = 200;

double VerifyMicros()
{
    const auto key = nostr::SecretKey::Generate();
    const auto message = Sha256("anything");
    const auto signature = key.Sign(message);
    const auto start = Steady::now();
    for (int i = 0; i < kSignatures; ++i) {
        if (!nostr::VerifySchnorr(key.pubkey(), message, signature)) {
            throw std::runtime_error{"A sound signature is refused."};
        }
    }
    return Millis{Steady::now() - start}.count() * 1000 / kSignatures;
}

double FdatasyncMillis()
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "appended";
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) throw std::system_error{errno, std::generic_category(), path.string()};
    const std::string page(4096, 'x');
    std::vector<double> took;
    for (int i = 0; i < kSyncs; ++i) {
        const auto start = Steady::now();
        const bool done = ::write(file, page.data(), page.size()) > 0 && ::fdatasync(file) == 0;
        if (!done) throw std::system_error{errno, std::generic_category(), path.string()};
        took.push_back(Millis{Steady::now() - start}.count());
    }
    ::close(file);
    std::ranges::sort(took);
    return took[took.size() / 2];
}

}  // namespace

MachineSpeed MeasureMachine()
{
    return {.verify_micros = VerifyMicros(), .fdatasync_millis = FdatasyncMillis()};
}

}  // namespace berth::bench
