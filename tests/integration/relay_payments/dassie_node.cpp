#include "tests/integration/relay_payments/dassie_node.hpp"

#include <chrono>

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sys/socket.h>

namespace berth::relay::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

json::object Refused(std::string message)
{
    return {{"code", -32601}, {"message", std::move(message)}};
}

}  // namespace

struct DassieNode::Connection {
    explicit Connection(tcp::socket accepted)
        : handle{accepted.native_handle()}, socket{std::move(accepted)}
    {
    }

    const int handle;
    beast::websocket::stream<tcp::socket> socket;
    std::thread thread;
};

DassieNode::DassieNode(Verdict verdict) : verdict_{std::move(verdict)}
{
    acceptor_.open(tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen();
    thread_ = std::thread{[this] { Accept(); }};
}

DassieNode::~DassieNode()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
        for (const auto& connection : connections_) ::shutdown(connection->handle, SHUT_RDWR);
    }
    changed_.notify_all();
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    thread_.join();
    for (const auto& connection : connections_) connection->thread.join();
}

std::string DassieNode::url() const
{
    return "ws://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/trpc";
}

void DassieNode::Hold()
{
    const std::scoped_lock lock{mutex_};
    holding_ = true;
}

void DassieNode::Release()
{
    {
        const std::scoped_lock lock{mutex_};
        holding_ = false;
    }
    changed_.notify_all();
}

bool DassieNode::AwaitHeld()
{
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return held_ > 0; });
}

int DassieNode::asked() const
{
    const std::scoped_lock lock{mutex_};
    return asked_;
}

void DassieNode::Accept()
{
    while (true) {
        boost::system::error_code error;
        tcp::socket accepted{io_};
        acceptor_.accept(accepted, error);
        const std::scoped_lock lock{mutex_};
        if (error || stopping_) return;
        connections_.push_back(std::make_unique<Connection>(std::move(accepted)));
        auto& connection = *connections_.back();
        connection.thread = std::thread{[this, &connection] { Serve(connection); }};
    }
}

void DassieNode::Serve(Connection& connection)
{
    try {
        beast::flat_buffer buffer;
        http::request<http::empty_body> upgrade;
        http::read(connection.socket.next_layer(), buffer, upgrade);
        if (upgrade[http::field::authorization] != "Bearer " + token()) {
            http::response<http::empty_body> refusal{http::status::unauthorized, 11};
            http::write(connection.socket.next_layer(), refusal);
            ::shutdown(connection.handle, SHUT_RDWR);
            return;
        }
        connection.socket.accept(upgrade);
        while (true) {
            buffer.clear();
            connection.socket.read(buffer);
            const auto call = json::parse(beast::buffers_to_string(buffer.data())).as_object();
            json::object answer{{"jsonrpc", "2.0"}, {"id", call.at("id")}};
            if (call.at("method") == "payment.verifyPaymentClaim") {
                WaitWhileHeld();
                answer["result"] = verdict_(call.at("params").as_object());
            } else {
                answer["error"] = Refused("Method not found");
            }
            connection.socket.write(asio::buffer(json::serialize(answer)));
        }
    } catch (const boost::system::system_error&) {
        // The relay or the test has ended the connection.
    }
}

void DassieNode::WaitWhileHeld()
{
    std::unique_lock lock{mutex_};
    ++asked_;
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holding_ || stopping_; });
    --held_;
}

}  // namespace berth::relay::test
