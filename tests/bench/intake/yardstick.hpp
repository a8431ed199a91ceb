#pragma once

#include <string>
#include <vector>

namespace berth::bench {

/// Transactions per second of `pgbench -M prepared` with 8 clients, each inserting the rows of one
/// order like the one of `event_id`. Throws std::runtime_error if pgbench does not run.
double MeasurePgbench(const std::string& database_url, const std::string& event_id);

/// How many of the events are not in the database with their orders.
std::size_t CountLost(const std::string& database_url, const std::vector<std::string>& event_ids);

}  // namespace berth::bench
