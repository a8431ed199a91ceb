#include <fstream>

#include "tests/integration/worker/name_server.hpp"

namespace berth::worker {
namespace {

using Values = std::vector<std::string>;

class NsupdateDnsTest : public WithNameServer {
protected:
    NsupdateDns Dns() { return NsupdateDns{runner_, ZoneSettings(), AskOneServer}; }

    Values Ask(const std::string& name, const std::string& type)
    {
        return AskOneServer(bind_->Address(), name, type, Soon()).value();
    }
    DnsRecord Address(const std::string& value) const
    {
        return {.name = "order1.relays.berth.test", .type = "A", .value = value};
    }
};

TEST_F(NsupdateDnsTest, CreatesARecordThatTheServerThenAnswersWith)
{
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    EXPECT_EQ(Ask("order1.relays.berth.test", "A"), Values{"127.0.0.1"});
}

TEST_F(NsupdateDnsTest, ReplacesTheValueAndDoesNothingWhenItIsThereAlready)
{
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.2"), Soon()));
    EXPECT_EQ(Ask("order1.relays.berth.test", "A"), Values{"127.0.0.2"});
}

TEST_F(NsupdateDnsTest, PublishesACnameToANamedEdge)
{
    const DnsRecord record{
        .name = "o2.relays.berth.test", .type = "CNAME", .value = "edge.berth.test"};
    ASSERT_TRUE(Dns().Upsert(record, Soon()));
    EXPECT_EQ(Ask(record.name, "CNAME"), Values{"edge.berth.test"});
}

TEST_F(NsupdateDnsTest, RemovesARecordAndDoesNotMindWhenItIsGone)
{
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    ASSERT_TRUE(Dns().Remove("order1.relays.berth.test", Soon()));
    ASSERT_TRUE(Dns().Remove("order1.relays.berth.test", Soon()));
    EXPECT_TRUE(Ask("order1.relays.berth.test", "A").empty());
}

TEST_F(NsupdateDnsTest, RemovesWhateverAnEdgeWasPublishedBy)
{
    const std::string name = "order1.relays.berth.test";
    for (const auto& [type, value] : std::map<std::string, std::string>{
             {"A", "127.0.0.1"}, {"AAAA", "::1"}, {"CNAME", "edge.berth.test"}}) {
        ASSERT_TRUE(Dns().Upsert({.name = name, .type = type, .value = value}, Soon())) << type;
        ASSERT_EQ(Ask(name, type), Values{value});
        ASSERT_TRUE(Dns().Remove(name, Soon())) << type;
        EXPECT_TRUE(Ask(name, type).empty()) << type;
    }
}

TEST_F(NsupdateDnsTest, RemovesAnAliasThatLeadsNowhere)
{
    for (const auto* target : {"gone.berth.test", "edge.elsewhere.test"}) {
        const DnsRecord record{
            .name = "order1.relays.berth.test", .type = "CNAME", .value = target};
        ASSERT_TRUE(Dns().Upsert(record, Soon())) << target;
        ASSERT_TRUE(Dns().Remove(record.name, Soon())) << target;
        EXPECT_TRUE(Ask(record.name, "CNAME").empty()) << target;
    }
}

TEST_F(NsupdateDnsTest, LeavesOtherNamesAndOtherRecordsOfTheNameAlone)
{
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    ASSERT_TRUE(Dns().Upsert(
        {.name = "order2.relays.berth.test", .type = "A", .value = "127.0.0.2"}, Soon()));
    ASSERT_TRUE(Dns().Remove("order1.relays.berth.test", Soon()));
    EXPECT_EQ(Ask("order2.relays.berth.test", "A"), Values{"127.0.0.2"});
    EXPECT_EQ(Ask("edge.berth.test", "A"), Values{"127.0.0.1"});
}

TEST_F(NsupdateDnsTest, ReplacesAnAddressByANameAndTheOtherWayRound)
{
    const DnsRecord alias{
        .name = "order1.relays.berth.test", .type = "CNAME", .value = "edge.berth.test"};
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.1"), Soon()));
    ASSERT_TRUE(Dns().Upsert(alias, Soon()));
    EXPECT_EQ(Ask(alias.name, "CNAME"), Values{"edge.berth.test"});
    EXPECT_TRUE(Ask(alias.name, "A").empty());
    ASSERT_TRUE(Dns().Upsert(Address("127.0.0.3"), Soon()));
    EXPECT_EQ(Ask(alias.name, "A"), Values{"127.0.0.3"});
    EXPECT_TRUE(Ask(alias.name, "CNAME").empty());
}

TEST_F(NsupdateDnsTest, RefusesAnInjectedCommandBeforeAnyProgramSeesIt)
{
    const auto refused =
        Dns().Upsert({.name = "a.berth.test 60 A 127.0.0.1\nupdate add b.berth.test",
                      .type = "A",
                      .value = "127.0.0.1"},
                     Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "BAD_DNS_NAME");
    const auto value =
        Dns().Upsert({.name = "a.berth.test", .type = "A", .value = "1.1.1.1\nsend"}, Soon());
    ASSERT_TRUE(value.has_error());
    EXPECT_EQ(value.error().reason, "BAD_DNS_VALUE");
    EXPECT_TRUE(Ask("a.berth.test", "A").empty());
    EXPECT_TRUE(Ask("b.berth.test", "A").empty());
}

TEST_F(NsupdateDnsTest, RefusesANameOutsideTheZone)
{
    const auto refused =
        Dns().Upsert({.name = "x.customer.test", .type = "A", .value = "127.0.0.1"}, Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "NAME_OUTSIDE_ZONE");
}

TEST_F(NsupdateDnsTest, ReportsTheServersRefusalOfAWrongKey)
{
    const auto key = folder_.path() / "wrong.key";
    std::ofstream{key} << "key \"worker\" { algorithm hmac-sha256; secret \"d3Jvbmc=\"; };\n";
    auto settings = ZoneSettings();
    settings.tsig_file = key;
    NsupdateDns dns{runner_, settings, AskOneServer};
    const auto refused = dns.Upsert(Address("127.0.0.1"), Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "DNS_REFUSED");
    EXPECT_TRUE(Ask("order1.relays.berth.test", "A").empty());
}

TEST_F(NsupdateDnsTest, NoticesThatAnotherServerDoesNotHaveItYet)
{
    const auto ports = stack::FreePorts(1).value();
    stack::Bind second{folder_.path() / "second", ports.front(), {{.name = "berth.test"}}};
    ASSERT_TRUE(second.Start(Soon()));
    auto settings = ZoneSettings();
    settings.servers.push_back(second.Address());
    NsupdateDns dns{runner_, settings, AskOneServer};
    const auto behind = dns.Upsert(Address("127.0.0.1"), Soon());
    ASSERT_TRUE(behind.has_error());
    EXPECT_EQ(behind.error().reason, "DNS_NOT_EVERYWHERE");
}

TEST_F(NsupdateDnsTest, LosesAgainstAChangeBetweenLookAndUpdate)
{
    auto late = [&](const std::string& server, const std::string& name, const std::string& type,
                    Deadline deadline) -> Result<Values> {
        auto seen = AskOneServer(server, name, type, deadline);
        static_cast<void>(Dns().Upsert(Address("127.0.0.9"), Soon()));
        return seen;
    };
    NsupdateDns dns{runner_, ZoneSettings(), late};
    const auto lost = dns.Upsert(Address("127.0.0.1"), Soon());
    ASSERT_TRUE(lost.has_error());
    EXPECT_EQ(lost.error().reason, "DNS_CHANGED_MEANWHILE");
    EXPECT_EQ(Ask("order1.relays.berth.test", "A"), Values{"127.0.0.9"});
}

TEST_F(NsupdateDnsTest, ReportsAServerThatIsDown)
{
    bind_->Stop();
    const auto down = Dns().Upsert(Address("127.0.0.1"), Soon());
    ASSERT_TRUE(down.has_error());
    EXPECT_EQ(down.error().reason, "DNS_UNAVAILABLE");
}

}  // namespace
}  // namespace berth::worker
