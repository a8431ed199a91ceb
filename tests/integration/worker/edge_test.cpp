#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "tests/integration/worker/edge_world.hpp"

namespace berth::worker {
namespace {

class HaproxyEdgeTest : public WithEdge {
protected:
    /// Tells HAProxy something, as a program does that is killed before its next word.
    void Tell(const std::string& command)
    {
        boost::asio::io_context io;
        boost::asio::local::stream_protocol::socket socket{io};
        socket.connect(settings_.socket.string());
        boost::asio::write(socket, boost::asio::buffer(command));
        std::string answer;
        boost::system::error_code ended;
        boost::asio::read(socket, boost::asio::dynamic_buffer(answer), ended);
    }
};

TEST_F(HaproxyEdgeTest, ServesARelayOnBothPortsAndAsksTheIngressByItsOwnName)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    for (const auto port : ports_) {
        const auto response = Get("o1.relays.berth.test", port);
        ASSERT_TRUE(response) << response.error().message;
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "p1.akash.test");
    }
}

TEST_F(HaproxyEdgeTest, RefusesAnIngressThatShowsAnotherName)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "imposter.akash.test", Soon()));
    const auto response = Get("o1.relays.berth.test", ports_[0]);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
}

TEST_F(HaproxyEdgeTest, AnswersForNoOtherNameAndForgetsWhatWasUnrouted)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    EXPECT_EQ(Get("o2.relays.berth.test", ports_[0])->status, 404);
    EXPECT_TRUE(Get("relay.customer.test", ports_[0]).has_error());
    ASSERT_TRUE(edge.Unroute("o1.relays.berth.test", Soon()));
    ASSERT_TRUE(edge.Unroute("o1.relays.berth.test", Soon()));
    EXPECT_EQ(Get("o1.relays.berth.test", ports_[0])->status, 404);
}

TEST_F(HaproxyEdgeTest, KeepsCertificateAndRouteAcrossARestart)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    ASSERT_TRUE(edge.Route("o1.relays.berth.test", "p1.akash.test", Soon()));
    haproxy_->Stop();
    ASSERT_TRUE(StartHaproxy());
    const auto response = Get("o1.relays.berth.test", ports_[0]);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "p1.akash.test");
    ServeWildcard(edge);  // A certificate that was loaded from the list can be replaced.
    EXPECT_TRUE(Get("o1.relays.berth.test", ports_[0]));
}

TEST_F(HaproxyEdgeTest, ServesACustomersNameByItsOwnCertificateUntilItIsRemoved)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    const auto chain = authority_.Issue(key_, {"relay.customer.test"});
    ASSERT_TRUE(edge.InstallCertificate("relay.customer.test", chain, key_, Soon()));
    ASSERT_TRUE(edge.Route("relay.customer.test", "p1.akash.test", Soon()));
    ASSERT_TRUE(edge.Route("relay.customer.test", "p1.akash.test", Soon()));
    EXPECT_EQ(Get("relay.customer.test", ports_[1])->body, "p1.akash.test");
    EXPECT_EQ(edge.CertificateOf("relay.customer.test")->value(), chain);
    ASSERT_TRUE(edge.RemoveCertificate("relay.customer.test", Soon()));
    EXPECT_TRUE(Get("relay.customer.test", ports_[1]).has_error());
}

TEST_F(HaproxyEdgeTest, WritesTheFilesAlthoughHaproxyIsDownAndSaysSo)
{
    HaproxyEdge edge{settings_};
    haproxy_->Stop();
    const auto chain = authority_.Issue(key_, {"*.relays.berth.test"});
    const auto down = edge.InstallCertificate("relays.berth.test", chain, key_, Soon());
    ASSERT_TRUE(down.has_error());
    EXPECT_EQ(down.error().reason, "EDGE_UNAVAILABLE");
    ASSERT_TRUE(StartHaproxy());
    EXPECT_EQ(Get("o1.relays.berth.test", ports_[0])->status, 404);
}

TEST_F(HaproxyEdgeTest, AChangeThatAKilledWorkerLeftHalfDoneIsNotInTheWay)
{
    HaproxyEdge edge{settings_};
    ServeWildcard(edge);
    const auto file = (settings_.CertificatesFolder() / "relays.berth.test.pem").string();
    const auto half = authority_.Issue(key_, {"*.relays.berth.test"}) + key_.Expose();
    Tell("set ssl cert " + file + " <<\n" + half + "\n");
    const auto chain = authority_.Issue(key_, {"relay.customer.test"});
    const auto installed = edge.InstallCertificate("relay.customer.test", chain, key_, Soon());
    ASSERT_TRUE(installed) << installed.error().message;
    ASSERT_TRUE(edge.Route("relay.customer.test", "p1.akash.test", Soon()));
    EXPECT_EQ(Get("relay.customer.test", ports_[0])->body, "p1.akash.test");
    EXPECT_EQ(Get("o1.relays.berth.test", ports_[0])->status, 404) << "served as before";
}

TEST_F(HaproxyEdgeTest, RefusesANameThatWouldForgeACommand)
{
    HaproxyEdge edge{settings_};
    const auto refused = edge.Route("a.berth.test x\nshow info", "p1.akash.test", Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "BAD_DNS_NAME");
}

}  // namespace
}  // namespace berth::worker
