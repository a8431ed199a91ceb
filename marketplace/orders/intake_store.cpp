#include <algorithm>
#include <map>
#include <span>

#include "berth/v1/types.pb.h"
#include "core/base/failpoint.hpp"
#include "marketplace/db/statement.hpp"
#include "marketplace/orders/intake.hpp"

namespace berth::orders {
namespace {

using namespace std::chrono_literals;
using Kind = db::StatementOutcome::Kind;

constexpr auto kBetweenAttempts = 50ms;

/// Four tables, one statement, one commit. An event that is known gives no row, and its order is
/// there as well, having come in the same statement: so no join has to carry over what is new.
/// State 1 is ORDER_STATE_AWAITING_PAYMENT; the order's first event is number 1.
static_assert(v1::ORDER_STATE_AWAITING_PAYMENT == 1);
constexpr auto kPlace = R"sql(
    WITH placed AS MATERIALIZED (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[],
                             $6::text[], $7::text[], $8::bytea[], $9::text[], $10::text[],
                             $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bytea[],
                             $16::timestamptz[], $17::timestamptz[])
        AS p (customer_id, event_id, event, answer, order_id, operator_id, plan_id, plan, hostname,
              custom_hostname, relay_name, relay_description, setup_usd_micros,
              monthly_usd_micros, due, quote_expires_at, created_at)),
    new_customers AS (
        INSERT INTO customers (customer_id)
        SELECT DISTINCT customer_id FROM placed ORDER BY customer_id ON CONFLICT DO NOTHING),
    new_events AS (
        INSERT INTO signed_events (customer_id, event_id, kind, event, answer)
        SELECT customer_id, event_id, 24410, event, answer FROM placed
        ON CONFLICT DO NOTHING RETURNING event_id),
    new_orders AS (
        INSERT INTO orders (customer_id, order_id, event_id, operator_id, plan_id, plan, state,
                            hostname, custom_hostname, relay_name, relay_description,
                            setup_usd_micros, monthly_usd_micros, due, quote_expires_at,
                            last_event, created_at)
        SELECT customer_id, order_id, event_id, operator_id, plan_id, plan, 1, hostname,
               custom_hostname, relay_name, relay_description, setup_usd_micros,
               monthly_usd_micros, due, quote_expires_at, 1, created_at
        FROM placed ON CONFLICT DO NOTHING),
    new_order_events AS (
        INSERT INTO order_events (customer_id, order_id, number, time, state, kind, message)
        SELECT customer_id, order_id, 1, created_at, 1, 'placed',
               'The order is accepted and awaits payment.'
        FROM placed ON CONFLICT DO NOTHING)
    SELECT event_id FROM new_events)sql";

constexpr auto kAnswers = R"sql(
    SELECT signed_events.event_id, answer
    FROM unnest($1::text[], $2::text[]) AS asked (customer_id, event_id)
    JOIN signed_events USING (customer_id, event_id))sql";

std::vector<std::string> ParametersOf(std::span<const NewOrder* const> orders)
{
    using Array = db::ArrayParameter;
    std::vector<std::string> parameters;
    const auto column = [&](Array::Type type, auto member) {
        Array array{type};
        for (const auto* order : orders) array.Add(order->*member);
        parameters.push_back(array.Encode());
    };
    const auto text = [&](std::string NewOrder::*member) { column(Array::Type::kText, member); };
    const auto bytes = [&](std::string NewOrder::*member) { column(Array::Type::kBytes, member); };
    text(&NewOrder::customer_id);
    text(&NewOrder::event_id);
    text(&NewOrder::event);
    bytes(&NewOrder::answer);
    text(&NewOrder::order_id);
    text(&NewOrder::operator_id);
    text(&NewOrder::plan_id);
    bytes(&NewOrder::plan);
    text(&NewOrder::hostname);
    text(&NewOrder::custom_hostname);
    text(&NewOrder::relay_name);
    text(&NewOrder::relay_description);
    column(Array::Type::kBigint, &NewOrder::setup_usd_micros);
    column(Array::Type::kBigint, &NewOrder::monthly_usd_micros);
    bytes(&NewOrder::due);
    column(Array::Type::kTimestamp, &NewOrder::quote_expires_at);
    column(Array::Type::kTimestamp, &NewOrder::created_at);
    return parameters;
}

std::vector<std::string> KeysOf(std::span<const NewOrder* const> orders)
{
    db::ArrayParameter customers{db::ArrayParameter::Type::kText};
    db::ArrayParameter events{db::ArrayParameter::Type::kText};
    for (const auto* order : orders) {
        customers.Add(order->customer_id);
        events.Add(order->event_id);
    }
    return {customers.Encode(), events.Encode()};
}

}  // namespace

bool PlaceNow(pqxx::work& tx, const NewOrder& order)
{
    const std::array one{&order};
    std::vector<pqxx::binarystring> parameters;
    for (const auto& encoded : ParametersOf(one)) parameters.emplace_back(encoded);
    return !tx.exec_params(kPlace, pqxx::prepare::make_dynamic_params(parameters)).empty();
}

