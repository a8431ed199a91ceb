#include "tests/bench/intake/yardstick.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include <pqxx/pqxx>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "tests/bench/intake/cpu_time.hpp"

namespace berth::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kPgbench = "/usr/lib/postgresql/15/bin/pgbench";
constexpr auto kSeconds = "3";
constexpr auto kLimit = 60s;

/// A script of pgbench: one statement, hence one transaction, with the rows of one order. Ids are
/// made from a random number; all else is as the given order has it, so that the bytes are the
/// same.
constexpr auto kScript = R"sql(
    SELECT format($script$
\set n random(1, 9000000000000000000)
\set c random(1, 64)
WITH new_customer AS (
    INSERT INTO customers (customer_id) VALUES (lpad(:c::text, 64, '0')) ON CONFLICT DO NOTHING),
new_event AS (
    INSERT INTO signed_events (customer_id, event_id, kind, event, answer)
    VALUES (lpad(:c::text, 64, '0'), lpad(:n::text, 64, '0'), 24410, %L, %L)),
new_order AS (
    INSERT INTO orders (customer_id, order_id, event_id, operator_id, plan_id, plan, state,
                        hostname, relay_name, relay_description, setup_usd_micros,
                        monthly_usd_micros, due, quote_expires_at, last_event)
    VALUES (lpad(:c::text, 64, '0'), translate(lpad(:n::text, 26, '0'), '0189', 'abcd'),
            lpad(:n::text, 64, '0'), %L, %L, %L, 1, %L, %L, %L, %s, %s, %L, %L, 1))
INSERT INTO order_events (customer_id, order_id, number, state, kind, message)
VALUES (lpad(:c::text, 64, '0'), translate(lpad(:n::text, 26, '0'), '0189', 'abcd'), 1, 1, 'placed',
        'The order is accepted and awaits payment.');
$script$, e.event, e.answer, o.operator_id, o.plan_id, o.plan, o.hostname, o.relay_name,
          o.relay_description, o.setup_usd_micros, o.monthly_usd_micros, o.due, o.quote_expires_at)
    FROM orders o JOIN signed_events e USING (customer_id, event_id)
    WHERE event_id = $1)sql";

constexpr auto kKept = R"sql(
    SELECT count(*) FROM unnest($1::text[]) AS asked (event_id)
    JOIN signed_events USING (event_id)
    JOIN orders USING (customer_id, event_id)
    JOIN order_events USING (customer_id, order_id))sql";

double NumberAfter(const std::string& text, const std::string& words)
{
    const auto at = text.find(words);
    if (at == text.npos) throw std::runtime_error("pgbench said: " + text);
    return std::stod(text.substr(at + words.size()));
}

}  // namespace

PgbenchResult MeasurePgbench(const std::string& database_url, const std::string& event_id)
{
    pqxx::connection connection{database_url};
    pqxx::nontransaction tx{connection};
    const auto script = tx.exec_params1(kScript, event_id)[0].as<std::string>();
    const auto file =
        std::filesystem::temp_directory_path() / ("berth-intake-" + ToHex(RandomBytes(8)) + ".sql");
    if (!WriteFileAtomically(file, script, 0644)) throw std::runtime_error("no script for pgbench");
    ProcessRunner runner{1};
    Command command;
    command.argv = {kPgbench, "-M", "prepared", "-n", "-c",          "8",         "-j",
                    "2",      "-T", kSeconds,   "-f", file.string(), database_url};
    const auto server = CpuOfServer(database_url);
    const auto client = CpuOfEndedChildren();
    const auto ran = runner.Run(command, Deadline::After(kLimit));
    std::filesystem::remove(file);
    if (!ran) throw std::runtime_error("pgbench: " + ran.error().message);
    if (ran->exit_code != 0) throw std::runtime_error("pgbench: " + ran->err);
    const auto count = NumberAfter(ran->out, "transactions actually processed: ");
    const auto each = [count](auto used) { return static_cast<double>(used.count()) / count; };
    return {.per_second = NumberAfter(ran->out, "tps = "),
            .server_cpu_micros = each(CpuOfServer(database_url) - server),
            .client_cpu_micros = each(CpuOfEndedChildren() - client)};
}

std::size_t CountLost(const std::string& database_url, const std::vector<std::string>& event_ids)
{
    pqxx::connection connection{database_url};
    pqxx::work tx{connection};
    std::string ids = "{";
    for (const auto& id : event_ids) ids += (ids.size() > 1 ? "," : "") + id;
    ids += "}";
    return event_ids.size() - tx.exec_params1(kKept, ids)[0].as<std::size_t>();
}

}  // namespace berth::bench
