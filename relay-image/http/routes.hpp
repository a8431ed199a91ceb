#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/base/error.hpp"

namespace berth::relay {

/// One request to the relay's HTTP side.
struct HttpCall {
    using Request = boost::beast::http::request<boost::beast::http::string_body>;

    const Request& request;
    std::string peer;  ///< The client's address, for throttles and logs.

    /// The target without its query.
    std::string_view Path() const;
    /// A header's value, empty if there is none.
    std::string_view Header(boost::beast::http::field name) const;
};

/// Brings a body piece by piece while it is sent; an empty piece ends it, an error cuts it off.
/// Called on the I/O thread, again when the piece before is sent.
using BodySource = std::function<boost::asio::awaitable<Result<std::string>>()>;

/// What it is answered with.
struct Answer {
    boost::beast::http::status status = boost::beast::http::status::ok;
    std::string type = "text/plain; charset=utf-8";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    BodySource rest = {};  ///< Brings the body in place of `body`.
};

/// Which handler answers which path and method. Filled at the start, then used on the I/O thread.
class Routes {
public:
    using Verb = boost::beast::http::verb;
    using Handler = std::function<boost::asio::awaitable<Answer>(const HttpCall& call)>;

    /// HEAD is answered as GET; the server leaves the body out.
    void Add(Verb verb, std::string path, Handler handler);
    /// The handler's answer, or 404, or 405 with the methods that there are.
    boost::asio::awaitable<Answer> Respond(const HttpCall& call) const;

private:
    std::map<std::string, std::map<Verb, Handler>, std::less<>> handlers_;
};

}  // namespace berth::relay
