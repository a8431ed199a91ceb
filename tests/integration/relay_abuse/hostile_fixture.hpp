#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/integration/relay/relay_fixture.hpp"
#include "tests/integration/relay_abuse/raw_client.hpp"
#include "tests/unit/relay/transport/client_frames.hpp"

namespace berth::relay::test {

/// A relay, hostile clients of it, and a well-behaved one that has to be served meanwhile.
class HostileTest : public RelayTest {
protected:
    explicit HostileTest(RelayProcess::Settings settings = {})
        : relay_{database_, std::move(settings)}
    {
    }

    /// Expects that a well-behaved client still gets what it asks for.
    void ExpectServed()
    {
        RelayClient client{relay_.port()};
        const auto event = Sign(alice_, {.content = std::to_string(++published_)});
        EXPECT_EQ(client.Publish(event), "true");
        EXPECT_EQ(client.Query(R"({"ids":[)" + Quoted(event.id) + "]}"), std::vector{event.id});
    }

    /// A client whose WebSocket is open, after the relay's greeting.
    RawClient Opened(const std::string& headers = {}, const std::string& source = "127.0.0.1")
    {
        RawClient client{relay_.port(), source};
        const auto head = client.Upgrade(headers);
        if (!head.starts_with("HTTP/1.1 101")) throw std::runtime_error{"No upgrade: " + head};
        client.ReceiveText();
        return client;
    }

    /// Memory of the relay that no file stands behind, in KiB.
    std::size_t AnonymousMemory() const { return OfStatus("RssAnon:"); }
    /// The most that the relay held since the last call.
    std::size_t PeakMemory() const
    {
        const auto peak = OfStatus("VmHWM:");
        std::ofstream{"/proc/" + std::to_string(relay_.pid()) + "/clear_refs"} << "5";
        return peak;
    }

    /// Bytes that the kernel holds for the relay's clients, who have not taken them.
    std::size_t UnreadBytes() const
    {
        std::ifstream sockets{"/proc/net/tcp"};
        std::size_t bytes = 0;
        std::string number, local, remote, state, queues;
        std::getline(sockets, number);
        for (std::string rest; sockets >> number >> local >> remote >> state >> queues;
             std::getline(sockets, rest)) {
            const auto port = std::stoul(local.substr(local.find(':') + 1), nullptr, 16);
            if (port == relay_.port()) bytes += std::stoul(queues, nullptr, 16);
        }
        return bytes;
    }

    const std::string database_ = NewDatabase();
    RelayProcess relay_;
    int published_ = 0;

private:
    /// A size of the process, in KiB.
    std::size_t OfStatus(const std::string& name) const
    {
        std::ifstream status{"/proc/" + std::to_string(relay_.pid()) + "/status"};
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with(name)) return std::stoul(line.substr(name.size()));
        }
        throw std::runtime_error{"The relay is gone."};
    }
};

}  // namespace berth::relay::test
