#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "tests/integration/worker/name_server.hpp"
#include "tests/unit/worker/an_order.hpp"
#include "worker/provision/publish_dns.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using udp = boost::asio::ip::udp;

constexpr auto kOurs = "order1.relays.berth.test";

/// A real BIND with our zone and a customer's, whose records are right in one way and wrong in all
/// the others.
class CustomerNamesTest : public testing::Test {
protected:
    void SetUp() override
    {
        bind_ = std::make_unique<stack::Bind>(
            folder_.path() / "bind", stack::FreePorts(1).value().front(),
            std::vector<stack::Zone>{
                {.name = "berth.test", .records = {"edge IN A 127.0.0.1"}, .key_name = "worker"},
                {.name = "customer.test", .records = records_, .key_name = {}}});
        ASSERT_TRUE(bind_->Start(Soon()));
    }

    static Deadline Soon() { return Deadline::After(60s); }
    Result<void> Check(const std::string& label)
    {
        const probe::Resolver resolver{{bind_->Address()}};
        return ResolvedCustomerNames{resolver}.Check(
            {.name = label + ".customer.test", .target = kOurs}, Soon());
    }
    /// The words about a record that is missing.
    std::string Missing(const std::string& label)
    {
        const auto checked = Check(label);
        EXPECT_TRUE(checked.has_error()) << label;
        if (!checked.has_error()) return "";
        EXPECT_EQ(checked.error().reason, "CNAME_MISSING");
        EXPECT_EQ(checked.error().code, ErrorCode::kPrecondition);
        return checked.error().message;
    }

    const std::vector<std::string> records_{
        "right IN CNAME order1.relays.berth.test.",
        "_acme-challenge.right IN CNAME order1.acme.berth.test.",
        "half IN CNAME order1.relays.berth.test.",
        "Shouted IN CNAME ORDER1.Relays.Berth.TEST.",
        "wrong IN CNAME order2.relays.berth.test.",
        "longer IN CNAME order1.relays.berth.test.evil.test.",
        "address IN A 127.0.0.1",
        "text IN TXT \"order1.relays.berth.test\"",
        "chain IN CNAME middle",
        "middle IN CNAME order1.relays.berth.test.",
        "astray IN CNAME wrong",
        "loop IN CNAME pool",
        "pool IN CNAME loop",
        "self IN CNAME self",
        "lame IN NS ns.lame",
        "ns.lame IN A 127.0.0.254"};
    stack::TemporaryFolder folder_;
    std::unique_ptr<stack::Bind> bind_;
};

TEST_F(CustomerNamesTest, TheRecordStandsWhereverTheOrdersNameIsYet)
{
    EXPECT_TRUE(Check("right")) << "our own name is not published before";
    EXPECT_TRUE(Check("shouted")) << "names have no case";
    EXPECT_TRUE(Check("chain")) << "an alias of the customer's own in between";
}

TEST_F(CustomerNamesTest, AMissingRecordIsNamedWithWhatIsWanted)
{
    const auto none = Missing("nobody");
    EXPECT_THAT(none, HasSubstr("`nobody.customer.test CNAME order1.relays.berth.test`"));
    EXPECT_THAT(none, HasSubstr("there is none of that name"));
    EXPECT_THAT(Missing("address"), HasSubstr("there is none")) << "it has a record, but no CNAME";
    EXPECT_THAT(Missing("text"), HasSubstr("there is none"));
}

TEST_F(CustomerNamesTest, AWrongTargetIsNamedToo)
{
    EXPECT_THAT(Missing("wrong"), HasSubstr("it leads to order2.relays.berth.test."));
    EXPECT_THAT(Missing("astray"), HasSubstr("it leads to order2.relays.berth.test."));
    EXPECT_THAT(Missing("longer"), HasSubstr("evil.test"));
}

TEST_F(CustomerNamesTest, ALoopIsAMissingRecordAndEnds)
{
    EXPECT_THAT(Missing("loop"), HasSubstr("it leads to "));
    EXPECT_THAT(Missing("self"), HasSubstr("it leads to self.customer.test."));
}

TEST_F(CustomerNamesTest, ANameThatNobodyCanAskAboutIsNotMissing)
{
    const auto lame = Check("x.lame");
    ASSERT_TRUE(lame.has_error());
    EXPECT_EQ(lame.error().reason, "DNS_UNAVAILABLE");
    EXPECT_EQ(lame.error().code, ErrorCode::kUnavailable);
}

TEST_F(CustomerNamesTest, ASilentOrStoppedServerSaysNothingOfTheCustomer)
{
    boost::asio::io_context io;
    const udp::socket silent{io, {boost::asio::ip::make_address("127.0.0.1"), 0}};
    const probe::Resolver resolver{{"127.0.0.1:" + std::to_string(silent.local_endpoint().port())}};
    const CustomerRecord record{.name = "right.customer.test", .target = kOurs};
    const auto unheard = ResolvedCustomerNames{resolver}.Check(record, Deadline::After(200ms));
    ASSERT_TRUE(unheard.has_error());
    EXPECT_EQ(unheard.error().reason, "DNS_UNAVAILABLE");
    bind_->Stop();
    const auto down = Check("right");
    ASSERT_TRUE(down.has_error());
    EXPECT_EQ(down.error().reason, "DNS_UNAVAILABLE");
}

TEST_F(CustomerNamesTest, OurZoneIsTouchedOnceBothRecordsOfTheCustomerStand)
{
    ProcessRunner runner{4};
    NsupdateDns dns{runner,
                    {.zone = "berth.test",
                     .primary = bind_->Address(),
                     .servers = {bind_->Address()},
                     .tsig_file = bind_->KeyFile("worker")},
                    AskOneServer};
    const probe::Resolver resolver{{bind_->Address()}};
    ResolvedCustomerNames names{resolver};
    const SystemClock clock;
    PublishDns publish{
        {dns, names, clock}, {.address = "127.0.0.1", .wildcard_zone = {}}, 60s, "berth.test"};
    auto job = AJob("publish_dns");
    KeptIntents intents;
    job.mutable_order()->set_custom_hostname("half.customer.test");
    auto outcome = publish.Run({.job = job, .intents = intents, .deadline = Soon()});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_THAT(outcome->report().not_yet().waiting_for(),
                HasSubstr("_acme-challenge.half.customer.test CNAME order1.acme.berth.test"));
    EXPECT_TRUE(AskOneServer(bind_->Address(), kOurs, "A", Soon())->empty());
    EXPECT_TRUE(intents.kept.empty());

    job.mutable_order()->set_custom_hostname("right.customer.test");
    outcome = publish.Run({.job = job, .intents = intents, .deadline = Soon()});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome->report().has_done());
    const auto address = resolver.Resolve("right.customer.test", Soon());
    ASSERT_TRUE(address) << address.error().message;
    EXPECT_EQ(address->addresses, std::vector<std::string>{"127.0.0.1"});
}

}  // namespace
}  // namespace berth::worker
