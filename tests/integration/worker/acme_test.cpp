#include "cli/stack/pebble.hpp"
#include "core/base/file.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/integration/worker/name_server.hpp"
#include "worker/adapters/certificate.hpp"
#include "worker/adapters/lego_acme.hpp"

namespace berth::worker {
namespace {

namespace fs = std::filesystem;

class LegoAcmeTest : public WithNameServer {
protected:
    void SetUp() override
    {
        WithNameServer::SetUp();
        const auto ports = stack::FreePorts(2).value();
        pebble_ = std::make_unique<stack::Pebble>(
            stack::Pebble::Settings{.folder = folder_.path() / "pebble",
                                    .port = ports[0],
                                    .management_port = ports[1],
                                    .resolver = bind_->Address()});
        ASSERT_TRUE(pebble_->Start(Soon()));
    }

    AcmeSettings Ca() const
    {
        return {.directory = pebble_->Directory(),
                .email = "operator@berth.test",
                .ca_file = pebble_->ServerCa(),
                .folder = folder_.path() / "acme",
                .resolver = bind_->Address(),
                .dns_server = bind_->Address(),
                .tsig_file = bind_->KeyFile("worker"),
                .limits = {}};
    }

    std::unique_ptr<stack::Pebble> pebble_;
    SystemClock clock_;
    const Secret key_ = MakeCertificateKey();
    const CertificateRequest wildcard_{
        .label = "wildcard.relays.berth.test", .names = {"*.relays.berth.test"}, .key_pem = key_};
};

TEST_F(LegoAcmeTest, IssuesAWildcardForAKeyThatNeverLeavesUs)
{
    LegoAcme acme{runner_, clock_, Ca()};
    const auto chain = acme.Issue(wildcard_, Soon());
    ASSERT_TRUE(chain) << chain.error().message;
    EXPECT_EQ(ReadCertificate(*chain)->names, wildcard_.names);
    EXPECT_TRUE(CertificateIsFor(*chain, key_));
    const auto folder = folder_.path() / "acme" / wildcard_.label;
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        const auto text = ReadFile(entry.path());
        EXPECT_TRUE(!text || text->find(key_.Expose()) == std::string::npos) << entry.path();
    }
}

TEST_F(LegoAcmeTest, IssuesACustomersNameThroughItsChallengeCname)
{
    LegoAcme acme{runner_, clock_, Ca()};
    const auto chain = acme.Issue(
        {.label = "relay.customer.test", .names = {"relay.customer.test"}, .key_pem = key_},
        Soon());
    ASSERT_TRUE(chain) << chain.error().message;
    EXPECT_EQ(ReadCertificate(*chain)->names, std::vector<std::string>{"relay.customer.test"});
}

TEST_F(LegoAcmeTest, GivesTheStoredCertificateWithoutAskingAgain)
{
    LegoAcme acme{runner_, clock_, Ca()};
    const auto first = acme.Issue(wildcard_, Soon());
    ASSERT_TRUE(first) << first.error().message;
    pebble_->Stop();
    const auto second = acme.Issue(wildcard_, Soon());
    ASSERT_TRUE(second);
    EXPECT_EQ(*second, *first);
    auto other_key = wildcard_;
    other_key.key_pem = MakeCertificateKey();
    EXPECT_TRUE(acme.Issue(other_key, Soon()).has_error());
}

TEST_F(LegoAcmeTest, StopsAtTheBudgetBeforeTheCaIsAsked)
{
    auto settings = Ca();
    settings.limits.per_domain_and_week = 0;
    LegoAcme acme{runner_, clock_, settings};
    const auto refused = acme.Issue(wildcard_, Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "ISSUANCE_BUDGET_SPENT");
}

TEST_F(LegoAcmeTest, AnOrderThatCouldNotBeProvenCostsNoneOfTheBudget)
{
    auto settings = Ca();
    settings.limits.per_domain_and_week = 1;
    LegoAcme acme{runner_, clock_, settings};
    const CertificateRequest good{
        .label = "relay.customer.test", .names = {"relay.customer.test"}, .key_pem = key_};
    const CertificateRequest bad{.label = "x", .names = {"other.customer.test"}, .key_pem = key_};
    EXPECT_NE(acme.Issue(bad, Soon()).error().reason, "ISSUANCE_BUDGET_SPENT");
    const auto chain = acme.Issue(good, Soon());
    ASSERT_TRUE(chain) << chain.error().reason << ' ' << chain.error().message;
    auto renewed = good;
    renewed.key_pem = MakeCertificateKey();
    EXPECT_EQ(acme.Issue(renewed, Soon()).error().reason, "ISSUANCE_BUDGET_SPENT")
        << "the one that was issued counts";
}

TEST_F(LegoAcmeTest, AsksNobodyWhileItIsNotKnownWhatWasSpent)
{
    const auto spent = folder_.path() / "acme" / "issued.txt";
    fs::create_directories(spent.parent_path());
    fs::create_symlink(spent, spent);  // It cannot be read, not even by root.
    LegoAcme acme{runner_, clock_, Ca()};
    ASSERT_TRUE(acme.Issue(wildcard_, Soon()).has_error());
    EXPECT_FALSE(fs::exists(folder_.path() / "acme" / wildcard_.label / "certificates"));
}

TEST_F(LegoAcmeTest, OrdersForAllNamesByOneAccount)
{
    LegoAcme acme{runner_, clock_, Ca()};
    ASSERT_TRUE(acme.Issue(wildcard_, Soon()));
    const auto accounts = [&] {
        std::string all;
        for (const auto& entry : fs::recursive_directory_iterator{folder_.path() / "acme"}) {
            if (entry.path().filename() == "account.json") all += ReadFile(entry.path()).value();
        }
        return all;
    };
    const auto first = accounts();
    EXPECT_NE(first, "");
    const auto second = acme.Issue(
        {.label = "relay.customer.test", .names = {"relay.customer.test"}, .key_pem = key_},
        Soon());
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(accounts(), first);
}

TEST_F(LegoAcmeTest, ReportsAChallengeThatIsNotOursToAnswer)
{
    LegoAcme acme{runner_, clock_, Ca()};
    const auto refused =
        acme.Issue({.label = "x", .names = {"other.customer.test"}, .key_pem = key_}, Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_NE(refused.error().code, ErrorCode::kInternal);
}

TEST_F(LegoAcmeTest, RefusesAKeyFileThatOthersCanRead)
{
    auto settings = Ca();
    settings.tsig_file = folder_.path() / "open.key";
    fs::copy_file(bind_->KeyFile("worker"), settings.tsig_file);
    fs::permissions(settings.tsig_file, fs::perms::others_read, fs::perm_options::add);
    LegoAcme acme{runner_, clock_, settings};
    const auto refused = acme.Issue(wildcard_, Soon());
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().reason, "BAD_TSIG_FILE");
}

}  // namespace
}  // namespace berth::worker
