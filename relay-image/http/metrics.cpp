#include "relay-image/http/metrics.hpp"

#include <cstdio>
#include <string_view>

namespace berth::relay {
namespace {

/// Writes one metric after another.
class Writer {
public:
    void Start(std::string_view name, std::string_view type, std::string_view help)
    {
        name_ = name;
        text_ += "# HELP " + name_ + " " + std::string{help} + "\n# TYPE " + name_ + " " +
                 std::string{type} + "\n";
    }
    void Value(const std::string& value, const std::string& labels = "",
               std::string_view suffix = "")
    {
        text_ += name_ + std::string{suffix} + (labels.empty() ? "" : "{" + labels + "}") + " " +
                 value + "\n";
    }
    template <typename Number>
    void One(std::string_view name, std::string_view type, std::string_view help, Number number)
    {
        Start(name, type, help);
        Value(std::to_string(number));
    }
    std::string Take() { return std::move(text_); }

private:
    std::string name_;
    std::string text_;
};

std::string Fraction(double number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", number);
    return text;
}

void WriteVerbs(Writer& writer, std::string_view name, std::string_view help,
                std::span<const std::uint64_t> counts)
{
    writer.Start(name, "counter", help);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        writer.Value(std::to_string(counts[i]), "verb=\"" + std::string{Traffic::kVerbs[i]} + "\"");
    }
}

void WriteHistogram(Writer& writer, std::string_view name, std::string_view help,
                    const Histogram& histogram)
{
    writer.Start(name, "histogram", help);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < Histogram::kBoundsMs.size(); ++i) {
        below += histogram.CountAt(i);
        writer.Value(std::to_string(below),
                     "le=\"" + Fraction(Histogram::kBoundsMs[i] / 1e3) + "\"", "_bucket");
    }
    writer.Value(std::to_string(histogram.count()), "le=\"+Inf\"", "_bucket");
    writer.Value(Fraction(histogram.seconds()), "", "_sum");
    writer.Value(std::to_string(histogram.count()), "", "_count");
}

void WriteTraffic(Writer& writer, const Figures& figures)
{
    const auto& traffic = figures.traffic;
    WriteVerbs(writer, "nostr_client_messages_total", "Messages of clients, by verb.",
               traffic.from_clients());
    WriteVerbs(writer, "nostr_relay_messages_total", "Messages to clients, by verb.",
               traffic.to_clients());
    writer.Start("nostr_events_total", "counter", "Events taken, by kind.");
    for (const auto& [kind, count] : traffic.kinds()) {
        const auto name = kind == Traffic::kOtherKind ? "other" : std::to_string(kind);
        writer.Value(std::to_string(count), "kind=\"" + name + "\"");
    }
    writer.One("berth_relay_events_refused_total", "counter",
               "Events that were refused or already there.", figures.refused);
    writer.One("berth_relay_live_deliveries_total", "counter", "Events sent to live subscriptions.",
               figures.delivered);
    writer.One("berth_relay_connections_dropped_total", "counter",
               "Connections ended because their client read too slowly.", figures.dropped);
    WriteHistogram(writer, "berth_relay_publish_duration_seconds",
                   "Time from an event's arrival until it was durable.", traffic.publishing);
    WriteHistogram(writer, "berth_relay_query_duration_seconds",
                   "Time from a REQ's turn to its EOSE.", traffic.querying);
}

void WriteStore(Writer& writer, const MetricsState& state)
{
    writer.One("berth_relay_database_up", "gauge", "Whether the database answers.",
               state.database_up ? 1 : 0);
    if (!state.store) return;
    writer.One("berth_relay_stored_events", "gauge", "Events in the database.",
               state.store->events);
    writer.One("berth_relay_database_size_bytes", "gauge", "Size of the database.",
               state.store->database_bytes);
}

void WritePayments(Writer& writer, const PaymentFigures& payments)
{
    writer.Start("berth_relay_payments_received_total", "counter",
                 "All that was ever credited to users.");
    writer.Value(payments.received.ToString(), "unit=\"" + payments.unit + "\"");
    writer.One("berth_relay_payments_paid_total", "counter", "Events that passed by payment.",
               payments.paid);
    writer.One("berth_relay_payments_refused_total", "counter",
               "Events that were refused for want of payment.", payments.refused);
    writer.One("berth_relay_payments_accounts", "gauge", "Keys that have paid.", payments.accounts);
    writer.One("berth_relay_payments_unsettled", "gauge", "Claims that wait for the verifier.",
               payments.unsettled);
    writer.One("berth_relay_payments_verifier_up", "gauge", "Whether the payment verifier answers.",
               payments.verifier == VerifierState::kUp ? 1 : 0);
}

void WriteRedis(Writer& writer, const MetricsState& state)
{
    writer.One("berth_relay_redis_up", "gauge", "Whether Redis carries events between replicas.",
               state.redis == RedisState::kUp ? 1 : 0);
    writer.One("berth_relay_redis_events_sent_total", "counter", "Events that Redis took.",
               state.fanout.sent);
    writer.One("berth_relay_redis_events_received_total", "counter",
               "Events of other replicas that came by Redis.", state.fanout.received);
    writer.One("berth_relay_redis_messages_refused_total", "counter",
               "Messages in the channel that are no sound events, or not allowed here.",
               state.fanout.refused);
}

void WriteProcess(Writer& writer, const MetricsState& state)
{
    writer.Start("process_cpu_seconds_total", "counter", "Processor time of all threads.");
    writer.Value(Fraction(static_cast<double>(state.cpu.count()) / 1e6));
    writer.One("process_resident_memory_bytes", "gauge", "Memory in use.", state.memory_bytes);
    writer.One("berth_relay_disk_free_bytes", "gauge", "Room on the disk.", state.disk_free_bytes);
    writer.One("berth_relay_uptime_seconds", "gauge", "Time since the start.",
               state.uptime.count());
}

}  // namespace

std::string MetricsText(const Figures& figures, const MetricsState& state)
{
    Writer writer;
    writer.Start("berth_relay_build_info", "gauge", "The version that runs.");
    writer.Value("1", "version=\"" + state.version + "\"");
    WriteTraffic(writer, figures);
    writer.One("berth_relay_connections", "gauge", "Open connections.", state.connections);
    writer.One("berth_relay_subscriptions", "gauge", "Open subscriptions.", state.subscriptions);
    writer.One("berth_relay_members", "gauge", "Keys on the allow list.", state.members);
    writer.One("berth_relay_banned_pubkeys", "gauge", "Keys that are banned.",
               state.banned_pubkeys);
    writer.One("berth_relay_banned_events", "gauge", "Events that are banned.",
               state.banned_events);
    writer.One("berth_relay_health_warnings", "gauge", "Warnings that /health tells.",
               state.warnings);
    WriteStore(writer, state);
    if (state.payments) WritePayments(writer, *state.payments);
    if (state.redis != RedisState::kDisabled) WriteRedis(writer, state);
    WriteProcess(writer, state);
    return writer.Take();
}

}  // namespace berth::relay
