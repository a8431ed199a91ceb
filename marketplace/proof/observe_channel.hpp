#pragma once

#include "marketplace/db/database.hpp"
#include "marketplace/payments/fresh_channels.hpp"
#include "marketplace/queue/executor.hpp"

namespace berth::proof {

/// Keeps a channel what its chain says, from its registration until it is closed.
class ObserveChannel final : public queue::Duty {
public:
    /// References have to outlive it.
    ObserveChannel(db::Database& database, payments::FreshChannels& channels)
        : database_{database}, channels_{channels}
    {
    }
    std::string_view kind() const override { return "observe_channel"; }
    std::string_view step() const override { return "observe"; }
    Result<queue::DutyOutcome> Run(const queue::Job& job, Deadline deadline) override;

private:
    db::Database& database_;
    payments::FreshChannels& channels_;
};

}  // namespace berth::proof
