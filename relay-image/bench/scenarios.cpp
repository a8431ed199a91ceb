#include "relay-image/bench/scenarios.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <unordered_map>

#include "relay-image/bench/connection.hpp"

namespace berth::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWindow = 64;
constexpr std::size_t kAskers = 8;
constexpr std::size_t kIdAt = std::string_view{R"(["OK",")"}.size();
constexpr std::size_t kLiveIdAt = std::string_view{R"(["EVENT","live",{"id":")"}.size();
constexpr auto kBetween = 50ms;

double Millis(Steady::duration time)
{
    return std::chrono::duration<double, std::milli>{time}.count();
}

Rate Summary(std::vector<double> millis, Steady::duration took)
{
    if (millis.empty()) throw std::runtime_error{"nothing was measured"};
    std::ranges::sort(millis);
    const auto at = [&](std::size_t percent) {
        return millis[std::min(millis.size() - 1, millis.size() * percent / 100)];
    };
    return {.per_second = static_cast<double>(millis.size()) / (Millis(took) / 1000),
            .p50_millis = at(50),
            .p99_millis = at(99),
            .done = millis.size()};
}

std::vector<Connection> Connect(const Target& target, std::size_t count, bool quick_ack = true)
{
    std::vector<Connection> connections;
    connections.reserve(count);
    for (std::size_t i = 0; i < count; ++i) connections.emplace_back(target, quick_ack);
    return connections;
}

std::string EventMessage(const SignedEvent& event) { return "[\"EVENT\"," + event.json + "]"; }

/// Connections that listen to the live kind, with a publisher at place 0.
class Audience {
public:
    Audience(const Target& target, std::size_t subscribers)
        : connections_{Connect(target, subscribers + 1)}, loop_{connections_}
    {
        std::size_t ready = 0;
        for (std::size_t i = 1; i < connections_.size(); ++i) {
            connections_[i].Send("[\"REQ\",\"live\",{\"kinds\":[" + std::to_string(kLiveKind) +
                                 "],\"limit\":1}]");
        }
        loop_.Run([&](auto, std::string_view text) { ready += text.starts_with("[\"EOSE\""); },
                  [&] { return ready == subscribers; });
    }
    Connection& publisher() { return connections_[0]; }
    Loop& loop() { return loop_; }

private:
    std::vector<Connection> connections_;
    Loop loop_;
};

bool IsDelivery(std::string_view text) { return text.starts_with("[\"EVENT\""); }

}  // namespace

Rate Publish(const Target& target, std::span<const SignedEvent> events, std::size_t connections)
{
    auto clients = Connect(target, connections);
    std::vector<std::unordered_map<std::string_view, Steady::time_point>> waiting(connections);
    std::vector<double> millis;
    millis.reserve(events.size());
    std::size_t next = 0;
    const auto send = [&](std::size_t client) {
        if (next == events.size()) return;
        waiting[client].emplace(events[next].id, Steady::now());
        clients[client].Send(EventMessage(events[next++]));
    };
    Loop loop{clients};
    const auto start = Steady::now();
    for (std::size_t i = 0; i < connections * kWindow; ++i) send(i % connections);
    loop.Run(
        [&](std::size_t client, std::string_view text) {
            if (!text.starts_with("[\"OK\"")) return;
            const auto found = waiting[client].find(text.substr(kIdAt, 64));
            if (found == waiting[client].end() || text.find("true", kIdAt + 64) > kIdAt + 68) {
                throw std::runtime_error{"refused: " + std::string{text}};
            }
            millis.push_back(Millis(Steady::now() - found->second));
            waiting[client].erase(found);
            send(client);
        },
        [&] { return millis.size() == events.size(); });
    return Summary(std::move(millis), Steady::now() - start);
}

