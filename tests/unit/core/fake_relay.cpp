#include "tests/unit/core/fake_relay.hpp"

#include <list>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>

#include "core/base/command_runner.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "core/nostr/relay_auth.hpp"

namespace berth::probe {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket>;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr const char* kChallenge = "a-challenge";

}  // namespace

struct FakeRelay::State {
    std::string host;
    RelayManners manners;
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("berth-relay-" + ToHex(RandomBytes(6)));
    asio::io_context context;
    asio::ssl::context tls{asio::ssl::context::tls_server};
    tcp::acceptor acceptor{context};
    std::mutex mutex;
    std::map<std::string, nostr::Event> events;
    std::list<int> sockets;
    std::list<std::thread> sessions;
    std::thread accepting;

    Response Respond(const Request& request) const
    {
        const std::string target{request.target()};
        if (target == "/health") {
            return Make(manners.health_status, R"({"status":"ok","services":{},"warnings":[]})");
        }
        if (target == "/dashboard") {
            const bool known = request[http::field::authorization] == "Basic YWRtaW46c2VzYW1l";
            return Make(known || manners.dashboard_is_open ? 200 : 401, "{}");
        }
        return Make(200, R"({"name":"fake","limitation":{"max_subscriptions":)" +
                             std::to_string(manners.max_subscriptions) + "}}");
    }

    static Response Make(int status, const std::string& body)
    {
        Response response{static_cast<http::status>(status), 11};
        response.body() = body;
        response.prepare_payload();
        return response;
    }

    void Serve(tcp::socket socket);
    void Converse(beast::websocket::stream<TlsStream>& stream);
};

namespace {

/// One WebSocket's memory.
struct Session {
    bool authenticated = false;
    std::set<std::string> closed;
    std::set<std::string> open;
};

json::value Ok(const nostr::Event& event, bool accepted, const char* message)
{
    return json::array{"OK", event.id, accepted, message};
}

}  // namespace

void FakeRelay::State::Converse(beast::websocket::stream<TlsStream>& stream)
{
    Session session;
    const auto send = [&](const json::value& message) {
        stream.write(asio::buffer(json::serialize(message)));
    };
    if (manners.demands_auth) send(json::array{"AUTH", kChallenge});
    while (true) {
        beast::flat_buffer buffer;
        stream.read(buffer);
        const auto message = json::parse(beast::buffers_to_string(buffer.data())).as_array();
        const auto word = std::string{message.at(0).as_string()};
        const bool blocked = manners.demands_auth && !session.authenticated;
        const std::lock_guard lock{mutex};
        if (word == "AUTH") {
            const auto event = nostr::ParseEvent(message.at(1));
            session.authenticated =
                event &&
                nostr::VerifyRelayAuth(*event, "wss://" + host, kChallenge, SystemClock{}.Now());
            send(Ok(*event, session.authenticated, ""));
        } else if (word == "REQ" && blocked) {
            send(json::array{"CLOSED", message.at(1), "auth-required: who are you?"});
        } else if (word == "REQ") {
            const auto* ids = message.at(2).as_object().if_contains("ids");
            if (ids) {
                const auto found = events.find(std::string{ids->as_array().at(0).as_string()});
                if (found != events.end()) {
                    send(json::array{"EVENT", message.at(1),
                                     json::parse(nostr::ToJson(found->second))});
                }
            }
            session.open.insert(std::string{message.at(1).as_string()});
            send(json::array{"EOSE", message.at(1)});
        } else if (word == "CLOSE" && !manners.ignores_close) {
            session.open.erase(std::string{message.at(1).as_string()});
        } else if (word == "EVENT") {
            const auto event = nostr::ParseEvent(message.at(1));
            const bool good = event && nostr::VerifyEvent(*event).has_value();
            if (good && !manners.forgets_events) events[event->id] = *event;
            if (session.open.contains("live")) send(json::array{"EVENT", "live", message.at(1)});
            send(Ok(*event, good && !manners.refuses_events, "blocked: no"));
        }
    }
}

void FakeRelay::State::Serve(tcp::socket socket)
{
    try {
        TlsStream secured{std::move(socket), tls};
        secured.handshake(asio::ssl::stream_base::server);
        beast::flat_buffer buffer;
        Request request;
        http::read(secured, buffer, request);
        if (manners.hangs) {
            char byte = 0;
            (void)secured.read_some(asio::buffer(&byte, 1));
        } else if (beast::websocket::is_upgrade(request)) {
            beast::websocket::stream<TlsStream> stream{std::move(secured)};
            stream.accept(request);
            Converse(stream);
        } else {
            http::write(secured, Respond(request));
        }
    } catch (const std::exception&) {
        // The client went away.
    }
}

FakeRelay::FakeRelay(const std::string& host, RelayManners manners, int days)
    : state_{std::make_unique<State>()}
{
    state_->host = host;
    state_->manners = manners;
    std::filesystem::create_directories(state_->folder);
    ProcessRunner runner{1};
    const auto made = runner.Run(
        {.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                  "ec_paramgen_curve:prime256v1", "-nodes", "-days", std::to_string(days), "-subj",
                  "/CN=Fake CA", "-addext", "subjectAltName=DNS:" + host, "-keyout",
                  state_->folder / "key.pem", "-out", ca_file()},
         .environment = {},
         .stdin_bytes = {},
         .directory = {}},
        Deadline::After(std::chrono::seconds{20}));
    if (!made || made->exit_code != 0) throw std::runtime_error{"openssl made no certificate"};
    state_->tls.use_certificate_chain_file(ca_file());
    state_->tls.use_private_key_file(state_->folder / "key.pem", asio::ssl::context::pem);
    state_->acceptor.open(tcp::v4());
    state_->acceptor.bind({asio::ip::address_v4::loopback(), 0});
    state_->acceptor.listen();
    state_->accepting = std::thread{[state = state_.get()] {
        while (true) {
            beast::error_code code;
            auto socket = state->acceptor.accept(code);
            if (code) return;
            const std::lock_guard lock{state->mutex};
            state->sockets.push_back(::dup(socket.native_handle()));
            state->sessions.emplace_back(
                [state, moved = std::move(socket)]() mutable { state->Serve(std::move(moved)); });
        }
    }};
}

FakeRelay::~FakeRelay()
{
    ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
    state_->accepting.join();
    for (const auto socket : state_->sockets) {
        ::shutdown(socket, SHUT_RDWR);
        ::close(socket);
    }
    for (auto& session : state_->sessions) session.join();
    std::filesystem::remove_all(state_->folder);
}

int FakeRelay::port() const { return state_->acceptor.local_endpoint().port(); }

std::string FakeRelay::ca_file() const { return state_->folder / "cert.pem"; }

}  // namespace berth::probe
