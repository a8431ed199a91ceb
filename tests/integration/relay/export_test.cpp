#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/base/encoding.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

const std::string kOwner = "Basic " + ToBase64("owner:secret");
constexpr auto kPath = "/dashboard/export";
constexpr std::uint64_t kMaxExport = 1 << 30;

/// An export over a connection that takes little at a time, and only when asked to.
class SlowExport {
public:
    SlowExport(unsigned short port, const std::string& form)
    {
        socket_.open(asio::ip::tcp::v4());
        socket_.set_option(asio::socket_base::receive_buffer_size{8192});
        socket_.connect({asio::ip::address_v4::loopback(), port});
        asio::write(socket_, asio::buffer("POST " + std::string{kPath} +
                                          " HTTP/1.1\r\nHost: relay\r\nAuthorization: " + kOwner +
                                          "\r\nContent-Length: " + std::to_string(form.size()) +
                                          "\r\n\r\n" + form));
        parser_.body_limit(kMaxExport);
        http::read_header(socket_, buffer_, parser_);
    }

    /// Reads to the end; false if the connection ended before the body did.
    bool Finish()
    {
        boost::system::error_code error;
        http::read(socket_, buffer_, parser_, error);
        return !error;
    }
    unsigned status() const { return parser_.get().result_int(); }
    const std::string& body() const { return parser_.get().body(); }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_{io_};
    boost::beast::flat_buffer buffer_;
    http::response_parser<http::string_body> parser_;
};

class ExportTest : public RelayTest {
protected:
    void Start(RelayProcess::Settings settings = {})
    {
        settings["DASHBOARD_PASSWORD"] = "secret";
        relay_ = std::make_unique<RelayProcess>(NewDatabase(), std::move(settings));
    }
    /// Stores events, one a second, and returns them as lines.
    std::string Publish(int count, std::size_t content_bytes)
    {
        RelayClient client{relay_->port()};
        std::string lines;
        const auto start = Now() - 100'000;
        for (int i = 0; i < count; ++i) {
            const auto event =
                Sign(alice_, {.kind = i % 2 == 0 ? 1 : 7,
                              .content = std::to_string(i) + std::string(content_bytes, 'x'),
                              .created_at = start + i});
            EXPECT_EQ(client.Publish(event), "true");
            if (i % 2 == 0) notes_ += nostr::ToJson(event) + "\n";
            lines += nostr::ToJson(event) + "\n";
        }
        return lines;
    }
    std::string Token() const
    {
        const auto page = Fetch(relay_->port(), kPath, {{"Authorization", kOwner}}).body;
        constexpr std::string_view kField = "name=\"token\" value=\"";
        return page.substr(page.find(kField) + kField.size(), 64);
    }
    HttpAnswer Post(const std::string& form,
                    std::map<std::string, std::string> headers = {{"Authorization", kOwner}}) const
    {
        return Fetch(relay_->port(), kPath, headers, "POST", form);
    }

    std::unique_ptr<RelayProcess> relay_;
    std::string notes_;  ///< Those of kind 1 that were published.
};

TEST_F(ExportTest, BringsAllEventsOldestFirst)
{
    Start();
    const auto lines = Publish(600, 10);
    const auto answer = Post("token=" + Token());
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, lines);
    EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
    EXPECT_TRUE(answer.headers.at("content-disposition").starts_with("attachment; filename="));
}

TEST_F(ExportTest, BringsWhatItsFilterAsksFor)
{
    Start();
    Publish(20, 10);
    EXPECT_EQ(Post("token=" + Token() + "&filter=%7B%22kinds%22%3A%5B1%5D%7D").body, notes_);
    EXPECT_EQ(Post("token=" + Token() + "&filter=%7B%22kinds%22%3A%5B4%5D%7D").body, "");
}

TEST_F(ExportTest, RefusesFormsThatAreNotItsOwn)
{
    Start();
    const auto token = "token=" + Token();
    EXPECT_EQ(Post(token, {}).status, 401U);
    EXPECT_EQ(Post("token=" + std::string(64, '0')).status, 403U);
    EXPECT_EQ(Post("").status, 403U);
    EXPECT_EQ(Post(token, {{"Authorization", kOwner}, {"Origin", "https://evil.example"}}).status,
              403U);
    const auto bad = Post(token + "&filter=%7B%22kinds%22%3A%3C");
    EXPECT_EQ(bad.status, 400U);
    EXPECT_NE(bad.body.find("Nothing was exported"), std::string::npos);
    EXPECT_NE(bad.body.find("{&quot;kinds&quot;:&lt;</textarea>"), std::string::npos);
}

TEST_F(ExportTest, EndsWhatNobodyReadsAndTakesNoMoreThanTwoAtOnce)
{
    Start({{"REQUEST_TIMEOUT", "1s"}});
    Publish(300, 60'000);  // 18 MB, more than sockets hold.
    const auto form = "token=" + Token();
    SlowExport first{relay_->port(), form};
    SlowExport second{relay_->port(), form};
    EXPECT_EQ((SlowExport{relay_->port(), form}.status()), 429U);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    unsigned status = 429;
    while (status == 429U && std::chrono::steady_clock::now() < limit) {
        status = SlowExport{relay_->port(), form}.status();
    }
    EXPECT_EQ(status, 200U) << "one at least was given up";
    EXPECT_FALSE(first.Finish() && second.Finish());
}

TEST_F(ExportTest, IsCutOffWhereTheDatabaseGoesAway)
{
    Start();
    const auto lines = Publish(300, 60'000);
    SlowExport exported{relay_->port(), "token=" + Token()};
    Postgres().Stop();
    EXPECT_FALSE(exported.Finish()) << "the missing end tells the client";
    EXPECT_LT(exported.body().size(), lines.size());
    Postgres().Start();
}

TEST_F(ExportTest, TheOverviewTellsWhatEachKindTakes)
{
    Start();
    Publish(9, 10);
    relay_->Terminate();
    relay_->Start();  // Counts at its start.
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    std::string section;
    while (section.find("1 note") == section.npos && std::chrono::steady_clock::now() < limit) {
        section = Fetch(relay_->port(), "/dashboard/kinds", {{"Authorization", kOwner}}).body;
    }
    EXPECT_NE(section.find("1 note</th><td>5</td>"), section.npos) << section;
    EXPECT_NE(section.find("7 reaction</th><td>4</td>"), section.npos) << section;
    const auto page = Fetch(relay_->port(), "/dashboard", {{"Authorization", kOwner}}).body;
    EXPECT_NE(page.find(section), page.npos);
}

}  // namespace
}  // namespace berth::relay::test
