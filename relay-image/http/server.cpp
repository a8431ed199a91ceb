#include "relay-image/http/server.hpp"

namespace berth::relay {
namespace {

namespace http = boost::beast::http;

SiteAnswer Rendered(Answer answer, const HttpRequest& request)
{
    HttpResponse response{answer.status, request.version()};
    response.set(http::field::server, "berth-relay");
    response.set("X-Content-Type-Options", "nosniff");
    if (answer.status != http::status::no_content) {
        response.set(http::field::content_type, answer.type);
    }
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.keep_alive(request.keep_alive());
    if (answer.rest && request.method() != http::verb::head) {
        const bool knows_chunks = request.version() >= 11;
        response.chunked(knows_chunks);
        if (!knows_chunks) response.keep_alive(false);
        return {std::move(response), std::move(answer.rest)};
    }
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (request.method() == http::verb::head) response.body().clear();
    return {std::move(response)};
}

}  // namespace

boost::asio::awaitable<SiteAnswer> Server::Respond(HttpRequest request, Visitor visitor)
{
    const HttpCall call{request, visitor.address.to_string()};
    auto answer = co_await routes_.Respond(call);
    co_return Rendered(std::move(answer), request);
}

std::string Server::WhyNotOpen(const Visitor& visitor) const
{
    return sessions_.access.WhyNotConnect(visitor.address.to_string());
}

void Server::Open(OpenedSocket opened)
{
    const auto host = opened.request[http::field::host];
    Arrival arrival{.address = opened.visitor.address,
                    .connection = std::move(opened.connection),
                    .place = std::move(opened.place),
                    .relay_url = (opened.visitor.secure ? "wss://" : "ws://") + std::string{host},
                    .options = {.max_message_bytes = sessions_.limits.max_message_bytes,
                                .max_pending_output = transport_.max_pending_output,
                                .ping_interval = transport_.ping_interval,
                                .compressed = opened.answer.compressed},
                    .response = std::move(opened.answer.response),
                    .early = std::move(opened.early)};
    std::make_shared<Session>(std::move(*opened.socket), std::move(arrival), sessions_)->Start();
}

}  // namespace berth::relay
