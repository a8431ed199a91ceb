#include "akash/sandbox/node/node_server.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <boost/json.hpp>

#include "core/base/strict_json.hpp"

namespace berth::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr std::size_t kRequestBytesMax = 4 << 20;
constexpr auto kBlockModeWait = 10s;
constexpr auto kHangs = 1h;

using Request = http::request<http::string_body>;

std::int64_t NowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

asio::awaitable<void> Sleep(std::chrono::milliseconds duration)
{
    asio::steady_timer timer{co_await asio::this_coro::executor, duration};
    co_await timer.async_wait(asio::use_awaitable);
}

/// One connection's conversation with the network.
class Session {
public:
    Session(Network& network, tcp::socket socket) : network_{network}, stream_{std::move(socket)} {}

    asio::awaitable<void> Run()
    {
        beast::flat_buffer buffer;
        http::request_parser<http::string_body> parser;
        parser.body_limit(kRequestBytesMax);
        co_await http::async_read(stream_, buffer, parser, asio::use_awaitable);
        const auto request = parser.release();
        const bool control = request.target() == "/control";
        const auto mode = control ? std::string{} : network_.node_faults().mode;
        if (mode == "hang") co_await Sleep(kHangs);
        if (mode == "drop") co_return;
        if (mode == "garbage") {
            co_await Send(http::status::ok, "<html><body>hello</body></html>");
        } else if (mode == "502") {
            co_await Send(http::status::bad_gateway, "<html>Bad Gateway</html>");
        } else if (const auto answer = co_await Answered(request.body(), control)) {
            co_await Send(http::status::ok, json::serialize(*answer));
        }
    }

private:
    asio::awaitable<std::optional<json::object>> Answered(std::string body, bool control)
    {
        std::optional<json::object> answer;
        try {
            const auto parsed = ParseJsonStrict(body, {.bytes = kRequestBytesMax, .depth = 64});
            if (!parsed) throw QueryRefused{parsed.error().message};
            const std::string method{parsed->at("method").as_string()};
            const auto& params = parsed->at("params").as_object();
            if (control) {
                answer = json::object{{"result", network_.Control(method, params)}};
            } else {
                co_return co_await Dispatch(method, params);
            }
        } catch (const QueryRefused& refused) {
            answer = json::object{{"error", refused.text}};
        } catch (const Refusal& refusal) {
            answer = json::object{{"error", refusal.text}};
        } catch (const boost::system::system_error&) {
            throw;
        } catch (const std::exception& error) {
            answer = json::object{{"error", std::string{"malformed request: "} + error.what()}};
        }
        co_return answer;
    }

    asio::awaitable<std::optional<json::object>> Dispatch(std::string method,
                                                          const json::object& params)
    {
        if (method == "status") co_return json::object{{"result", StatusJson(network_.chain())}};
        if (method == "query") {
            co_return json::object{{"result", Answer(network_.chain(), ReadQuestion(params))}};
        }
        if (method == "simulate") {
            const auto encoded = EncodeTx(params.at("tx"));
            if (!encoded) throw QueryRefused{encoded.error().message};
            const auto result = network_.chain().Simulate(params.at("tx"));
            co_return json::object{{"result", BroadcastJson(encoded->hash, result)}};
        }
        if (method == "broadcast") co_return co_await Broadcast(params);
        auto answer = network_.Gateway(method, params);
        if (!answer) co_await Sleep(kHangs);
        co_return answer;
    }

    asio::awaitable<std::optional<json::object>> Broadcast(const json::object& params)
    {
        const std::string mode{params.at("mode").as_string()};
        const auto encoded = EncodeTx(params.at("tx"));
        if (!encoded) throw QueryRefused{encoded.error().message};
        auto& faults = network_.node_faults();
        if (faults.rejected > 0) {
            --faults.rejected;
            co_return json::object{{"result", BroadcastJson(encoded->hash, faults.rejection)}};
        }
        const auto result = network_.chain().Submit(params.at("tx"), *encoded);
        if (faults.lost_answers > 0) {
            --faults.lost_answers;
            co_return std::nullopt;
        }
        if (mode != "block" || result.code != 0) {
            co_return json::object{
                {"result", BroadcastJson(encoded->hash, mode == "async" ? TxResult{} : result)}};
        }
        const auto give_up = std::chrono::steady_clock::now() + kBlockModeWait;
        while (!network_.chain().FindTx(encoded->hash)) {
            if (std::chrono::steady_clock::now() > give_up) {
                co_return json::object{{"error", "request failed: net/http: nil Context"}};
            }
            co_await Sleep(10ms);
        }
        co_return json::object{{"result", TxJson(*network_.chain().FindTx(encoded->hash), false)}};
    }

    static Question ReadQuestion(const json::object& params)
    {
        Question question;
        for (const auto& word : params.at("path").as_array())
            question.path.emplace_back(word.as_string());
        for (const auto& word : params.at("words").as_array())
            question.words.emplace_back(word.as_string());
        for (const auto& [name, value] : params.at("flags").as_object()) {
            question.flags[name] = value.as_string();
        }
        return question;
    }

    asio::awaitable<void> Send(http::status status, std::string body)
    {
        http::response<http::string_body> response{status, 11};
        response.set(http::field::content_type, "application/json");
        response.keep_alive(false);
        response.body() = std::move(body);
        response.prepare_payload();
        co_await http::async_write(stream_, response, asio::use_awaitable);
    }

    Network& network_;
    beast::tcp_stream stream_;
};

asio::awaitable<void> Serve(Network& network, tcp::socket socket)
{
    try {
        Session session{network, std::move(socket)};
        co_await session.Run();
    } catch (const std::exception&) {
        // A client that went away; the next one is served.
    }
}

asio::awaitable<void> Accept(Network& network, tcp::acceptor acceptor)
{
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(acceptor.get_executor(), Serve(network, std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> MakeBlocks(Network& network)
{
    asio::steady_timer timer{co_await asio::this_coro::executor};
    auto next = std::chrono::steady_clock::now();
    for (;;) {
        if (!network.node_faults().blocks_stopped) network.MakeBlock(NowNs());
        next = std::max(next + network.block_time(), std::chrono::steady_clock::now());
        timer.expires_at(next);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void StopOnFailure(std::exception_ptr failure)
{
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

NodeServer::NodeServer(asio::io_context& io, Network& network, const std::string& host, int port)
    : io_{io}, network_{network}
{
    tcp::acceptor acceptor{io_, {asio::ip::make_address(host), static_cast<std::uint16_t>(port)}};
    port_ = acceptor.local_endpoint().port();
    asio::co_spawn(io_, Accept(network_, std::move(acceptor)), StopOnFailure);
    asio::co_spawn(io_, MakeBlocks(network_), StopOnFailure);
}

}  // namespace berth::sandbox
