#pragma once

#include <string>
#include <vector>

namespace berth::bench {

/// What came of a run of pgbench.
struct PgbenchResult {
    double per_second = 0;
    double server_cpu_micros = 0;  ///< Of PostgreSQL, a transaction.
    double client_cpu_micros = 0;
};

/// Runs `pgbench -M prepared` with 8 clients, each inserting the rows of one order like the one of
/// `event_id`, one transaction each. Throws std::runtime_error if pgbench does not run.
PgbenchResult MeasurePgbench(const std::string& database_url, const std::string& event_id);

/// How many of the events are not in the database with their orders.
std::size_t CountLost(const std::string& database_url, const std::vector<std::string>& event_ids);

}  // namespace berth::bench