/// Commits one batch at a time on its own connection, and remembers what became of each event.
class Intake::Committer {
public:
    Committer(const Options& options, Log& log)
        : options_{options}, log_{log}, session_{options.url}
    {
    }

    void Commit(std::vector<Waiting>& batch)
    {
        results_.clear();
        std::map<std::string_view, const NewOrder*> distinct;  // Sorted: locks are taken in order.
        for (const auto& waiting : batch) distinct.emplace(waiting.order.event_id, &waiting.order);
        std::vector<const NewOrder*> orders;
        for (const auto& [id, order] : distinct) orders.push_back(order);
        Place(orders);
        Failpoint("market.intake.after_commit");
        for (auto& waiting : batch) waiting.done(results_.at(waiting.order.event_id));
    }

private:
    using Orders = std::span<const NewOrder* const>;

    /// Repeats until it is known what happened: the statement is idempotent by the event ids, so
    /// that an unknown commit is settled by running it again.
    void Place(Orders orders)
    {
        const auto parameters = ParametersOf(orders);
        const auto limit = Deadline::After(options_.reconnect_for);
        bool sent = false;
        while (true) {
            if (session_.Prepare("place", kPlace) && session_.Prepare("answers", kAnswers)) {
                Failpoint("market.intake.before_commit");
                const auto outcome = session_.Execute("place", parameters);
                if (outcome.kind == Kind::kDone) return Accept(orders, outcome.rows);
                if (outcome.kind == Kind::kRowsFault) return Bisect(orders, outcome.message);
                log_.Warning("A group of orders will be committed again.",
                             {{"orders", orders.size()}, {"error", outcome.message}});
                if (outcome.kind == Kind::kLost) {
                    sent = true;
                    session_.Disconnect();
                }
            }
            if (limit.Passed()) return Refuse(orders, Lost(sent));
            std::this_thread::sleep_for(kBetweenAttempts);
        }
    }

    void Accept(Orders orders, const std::vector<std::vector<std::string>>& placed)
    {
        std::map<std::string_view, bool> is_new;
        for (const auto& row : placed) is_new.emplace(row[0], true);
        std::vector<const NewOrder*> known;
        for (const auto* order : orders) {
            if (is_new.contains(order->event_id)) {
                results_.emplace(order->event_id, order->answer);
            } else {
                known.push_back(order);
            }
        }
        if (!known.empty()) ReadAnswers(known);
    }

    void ReadAnswers(Orders orders)
    {
        const auto outcome = session_.Execute("answers", KeysOf(orders));
        if (outcome.kind != Kind::kDone) {
            session_.Disconnect();
            return Refuse(orders, Lost(true));
        }
        for (const auto& row : outcome.rows) results_.emplace(row[0], row[1]);
        Refuse(orders, Lost(true));  // Those that are there already keep their answer.
    }

    void Bisect(Orders orders, const std::string& message)
    {
        if (orders.size() == 1) {
            log_.Error("An order was refused by the database.", {{"error", message}});
            return Refuse(orders, Fail(ErrorCode::kInvalid, "BAD_ORDER",
                                       "The order cannot be stored as it is."));
        }
        const auto half = orders.size() / 2;
        Place(orders.first(half));
        Place(orders.subspan(half));
    }

    void Refuse(Orders orders, const Error& error)
    {
        for (const auto* order : orders) results_.emplace(order->event_id, error);
    }

    static Error Lost(bool sent)
    {
        if (!sent) {
            return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE",
                        "The order could not be stored; send the same event again.");
        }
        return Fail(ErrorCode::kUnknown, "COMMIT_UNKNOWN",
                    "It is not known whether the order was stored; send the same event again.");
    }

    const Options& options_;
    Log& log_;
    db::StatementSession session_;
    std::map<std::string, Result<std::string>, std::less<>> results_;
};

Intake::Intake(Options options, Log& log) : options_{std::move(options)}, log_{log}
{
    thread_ = std::thread{[this] { Run(); }};
}

Intake::~Intake()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
}

Result<void> Intake::Submit(NewOrder order, Done done)
{
    const std::scoped_lock lock{mutex_};
    if (queue_.size() >= options_.queue_max || stopping_) {
        return Fail(ErrorCode::kExhausted, "INTAKE_FULL",
                    "Too many orders at once; try again soon.");
    }
    queue_.push_back({std::move(order), std::move(done)});
    if (queue_.size() == 1) arrived_.notify_one();
    return {};
}

void Intake::Run()
{
    Committer committer{options_, log_};
    std::unique_lock lock{mutex_};
    while (true) {
        arrived_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        const auto count = std::min(queue_.size(), options_.batch_max);
        const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
        std::vector<Waiting> batch{std::make_move_iterator(queue_.begin()),
                                   std::make_move_iterator(end)};
        queue_.erase(queue_.begin(), end);
        lock.unlock();
        committer.Commit(batch);
        lock.lock();
    }
}

}  // namespace berth::orders
