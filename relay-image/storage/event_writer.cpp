#include "relay-image/storage/event_writer.hpp"

#include <algorithm>
#include <functional>

#include "relay-image/storage/writer_lane.hpp"

namespace berth::relay {

EventWriter::EventWriter(const EventStoreFactory& factory, std::size_t lanes, Log& log,
                         const Report& report)
    : crossing_{std::make_unique<LaneCrossing>()}
{
    for (std::size_t i = 0; i < lanes; ++i) {
        lanes_.push_back(std::make_unique<WriterLane>(factory, log, *crossing_, report));
    }
}

EventWriter::~EventWriter() = default;

bool EventWriter::Enqueue(Submission submission)
{
    const auto author = std::hash<std::string>{}(submission.event->event.pubkey);
    return lanes_[author % lanes_.size()]->Enqueue(std::move(submission));
}

bool EventWriter::healthy() const
{
    return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->healthy(); });
}

}  // namespace berth::relay
