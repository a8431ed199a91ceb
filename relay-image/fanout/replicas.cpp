#include "relay-image/fanout/replicas.hpp"

namespace berth::relay {

Replicas::Replicas(const Settings& settings, PeerEvents::Ports ports,
                   std::function<void(bool alone)> on_alone)
    : events_{ports},
      watch_{settings.database_url,
             {.on_alone = std::move(on_alone),
              .on_stored = [this](auto ids) { fanout_->OnStored(std::move(ids)); },
              .on_whole = [this](const auto& json) { fanout_->OnWhole(json); }}},
      fanout_{MakeFanout(settings.fanout, watch_, events_, ports.log)}
{
}

void Replicas::Start()
{
    watch_.Start();
    fanout_->Start();
}

void Replicas::Stop()
{
    fanout_->Stop();
    watch_.Stop();
}

}  // namespace berth::relay
