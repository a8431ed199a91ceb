#include "marketplace/queue/backoff.hpp"

#include <algorithm>
#include <string>

#include "core/base/digest.hpp"

namespace berth::queue {
namespace {

constexpr int kDoublingsMax = 30;

}  // namespace

std::chrono::milliseconds Backoff(const Settings& settings, std::string_view subject,
                                  std::string_view step, int attempt)
{
    const auto doublings = std::clamp(attempt - 1, 0, kDoublingsMax);
    const auto whole =
        std::min(settings.retry_first * (std::int64_t{1} << doublings), settings.retry_max);
    const auto key = std::string{subject} + '/' + std::string{step} + '/' + std::to_string(attempt);
    const auto spread = Sha256(key)[0];
    return whole / 2 + whole * spread / 2 / 255;
}

}  // namespace berth::queue
