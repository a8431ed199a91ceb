#include "relay-image/http/routes.hpp"

namespace berth::relay {
namespace {

namespace http = boost::beast::http;

std::string_view ViewOf(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string AllowedIn(const std::map<Routes::Verb, Routes::Handler>& handlers)
{
    std::string allowed;
    for (const auto& [verb, handler] : handlers) {
        if (!allowed.empty()) allowed += ", ";
        allowed += ViewOf(http::to_string(verb));
    }
    return allowed;
}

}  // namespace

std::string_view HttpCall::Path() const
{
    const auto target = ViewOf(request.target());
    return target.substr(0, target.find('?'));
}

std::string_view HttpCall::Header(http::field name) const { return ViewOf(request[name]); }

void Routes::Add(Verb verb, std::string path, Handler handler)
{
    handlers_[std::move(path)][verb] = std::move(handler);
}

boost::asio::awaitable<Answer> Routes::Respond(const HttpCall& call) const
{
    const auto path = handlers_.find(call.Path());
    if (path == handlers_.end()) {
        co_return Answer{.status = http::status::not_found, .body = "There is nothing here.\n"};
    }
    const auto asked = call.request.method();
    const auto handler = path->second.find(asked == Verb::head ? Verb::get : asked);
    if (handler == path->second.end()) {
        co_return Answer{.status = http::status::method_not_allowed,
                         .headers = {{"Allow", AllowedIn(path->second)}}};
    }
    co_return co_await handler->second(call);
}

}  // namespace berth::relay
