#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>

namespace berth::relay::test {

/// A peer that answers as a Dassie node does: JSON-RPC over WebSocket on a free port of the
/// loopback, for who brings its token.
class DassieNode {
public:
    /// Says `result` to the parameters of `payment.verifyPaymentClaim`, on a connection's thread.
    using Verdict = std::function<boost::json::object(const boost::json::object& parameters)>;

    explicit DassieNode(Verdict verdict);
    DassieNode(const DassieNode&) = delete;
    DassieNode& operator=(const DassieNode&) = delete;
    ~DassieNode();

    std::string url() const;
    static std::string token() { return "a token of this node"; }

    /// From now on no question is answered until Release.
    void Hold();
    void Release();
    /// Waits for the question that is held; false after ten seconds.
    bool AwaitHeld();
    int asked() const;

private:
    struct Connection;

    void Accept();
    void Serve(Connection& connection);
    void WaitWhileHeld();

    const Verdict verdict_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_{io_};
    mutable std::mutex mutex_;  ///< Guards what follows.
    std::condition_variable changed_;
    bool stopping_ = false;
    bool holding_ = false;
    int held_ = 0;
    int asked_ = 0;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay::test
