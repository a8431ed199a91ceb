#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/integration/relay/relay_fixture.hpp"
#include "tests/integration/relay_abuse/raw_client.hpp"
#include "tests/integration/relay_transport/self_signed.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A socket of ours on a free port of the loopback.
class HeldSocket {
public:
    explicit HeldSocket(int type = SOCK_STREAM) : handle_{::socket(AF_INET, type | SOCK_CLOEXEC, 0)}
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        if (::bind(handle_, raw, size) != 0 || ::getsockname(handle_, raw, &size) != 0) {
            throw std::runtime_error{"There is no free port."};
        }
        port_ = ntohs(address.sin_port);
    }
    HeldSocket(const HeldSocket&) = delete;
    HeldSocket& operator=(const HeldSocket&) = delete;
    ~HeldSocket() { ::close(handle_); }

    HeldSocket& Listening()
    {
        if (::listen(handle_, 64) != 0) throw std::runtime_error{"The socket does not listen."};
        return *this;
    }
    int handle() const { return handle_; }
    unsigned short port() const { return port_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    int handle_;
    unsigned short port_ = 0;
};

/// A relay whose ports somebody else opened, as systemd does.
class ActivationTest : public RelayTest {
protected:
    /// What the relay says for not starting.
    static std::string WhyNot(const RelayProcess::Settings& settings, std::vector<int> sockets)
    {
        try {
            const RelayProcess relay{NewDatabase(), settings, std::move(sockets)};
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "it started";
    }
};

TEST_F(ActivationTest, ServesWhoConnectedBeforeTheRelayRan)
{
    HeldSocket held;
    held.Listening();
    RawClient early{held.port()};  // The kernel lets it in; nobody answers yet.
    early.Send("GET /health HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
    const RelayProcess relay{NewDatabase(), {{"ADDRESS", held.address()}}, {held.handle()}};
    EXPECT_EQ(relay.ports(), std::vector{held.port()});
    EXPECT_TRUE(early.ReceiveUntil("\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_EQ(RelayClient{relay.port()}.Publish(Sign(alice_)), "true");
}

TEST_F(ActivationTest, TakesPlainAndTlsSocketsInAnyOrder)
{
    HeldSocket plain, secure;
    const SelfSigned certificate;
    const RelayProcess relay{NewDatabase(),
                             {{"ADDRESS", plain.Listening().address()},
                              {"TLS_ADDRESS", secure.Listening().address()},
                              {"TLS_CERTIFICATE", certificate.certificate},
                              {"TLS_KEY", certificate.key}},
                             {secure.handle(), plain.handle()}};
    EXPECT_EQ(relay.ports(), (std::vector{plain.port(), secure.port()}));
    EXPECT_EQ(Fetch(plain.port(), "/health").status, 200U);
    EXPECT_TRUE(RawClient{secure.port()}.StartTls());
}

TEST_F(ActivationTest, RefusesASocketThatNoAddressNames)
{
    HeldSocket ours, foreign;
    const auto why = WhyNot({{"ADDRESS", ours.Listening().address()}},
                            {ours.handle(), foreign.Listening().handle()});
    EXPECT_THAT(why, HasSubstr("SOCKET_NOT_CONFIGURED"));
    EXPECT_THAT(why, HasSubstr(foreign.address()));
}

TEST_F(ActivationTest, RefusesWhatIsNoListeningSocket)
{
    const HeldSocket deaf, datagram{SOCK_DGRAM};
    const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    for (const int wrong : {deaf.handle(), datagram.handle(), local, ends[0]}) {
        EXPECT_THAT(WhyNot({}, {wrong}), HasSubstr("NOT_A_LISTENING_SOCKET"));
    }
    for (const int end : {local, ends[0], ends[1]}) ::close(end);
}

TEST_F(ActivationTest, RefusesACountThatIsNone)
{
    HeldSocket held;
    held.Listening();
    for (const auto* count : {"two", "-1", "65", "1x", ""}) {
        EXPECT_THAT(WhyNot({{"LISTEN_FDS", count}}, {held.handle()}), HasSubstr("BAD_LISTEN_FDS"))
            << count;
    }
    EXPECT_THAT(WhyNot({{"LISTEN_FDS", "2"}, {"ADDRESS", held.address()}}, {held.handle()}),
                HasSubstr("NOT_A_LISTENING_SOCKET"))
        << "one more than there are";
}

TEST_F(ActivationTest, LeavesSocketsForAnotherProcessAlone)
{
    HeldSocket held;
    held.Listening();
    const RelayProcess relay{NewDatabase(), {{"LISTEN_PID", "1"}}, {held.handle()}};
    EXPECT_NE(relay.port(), held.port());
    EXPECT_EQ(Fetch(relay.port(), "/health").status, 200U);
}

TEST_F(ActivationTest, HandsTheSocketsOnToASuccessor)
{
    HeldSocket held;
    RelayProcess relay{NewDatabase(), {{"ADDRESS", held.Listening().address()}}, {held.handle()}};
    const auto first = relay.pid();
    EXPECT_EQ(relay.HandOver(), 0);
    EXPECT_NE(relay.pid(), first);
    EXPECT_EQ(RelayClient{held.port()}.Publish(Sign(alice_)), "true");
}

}  // namespace
}  // namespace berth::relay::test
