#include "relay-image/http/invoice_endpoint.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"
#include "relay-image/governance/profile.hpp"
#include "relay-image/http/cors.hpp"
#include "relay-image/http/form.hpp"
#include "relay-image/http/invoice_page.hpp"
#include "relay-image/transport/client_name.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

const std::string kPath = "/payments/invoice";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kJsonType = "application/json";
constexpr auto kPatience = 20s;
constexpr std::size_t kAddressesMax = 10'000;
constexpr std::int64_t kReadsPerMinute = 120;
constexpr std::int64_t kMsatsOfSat = 1000;

Answer AsJson(std::string body)
{
    Answer answer{.type = std::string{kJsonType}, .body = std::move(body), .headers = kCorsHeaders};
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

bool WantsPage(const HttpCall& call)
{
    return call.Header(http::field::accept).find("text/html") != std::string_view::npos;
}

bool IsForm(const HttpCall& call)
{
    return call.Header(http::field::content_type).starts_with(kFormType);
}

Answer Refused(const Error& error, const std::string& relay_name, bool as_page)
{
    auto answer = as_page ? Rendered(InvoiceErrorHtml(relay_name, error))
                          : AsJson(json::serialize(
                                json::object{{"error", error.message}, {"reason", error.reason}}));
    answer.status = StatusOf(error.code);
    if (answer.status == http::status::unauthorized) {
        answer.headers.emplace_back("WWW-Authenticate", "Nostr");
    }
    return answer;
}

Error BadRequest(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_REQUEST", std::move(message));
}

Result<InvoiceWish> WishFor(const std::string& key, std::optional<money::Amount> amount)
{
    InvoiceWish wish{.pubkey = {}, .amount = amount};
    if (key.empty()) return wish;
    auto pubkey = nostr::ParsePubkey(key);
    if (!pubkey) return pubkey.error();
    wish.pubkey = std::move(*pubkey);
    return wish;
}

Result<InvoiceWish> ReadForm(const std::string& body)
{
    const auto form = Form::Parse(body);
    if (!form) return form.error();
    const auto sats = form->Value("amount_sat");
    if (sats.empty()) return WishFor(form->Value("pubkey"), {});
    const auto amount = money::Amount::Parse(sats);
    const auto number = amount ? amount->ToInt64() : std::nullopt;
    if (!number || *number > std::numeric_limits<std::int64_t>::max() / kMsatsOfSat) {
        return BadRequest("the amount is no whole number of sat");
    }
    return WishFor(form->Value("pubkey"), money::Amount{*number * kMsatsOfSat});
}

Result<InvoiceWish> ReadJson(const std::string& body)
{
    if (body.empty()) return InvoiceWish{.pubkey = {}};
    const auto parsed = ParseJsonStrict(body, {.integers_only = true});
    if (!parsed) return parsed.error();
    if (!parsed->is_object()) return BadRequest("an object is needed");
    std::string pubkey;
    std::optional<money::Amount> amount;
    for (const auto& [name, value] : parsed->as_object()) {
        if (name == "pubkey" && value.is_string()) {
            pubkey = value.as_string();
        } else if (name == "amount_msat" && value.is_int64()) {
            amount = money::Amount{value.as_int64()};
        } else {
            return BadRequest("`pubkey` is text, `amount_msat` a number, and there is no more");
        }
    }
    return WishFor(pubkey, amount);
}

std::string HashIn(const HttpCall& call)
{
    const std::string_view target{call.request.target().data(), call.request.target().size()};
    const auto query = target.find('?');
    const auto form = Form::Parse(query == target.npos ? "" : target.substr(query + 1));
    return form ? form->Value("hash") : "";
}

asio::awaitable<Result<InvoiceView>> Ask(asio::io_context& io, Invoices& invoices, InvoiceWish wish)
{
    struct Waiting {
        explicit Waiting(asio::io_context& context) : timer{context, kPatience} {}
        asio::steady_timer timer;
        Result<InvoiceView> answer = Fail(ErrorCode::kUnknown, "INVOICE_SLOW",
                                          "it takes long; ask again for the same invoice");
    };
    const auto waiting = std::make_shared<Waiting>(io);
    const bool taken = invoices.Submit(std::move(wish), [waiting, &io](auto made) {
        asio::post(io, [waiting, made = std::move(made)]() mutable {
            waiting->answer = std::move(made);
            waiting->timer.cancel();
        });
    });
    if (!taken) {
        co_return Fail(ErrorCode::kExhausted, "TOO_MANY_REQUESTS",
                       "too many invoices are asked for; ask again in a moment");
    }
    boost::system::error_code woken;
    co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    co_return std::move(waiting->answer);
}

}  // namespace

