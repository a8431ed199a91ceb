#include "akash/block_pace.hpp"

namespace berth::akash {
namespace {

constexpr std::chrono::microseconds kWindow = std::chrono::minutes{10};
constexpr std::size_t kSamplesMax = 512;
constexpr std::int64_t kLeastBlocks = 5;

}  // namespace

void BlockPace::Note(const ChainStatus& status)
{
    const std::scoped_lock lock{mutex_};
    if (!samples_.empty() && status.height <= samples_.back().height) return;
    samples_.push_back({.height = status.height, .at = status.block_time});
    while (samples_.size() > kSamplesMax ||
           (samples_.size() > 2 && samples_.back().at - samples_[1].at > kWindow)) {
        samples_.pop_front();
    }
}

std::optional<std::chrono::milliseconds> BlockPace::Measured() const
{
    const std::scoped_lock lock{mutex_};
    if (samples_.empty()) return std::nullopt;
    const auto blocks = samples_.back().height - samples_.front().height;
    const auto span = samples_.back().at - samples_.front().at;
    if (blocks < kLeastBlocks || span <= span.zero()) return std::nullopt;
    const auto pace = std::chrono::duration_cast<std::chrono::milliseconds>(span / blocks);
    return std::max(pace, std::chrono::milliseconds{1});
}

}  // namespace berth::akash
