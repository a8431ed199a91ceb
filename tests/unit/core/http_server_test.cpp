#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/http/loop.hpp"
#include "core/http/server.hpp"
#include "core/probe/http_client.hpp"

namespace berth::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kBodyMax = 1000;

/// Answers with what it was asked.
asio::awaitable<std::optional<Response>> Echo(Request request)
{
    if (request.target == "/cut") co_return std::nullopt;
    if (request.target == "/slow") co_await Sleep(20ms);
    co_return Response{.status = request.target == "/none" ? 404 : 200,
                       .body = request.method + ' ' + request.target + ' ' +
                               request.Header("x-word") + ' ' + request.body};
}

class HttpServerTest : public ::testing::Test {
protected:
    ~HttpServerTest() override
    {
        io_.stop();
        if (thread_.joinable()) thread_.join();
        std::filesystem::remove_all(folder_);
    }

    void Start(ServerSettings settings = {.address = "127.0.0.1:0", .body_max = kBodyMax})
    {
        server_ = std::move(*Server::Bind(io_, settings));
        server_->Start(Echo);
        thread_ = std::thread{[this] { io_.run(); }};
    }
    void StartWithTls()
    {
        std::filesystem::create_directories(folder_);
        ProcessRunner runner{1};
        const auto made =
            runner.Run({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                 "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=x",
                                 "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                                 folder_ + "/key", "-out", folder_ + "/cert"}},
                       Deadline::After(20s));
        ASSERT_TRUE(made && made->exit_code == 0);
        Start({.address = "127.0.0.1:0",
               .certificate_file = folder_ + "/cert",
               .key_file = folder_ + "/key"});
    }
    Result<probe::HttpResponse> Fetch(probe::HttpRequest request,
                                      const std::string& scheme = "http")
    {
        request.url = scheme + "://" + server_->address() + request.url;
        return probe::Fetch(request, {.ca_file = scheme == "https" ? folder_ + "/cert" : ""},
                            Deadline::After(10s));
    }
    std::unique_ptr<probe::Connection> Connect()
    {
        return std::move(*probe::Connection::Open({.host = "127.0.0.1",
                                                   .port = server_->port(),
                                                   .tls = false,
                                                   .connect_address = "127.0.0.1",
                                                   .ca_file = {}},
                                                  Deadline::After(10s)));
    }
    /// All that comes until `end` is among it, or the connection ends.
    static std::string ReadTo(probe::Connection& connection, const std::string& end)
    {
        std::string received;
        char buffer[4096];
        while (received.find(end) == std::string::npos) {
            const auto count = connection.ReadSome(buffer, sizeof buffer);
            if (!count || *count == 0) break;
            received.append(buffer, *count);
        }
        return received;
    }

    asio::io_context io_{1};
    std::unique_ptr<Server> server_;
    std::thread thread_;
    const std::string folder_ =
        std::filesystem::temp_directory_path() / ("berth-http-" + ToHex(RandomBytes(6)));
};

TEST_F(HttpServerTest, AnswersRequests)
{
    Start();
    const auto posted = Fetch(
        {.method = "POST", .url = "/a?b=c", .headers = {{"X-Word", "hi"}}, .body = "the body"});
    ASSERT_TRUE(posted);
    EXPECT_EQ(posted->status, 200);
    EXPECT_EQ(posted->body, "POST /a?b=c hi the body");
    EXPECT_EQ(posted->headers.at("content-type"), "application/json");
    EXPECT_EQ(Fetch({.url = "/none"})->status, 404);
    EXPECT_EQ(Fetch({.url = "/slow"})->body, "GET /slow  ");
}

TEST_F(HttpServerTest, SpeaksTls)
{
    StartWithTls();
    const auto answer = Fetch({.url = "/a"}, "https");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "GET /a  ");
    EXPECT_FALSE(Fetch({.url = "/cut"}, "https"));
    EXPECT_FALSE(Fetch({.url = "/a"}, "http")) << "no TLS";
    EXPECT_TRUE(Fetch({.url = "/a"}, "https")) << "and it goes on";
}

TEST_F(HttpServerTest, ClosesWhereThereIsNoAnswer)
{
    Start();
    EXPECT_FALSE(Fetch({.url = "/cut"}));
    EXPECT_TRUE(Fetch({.url = "/a"}));
}

TEST_F(HttpServerTest, TakesRequestsOneAfterTheOther)
{
    Start();
    const auto connection = Connect();
    const std::string both =
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
        "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
        "Connection: close\r\n\r\nab";
    ASSERT_TRUE(connection->Write(both));
    EXPECT_THAT(ReadTo(*connection, "GET /1  "), HasSubstr("Connection: keep-alive"));
    ASSERT_TRUE(connection->Write("c"));
    const auto last = ReadTo(*connection, "nothing that comes");
    EXPECT_THAT(last, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(last, HasSubstr("POST /2  abc"));
}

TEST_F(HttpServerTest, EndsWhatIsTooLargeOrNoHttp)
{
    Start();
    EXPECT_TRUE(Fetch({.method = "POST", .url = "/", .body = std::string(kBodyMax, 'x')}));
    EXPECT_FALSE(Fetch({.method = "POST", .url = "/", .body = std::string(kBodyMax + 1, 'x')}));
    const auto connection = Connect();
    ASSERT_TRUE(connection->Write("\x16\x03\x01 hello\r\n\r\n"));
    EXPECT_EQ(ReadTo(*connection, "anything"), "");
    EXPECT_TRUE(Fetch({.url = "/a"}));
}

TEST_F(HttpServerTest, EndsTheSilent)
{
    Start({.address = "127.0.0.1:0", .idle = 30ms});
    const auto connection = Connect();
    ASSERT_TRUE(connection->Write("GET / HTTP/1.1\r\n"));
    EXPECT_EQ(ReadTo(*connection, "anything"), "");
}

/// Of the sockets of this process that belong to connections to `port`: whether they send at once.
std::vector<bool> SendAtOnce(int port)
{
    std::vector<bool> found;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        const auto socket = std::stoi(entry.path().filename().string());
        sockaddr_in own{};
        sockaddr_in peer{};
        socklen_t size = sizeof own;
        socklen_t peer_size = sizeof peer;
        if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0 ||
            ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0 ||
            ntohs(own.sin_port) != port) {
            continue;
        }
        int at_once = 0;
        socklen_t length = sizeof at_once;
        ::getsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, &length);
        found.push_back(at_once != 0);
    }
    return found;
}

TEST_F(HttpServerTest, HoldsNoAnswerBackForAFullerPacket)
{
    Start();
    const auto connection = Connect();
    ASSERT_TRUE(connection->Write("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
    ReadTo(*connection, "GET /a");
    EXPECT_THAT(SendAtOnce(server_->port()), ElementsAre(true));
}

TEST_F(HttpServerTest, SaysWhyItCannotListen)
{
    Start();
    for (const auto& address : {server_->address(), std::string{"127.0.0.1"},
                                std::string{"nowhere:1"}, std::string{"127.0.0.1:70000"}}) {
        const auto second = Server::Bind(io_, {.address = address});
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().reason, "NOT_BOUND");
        EXPECT_THAT(second.error().message, HasSubstr(address));
    }
}

}  // namespace
}  // namespace berth::http