InvoiceEndpoint::InvoiceEndpoint(asio::io_context& io, const SessionContext& sessions,
                                 Invoices& invoices)
    : io_{io},
      sessions_{sessions},
      invoices_{invoices},
      proofs_{sessions},
      makers_{kAddressesMax},
      readers_{kAddressesMax}
{
}

void InvoiceEndpoint::AddTo(Routes& routes)
{
    routes.Add(Routes::Verb::post, kPath, [this](const HttpCall& call) { return Make(call); });
    routes.Add(Routes::Verb::get, kPath,
               [this](const HttpCall& call) -> asio::awaitable<Answer> { co_return Show(call); });
    routes.Add(Routes::Verb::options, kPath, [](const HttpCall&) -> asio::awaitable<Answer> {
        co_return Answer{.status = http::status::no_content, .headers = kCorsHeaders};
    });
}

std::string InvoiceEndpoint::RelayName() const
{
    return CurrentProfile(sessions_.profile, sessions_.access).name;
}

Result<void> InvoiceEndpoint::TakeToken(const HttpCall& call, bool makes)
{
    const auto now = Steady::now();
    boost::system::error_code code;
    const auto name = ClientName(asio::ip::make_address(call.peer, code));
    const auto& settings = invoices_.settings();
    const bool may = makes ? makers_.Take(name, settings.per_address, now) &&
                                 all_.Take("", settings.per_minute, now)
                           : readers_.Take(name, kReadsPerMinute, now);
    if (may) return {};
    return Fail(ErrorCode::kExhausted, "RATE_LIMITED", "this is asked too often; wait a minute");
}

/// Whom to make an invoice for, and over how much.
Result<InvoiceWish> InvoiceEndpoint::Read(const HttpCall& call)
{
    if (IsForm(call)) {
        auto wish = ReadForm(call.request.body());
        if (wish && wish->pubkey.empty()) return BadRequest("a public key is needed");
        return wish;
    }
    std::string proven;
    if (!call.Header(http::field::authorization).empty()) {
        auto pubkey = proofs_.Prove(call, kPath);
        if (!pubkey) return pubkey.error();
        proven = std::move(*pubkey);
    }
    auto wish = ReadJson(call.request.body());
    if (!wish) return wish;
    if (wish->pubkey.empty() && proven.empty()) {
        return Fail(ErrorCode::kUnauthenticated, "NO_KEY",
                    "name a `pubkey`, or prove your own by NIP-98");
    }
    if (wish->pubkey.empty()) wish->pubkey = proven;
    wish->is_proven = wish->pubkey == proven;
    return wish;
}

asio::awaitable<Answer> InvoiceEndpoint::Make(const HttpCall& call)
{
    const bool is_form = IsForm(call);
    if (const auto token = TakeToken(call, true); !token) {
        co_return Refused(token.error(), RelayName(), is_form);
    }
    auto wish = Read(call);
    if (!wish) co_return Refused(wish.error(), RelayName(), is_form);
    const auto made = co_await Ask(io_, invoices_, std::move(*wish));
    if (!made) co_return Refused(made.error(), RelayName(), is_form);
    if (!is_form) co_return AsJson(InvoiceDocument(*made));
    co_return Answer{.status = http::status::see_other,
                     .headers = {{"Location", kPath + "?hash=" + made->payment_hash}}};
}

Answer InvoiceEndpoint::Show(const HttpCall& call)
{
    const bool as_page = WantsPage(call);
    if (const auto token = TakeToken(call, false); !token) {
        return Refused(token.error(), RelayName(), as_page);
    }
    const auto hash = HashIn(call);
    if (!IsLowerHex(hash, 64)) {
        return Refused(BadRequest("`?hash=` is 64 lower-case hex digits"), RelayName(), as_page);
    }
    const auto invoice = invoices_.Find(hash);
    if (!invoice) return Refused(invoice.error(), RelayName(), as_page);
    return as_page ? Rendered(InvoiceHtml(RelayName(), *invoice))
                   : AsJson(InvoiceDocument(*invoice));
}

}  // namespace berth::relay
