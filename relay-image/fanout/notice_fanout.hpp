#pragma once

#include "relay-image/fanout/fanout.hpp"

namespace berth::relay {

/// By the database's notices alone: ids of what was stored, which the store itself tells, and
/// ephemeral events whole, if they fit into one.
class NoticeFanout final : public Fanout {
public:
    NoticeFanout(PeerWatch& peers, PeerEvents& events) : peers_{peers}, events_{events} {}

    void Start() override {}
    void Stop() override {}
    void Publish(const EventPtr& event) override;
    void OnStored(std::vector<std::string> ids) override { events_.TakeStored(std::move(ids)); }
    void OnWhole(const std::string& json) override { events_.TakeWhole(json); }
    bool has_peers() const override { return peers_.has_peers(); }
    RedisState redis() const override { return RedisState::kDisabled; }
    FanoutFigures figures() const override { return {}; }

private:
    PeerWatch& peers_;
    PeerEvents& events_;
};

}  // namespace berth::relay
