#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/parse.hpp>

#include "tests/integration/relay/relay_fixture.hpp"
#include "tests/integration/relay_fanout/private_redis.hpp"

namespace berth::relay::test {

/// Two relays on one database. Each reads the database by one thread, so that what it reads back
/// is delivered in the order in which it was told.
class FanoutTest : public RelayTest {
protected:
    static RelayProcess::Settings Using(const std::string& redis_url)
    {
        RelayProcess::Settings settings{{"READER_THREADS", "1"}, {"PUBLIC_METRICS", "true"}};
        if (!redis_url.empty()) settings.emplace("REDIS_URL", redis_url);
        return settings;
    }

    static boost::json::value HealthOf(const RelayProcess& relay)
    {
        return boost::json::parse(Fetch(relay.port(), "/health").body);
    }
    static std::string RedisOf(const RelayProcess& relay)
    {
        return std::string{HealthOf(relay).at("services").at("redis").as_string()};
    }
    /// Waits until /health says so.
    static void AwaitRedis(const RelayProcess& relay, const std::string& state)
    {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{15};
        while (RedisOf(relay) != state) {
            if (std::chrono::steady_clock::now() > limit) {
                throw std::runtime_error{"Redis did not become " + state + "."};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }
    static std::int64_t Metric(const RelayProcess& relay, const std::string& name)
    {
        const auto text = Fetch(relay.port(), "/metrics").body;
        const auto line = text.find("\n" + name + " ");
        if (line == std::string::npos) return -1;
        return std::stoll(text.substr(line + name.size() + 2));
    }

    /// Waits until it is that much at least.
    static void AwaitMetric(const RelayProcess& relay, const std::string& name, std::int64_t value)
    {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (Metric(relay, name) < value) {
            if (std::chrono::steady_clock::now() > limit) {
                throw std::runtime_error{name + " did not become " + std::to_string(value) + "."};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
    }

    static void Subscribe(RelayClient& reader, const std::string& filter)
    {
        reader.Send(R"(["REQ","live",)" + filter + "]");
        reader.ReceiveOnly("EOSE");
    }
    /// The ids that come up to and including `last`.
    static std::vector<std::string> Until(RelayClient& reader, const std::string& last)
    {
        std::vector<std::string> ids;
        while (ids.empty() || ids.back() != last) {
            const auto message = reader.ReceiveOnly("EVENT");
            ids.emplace_back(message.at(2).at("id").as_string());
        }
        return ids;
    }
    /// Publishes an event that can come by the database only, behind all that came before it.
    std::string PublishLast(RelayClient& writer)
    {
        const auto last = Sign(alice_, {.content = "last"});
        if (writer.Publish(last) != "true") throw std::runtime_error{"It was not taken."};
        return last.id;
    }

    const std::string database_ = NewDatabase();
};

}  // namespace berth::relay::test
