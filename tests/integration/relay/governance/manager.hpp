#pragma once

#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "core/nostr/http_auth.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {

/// What a call of the management API came back with.
struct Managed {
    unsigned status = 0;
    boost::json::object answer;

    const boost::json::value& result() const { return answer.at("result"); }
    std::string reason() const
    {
        const auto* text = answer.if_contains("reason");
        return text ? std::string{text->as_string()} : std::string{};
    }
};

/// Somebody with a key who calls the management API of a relay on the loopback.
class Manager {
public:
    Manager(const RelayProcess& relay, nostr::SecretKey key) : relay_{relay}, key_{std::move(key)}
    {
    }

    static std::string Body(const std::string& method, const boost::json::array& params)
    {
        return boost::json::serialize(boost::json::object{{"method", method}, {"params", params}});
    }
    std::string Sign(const std::string& body, const std::string& url = "ws://127.0.0.1") const
    {
        return nostr::MakeHttpAuth({.url = url, .method = "POST", .body = body}, key_,
                                   SystemClock{}.Now());
    }
    Managed Send(const std::string& body, const std::string& authorization) const
    {
        std::map<std::string, std::string> headers{{"Content-Type", "application/nostr+json+rpc"}};
        if (!authorization.empty()) headers["Authorization"] = authorization;
        const auto answer = Fetch(relay_.port(), "/", headers, "POST", body);
        return {answer.status, boost::json::parse(answer.body).as_object()};
    }
    Managed Call(const std::string& method, const boost::json::array& params = {}) const
    {
        const auto body = Body(method, params);
        return Send(body, Sign(body));
    }
    /// Makes a call that has to succeed, and returns its result.
    boost::json::value Result(const std::string& method,
                              const boost::json::array& params = {}) const
    {
        const auto managed = Call(method, params);
        EXPECT_EQ(managed.status, 200U) << method << ": " << boost::json::serialize(managed.answer);
        return managed.answer.at("result");
    }

    const nostr::SecretKey& key() const { return key_; }

private:
    const RelayProcess& relay_;
    const nostr::SecretKey key_;
};

}  // namespace berth::relay::test
