#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

using namespace std::chrono_literals;

boost::json::object Health(unsigned short port)
{
    return boost::json::parse(Fetch(port, "/health").body).as_object();
}

/// Polls until /health answers with `status`; false after ten seconds.
bool HealthBecomes(unsigned short port, unsigned status)
{
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < limit) {
        if (Fetch(port, "/health").status == status) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

class ServingTest : public RelayTest {};

TEST_F(ServingTest, TellsItsHealthInTheAgreedForm)
{
    RelayProcess relay{NewDatabase()};
    const auto health = Health(relay.port());
    EXPECT_EQ(health.size(), 4U);
    EXPECT_EQ(health.at("status"), "ok");
    EXPECT_TRUE(health.at("timestamp").is_string());
    EXPECT_EQ(health.at("warnings"), boost::json::array{});
    EXPECT_EQ(health.at("services"), (boost::json::object{{"relay", "ok"},
                                                          {"postgresql", "ok"},
                                                          {"redis", "disabled"},
                                                          {"payment_verifier", "disabled"}}));
}

TEST_F(ServingTest, SaysThatItIsUnwellWhileTheDatabaseIsDown)
{
    RelayProcess relay{NewDatabase()};
    Postgres().Stop();
    EXPECT_TRUE(HealthBecomes(relay.port(), 503));
    const auto health = Health(relay.port());
    EXPECT_EQ(health.at("services").at("postgresql"), "down");
    EXPECT_EQ(health.at("warnings").as_array().size(), 1U);
    Postgres().Start();
    EXPECT_TRUE(HealthBecomes(relay.port(), 200));
}

TEST_F(ServingTest, ServesTheSameOnItsSecondPort)
{
    RelayProcess finder{NewDatabase()};  // Frees a port that was just found free.
    const auto second = finder.port();
    finder.Kill();
    RelayProcess relay{NewDatabase(),
                       {{"ADDRESS", "127.0.0.1:0,127.0.0.1:" + std::to_string(second)}}};
    EXPECT_EQ(Fetch(second, "/health").status, 200U);
    const auto event = Sign(alice_);
    EXPECT_EQ(RelayClient{relay.port()}.Publish(event), "true");
    EXPECT_EQ(RelayClient{second}.Query("{}"), std::vector{event.id});
}

TEST_F(ServingTest, DropsAReaderThatIsTooSlowAndServesTheOthers)
{
    RelayProcess relay{NewDatabase()};
    RelayClient slow{relay.port()};
    slow.Send("[\"REQ\",\"s\",{\"limit\":0}]");
    ASSERT_EQ(slow.Receive().at(0), "EOSE");
    RelayClient writer{relay.port()};
    const std::string content(60000, 'x');
    for (int i = 0; i < 400; ++i) {  // 24 MB, more than sockets and the relay's 8 MiB hold.
        const auto event = Sign(alice_, {.kind = 20001, .content = content + std::to_string(i)});
        ASSERT_EQ(writer.Publish(event), "true");
    }
    std::size_t received = 0;
    EXPECT_THROW(
        while (true) {
            slow.Receive();
            ++received;
        },
        std::runtime_error);
    EXPECT_LT(received, 400U);
}

TEST_F(ServingTest, SendsALongAnswerToAReaderThatTakesItsTime)
{
    RelayProcess relay{NewDatabase()};
    RelayClient client{relay.port()};
    constexpr int kEvents = 300;
    const std::string content(60000, 'x');
    for (int i = 0; i < kEvents; ++i) {  // 18 MB, more than may be pending at once.
        ASSERT_EQ(client.Publish(Sign(alice_, {.content = content + std::to_string(i)})), "true");
    }
    EXPECT_EQ(client.Query("{}").size(), static_cast<std::size_t>(kEvents));
}

TEST_F(ServingTest, CutsOffWhatIsNoHttp)
{
    namespace asio = boost::asio;
    RelayProcess relay{NewDatabase()};
    asio::io_context io;
    asio::ip::tcp::socket socket{io};
    socket.connect({asio::ip::address_v4::loopback(), relay.port()});
    asio::write(socket, asio::buffer("\x16\x03\x01 no request\r\n\r\n", 18));
    std::string received(1024, 0);
    boost::system::error_code error;
    socket.read_some(asio::buffer(received), error);
    EXPECT_TRUE(error);
    EXPECT_EQ(Fetch(relay.port(), "/nowhere").status, 404U);
    EXPECT_EQ(Fetch(relay.port(), "/health", {}, "POST").status, 405U);
    EXPECT_ANY_THROW((void)Fetch(relay.port(), "/health", {{"X", std::string(20000, 'x')}}));
}

}  // namespace
}  // namespace berth::relay::test