Rate Ask(const Target& target, const std::vector<std::string>& filters, bool quick_ack)
{
    auto clients = Connect(target, kAskers, quick_ack);
    std::vector<Steady::time_point> asked(kAskers);
    std::vector<double> millis;
    std::size_t next = 0;
    std::size_t found = 0;
    const auto ask = [&](std::size_t client) {
        if (next == filters.size()) return;
        asked[client] = Steady::now();
        clients[client].Send("[\"REQ\",\"q\"," + filters[next++] + "]");
    };
    Loop loop{clients};
    const auto start = Steady::now();
    for (std::size_t i = 0; i < kAskers; ++i) ask(i);
    loop.Run(
        [&](std::size_t client, std::string_view text) {
            if (IsDelivery(text)) ++found;
            if (text.starts_with("[\"CLOSED\"")) throw std::runtime_error{std::string{text}};
            if (!text.starts_with("[\"EOSE\"")) return;
            millis.push_back(Millis(Steady::now() - asked[client]));
            clients[client].Send("[\"CLOSE\",\"q\"]");
            ask(client);
        },
        [&] { return millis.size() == filters.size(); });
    auto rate = Summary(std::move(millis), Steady::now() - start);
    rate.found = static_cast<double>(found) / static_cast<double>(filters.size());
    return rate;
}

Rate FanOut(const Target& target, std::span<const SignedEvent> events, std::size_t subscribers)
{
    Audience audience{target, subscribers};
    std::vector<double> millis;
    const auto wanted = events.size() * subscribers;
    millis.reserve(wanted);
    const auto start = Steady::now();
    for (const auto& event : events) audience.publisher().Send(EventMessage(event));
    audience.loop().Run(
        [&](auto, std::string_view text) {
            if (IsDelivery(text)) millis.push_back(Millis(Steady::now() - start));
        },
        [&] { return millis.size() >= wanted; });
    return Summary(std::move(millis), Steady::now() - start);
}

Rate Deliver(const Target& target, std::span<const SignedEvent> events, std::size_t subscribers)
{
    Audience audience{target, subscribers};
    std::unordered_map<std::string, Steady::time_point> sent;
    std::vector<double> millis;
    const auto start = Steady::now();
    const auto on_message = [&](auto, std::string_view text) {
        if (!IsDelivery(text)) return;
        const auto found = sent.find(std::string{text.substr(kLiveIdAt, 64)});
        if (found != sent.end()) millis.push_back(Millis(Steady::now() - found->second));
    };
    for (const auto& event : events) {
        const auto now = Steady::now();
        sent.emplace(event.id, now);
        audience.publisher().Send(EventMessage(event));
        audience.publisher().Flush();
        while (Steady::now() - now < kBetween) audience.loop().Turn(on_message, 1ms);
    }
    audience.loop().Run(on_message, [&] { return millis.size() >= events.size() * subscribers; });
    return Summary(std::move(millis), Steady::now() - start);
}

void Figures::Set(const std::string& name, const Rate& rate)
{
    values_[name + "_per_second"] = rate.per_second;
    values_[name + "_p50_millis"] = rate.p50_millis;
    values_[name + "_p99_millis"] = rate.p99_millis;
    if (rate.cpu_micros > 0) values_[name + "_cpu_micros"] = rate.cpu_micros;
    if (rate.found > 0) values_[name + "_found"] = rate.found;
}

std::vector<Shape> Shapes(const Load& load, std::size_t count)
{
    std::mt19937_64 random{1};
    const auto author = [&] {
        return "[\"" + load.authors[random() % load.authors.size()] + "\"]";
    };
    const auto seconds = static_cast<std::uint64_t>(load.last_second - load.first_second);
    std::vector<Shape> shapes{{"author_and_kind_limit_20", {}},
                              {"topic_limit_50", {}},
                              {"ten_ids", {}},
                              {"kind_since_limit_100", {}},
                              {"mentioned_and_kind_limit_50", {}}};
    for (std::size_t i = 0; i < count; ++i) {
        shapes[0].filters.push_back("{\"authors\":" + author() + ",\"kinds\":[1],\"limit\":20}");
        shapes[1].filters.push_back("{\"#t\":[\"topic" + std::to_string(random() % kTopics) +
                                    "\"],\"limit\":50}");
        std::string ids;
        for (int n = 0; n < 10; ++n) {
            ids += (n > 0 ? ",\"" : "\"") + load.stored[random() % load.stored.size()].id + "\"";
        }
        shapes[2].filters.push_back("{\"ids\":[" + ids + "]}");
        const auto since = load.last_second - static_cast<std::int64_t>(random() % (seconds / 2));
        shapes[3].filters.push_back("{\"kinds\":[7],\"since\":" + std::to_string(since) +
                                    ",\"limit\":100}");
        shapes[4].filters.push_back("{\"#p\":" + author() + ",\"kinds\":[1],\"limit\":50}");
    }
    return shapes;
}

}  // namespace berth::bench
