#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "cli/stack/world.hpp"

namespace berth::stack {

/// What a new customer does in a running world, with the program `berth`: makes keys, opens a
/// channel at the stand-in ledger, orders a relay, pays by a claim, and watches it come up. Not
/// thread-safe.
class FirstOrder {
public:
    /// Tells on `progress` what is done, as it is done.
    FirstOrder(World& world, std::ostream& progress);

    /// Runs until the relay is proven and both revenue and lease cost are in the books; the value
    /// is quickstart's JSON. Errors: kPrecondition `ORDER_FAILED`, `STOP_REQUESTED`; kUnavailable
    /// `SERVER_ENDED`; kTimeout `NO_MARGIN_YET`; those of Shell.
    Result<boost::json::object> Run();

private:
    Result<void> MakeKeys();
    Result<void> PlaceOrder();
    Result<void> OpenChannel();
    Result<void> Pay();
    Result<void> Watch();
    Result<void> ReadOutcome();
    Result<void> AwaitMargin();
    Result<boost::json::value> Berth(std::vector<std::string> words) const;
    Result<void> CheckServers() const;
    void Follow(const std::string& line);
    void Say(const std::string& text) const;

    World& world_;
    std::ostream& progress_;
    std::filesystem::path folder_;
    std::filesystem::path key_file_;
    std::filesystem::path seed_file_;
    std::string customer_;
    std::string xrpl_public_key_;
    std::string xrpl_address_;
    std::string order_id_;
    std::string channel_id_;
    std::string due_drops_;
    std::int64_t paid_at_ = 0;  ///< Microseconds since 1970, as are event times.
    std::int64_t last_event_at_ = 0;
    std::int64_t chain_micros_ = 0;  ///< Spent in steps that wait for blocks and bids.
    boost::json::object outcome_;
};

}  // namespace berth::stack
