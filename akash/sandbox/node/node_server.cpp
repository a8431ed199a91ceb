#include "akash/sandbox/node/node_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "core/base/strict_json.hpp"
#include "core/http/loop.hpp"
#include "core/http/server.hpp"

namespace berth::sandbox {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using http::Sleep;
using namespace std::chrono_literals;

constexpr std::size_t kRequestBytesMax = 4 << 20;
constexpr auto kBlockModeWait = 10s;
constexpr auto kHangs = 1h;

std::int64_t NowNs()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::optional<http::Response> Page(int status, std::string body)
{
    return http::Response{.status = status, .body = std::move(body)};
}

/// Answers what the programs ask the network.
class Answering {
public:
    explicit Answering(Network& network) : network_{network} {}

    asio::awaitable<std::optional<http::Response>> Respond(http::Request request)
    {
        const bool control = request.target == "/control";
        const auto mode = control ? std::string{} : network_.node_faults().mode;
        if (mode == "hang") co_await Sleep(kHangs);
        if (mode == "drop") co_return std::nullopt;
        if (mode == "garbage") co_return Page(200, "<html><body>hello</body></html>");
        if (mode == "502") co_return Page(502, "<html>Bad Gateway</html>");
        const auto answer = co_await Answered(std::move(request.body), control);
        if (!answer) co_return std::nullopt;
        co_return Page(200, json::serialize(*answer));
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

    Network& network_;
};

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
{
    auto bound = http::Server::Bind(
        io, {.address = host + ":" + std::to_string(port), .body_max = kRequestBytesMax});
    if (!bound) throw std::runtime_error{bound.error().message};
    server_ = std::move(*bound);
    server_->Start(
        [&network](http::Request request) -> asio::awaitable<std::optional<http::Response>> {
            Answering answering{network};
            co_return co_await answering.Respond(std::move(request));
        });
    asio::co_spawn(io, MakeBlocks(network), StopOnFailure);
}

}  // namespace berth::sandbox
