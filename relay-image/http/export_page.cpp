#include "relay-image/http/export_page.hpp"

#include <algorithm>

#include "core/base/strict_json.hpp"
#include "relay-image/backup/packing.hpp"
#include "relay-image/http/ask_readers.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr std::int64_t kPage = 250;  ///< Events in memory for one export.
constexpr auto kPageTime = 12s;      ///< For the store to bring them.
constexpr long kMaxRunning = 2;

/// What an export has still to send.
struct Rest {
    asio::io_context& io;
    EventReaders& readers;
    Filter filter;
    bool compressed = false;
    std::shared_ptr<void> place;  ///< Among the exports under way.
    EventKey after{};
    bool begun = false;
    bool over = false;
};

struct Piece {
    std::string bytes;
    EventKey last;
    bool is_last = false;
};

Result<Piece> ReadPiece(EventStore& store, const Filter& filter, const EventKey& after,
                        bool compressed)
{
    const auto page = store.Page(filter, after, kPage);
    if (!page) return page.error();
    Piece piece{.bytes = {}, .last = after, .is_last = page->empty()};
    for (const auto& event : *page) piece.bytes.append(event.json).append(1, '\n');
    if (!page->empty()) piece.last = {page->back().created_at, page->back().id};
    if (compressed && !page->empty()) piece.bytes = Gzip(piece.bytes);
    return piece;
}

asio::awaitable<Result<std::string>> NextOf(std::shared_ptr<Rest> rest)
{
    if (rest->over) co_return std::string{};
    auto job = [filter = rest->filter, after = rest->after, compressed = rest->compressed](
                   EventStore& store) { return ReadPiece(store, filter, after, compressed); };
    auto piece =
        co_await AskReaders<Result<Piece>>(rest->io, rest->readers, kPageTime, std::move(job));
    if (!piece) {
        co_return Fail(ErrorCode::kTimeout, "EXPORT_SLOW", "The store takes too long.");
    }
    if (!*piece) co_return piece->error();
    auto& [bytes, last, is_last] = **piece;
    rest->after = last;
    rest->over = is_last;
    const bool first = !std::exchange(rest->begun, true);
    if (is_last && first && rest->compressed) bytes = Gzip("");
    co_return std::move(bytes);
}

/// The filter of the form; its limit has no say: all that fits is sent.
Result<Filter> ReadFilter(const std::string& text)
{
    if (text.find_first_not_of(" \t\r\n") == text.npos) return Filter{};
    const auto value = ParseJsonStrict(text, {.integers_only = true});
    if (!value) return value.error();
    auto filter = ParseFilter(*value);
    if (filter) filter->limit.reset();
    return filter;
}

/// `20260102T030405`.
std::string Stamp(Time time)
{
    auto text = FormatTime(time).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string Fields(const std::string& filter)
{
    return "<label>Filter <small>one filter of NIP-01 as JSON, as {&quot;kinds&quot;:[1]}; empty "
           "for all events</small><br><textarea name=\"filter\" rows=\"3\" "
           "spellcheck=\"false\">" +
           Escaped(filter) +
           "</textarea></label>\n<label><input type=\"checkbox\" name=\"compressed\" checked> "
           "Compressed <small>.jsonl.gz</small></label>\n<button>Export events</button></form>\n";
}

std::string ProblemText(const std::string& problem)
{
    if (problem.empty()) return {};
    return "<p class=\"problem\" role=\"alert\">Nothing was exported: " + Escaped(problem) +
           "</p>\n";
}

}  // namespace

Answer ExportPage::Show(const std::string& relay_name, const Refused& refused) const
{
    auto answer = Rendered(HtmlPage{
        .title = relay_name + ": dashboard",
        .body = DashboardMenu(DashboardTab::kExport) + "<h1>Export</h1>\n" +
                ProblemText(refused.problem) +
                "<p>The events that this relay stores, a line of JSON each, the oldest first; "
                "gift wraps and protected events too. Any relay that imports JSON lines takes "
                "them, this one by <code>berth-relay import</code>. A download that your browser "
                "cancels ends the export.</p>\n"
                "<form method=\"post\" action=\"/dashboard/export\">" +
                token_.Field() + Fields(refused.filter)});
    if (!refused.problem.empty()) answer.status = http::status::bad_request;
    return answer;
}

Answer ExportPage::Send(const HttpCall& call, const std::string& relay_name)
{
    const auto form = Form::Parse(call.request.body());
    if (!form || !token_.IsIn(*form)) {
        return {.status = http::status::forbidden,
                .body = "This form is not of this dashboard, or an old one.\n"};
    }
    auto filter = ReadFilter(form->Value("filter"));
    if (!filter) return Show(relay_name, {form->Value("filter"), filter.error().message});
    if (running_.use_count() > kMaxRunning) {
        return {.status = http::status::too_many_requests,
                .body = "Two exports are under way; wait for one of them to end.\n",
                .headers = {{"Retry-After", "60"}}};
    }
    return Begin(std::move(*filter), !form->Value("compressed").empty());
}

Answer ExportPage::Begin(Filter filter, bool compressed)
{
    const auto rest = std::make_shared<Rest>(Rest{.io = io_,
                                                  .readers = readers_,
                                                  .filter = std::move(filter),
                                                  .compressed = compressed,
                                                  .place = running_});
    const auto name = "events-" + Stamp(clock_.Now()) + (compressed ? ".jsonl.gz" : ".jsonl");
    return {.type = compressed ? "application/gzip" : "application/jsonl",
            .headers = {{"Cache-Control", "no-store"},
                        {"Content-Disposition", "attachment; filename=\"" + name + "\""}},
            .rest = [rest] { return NextOf(rest); }};
}

}  // namespace berth::relay
