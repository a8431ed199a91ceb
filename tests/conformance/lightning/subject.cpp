#include "tests/conformance/lightning/subject.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

std::optional<relay::LndNode::Options> FromEnvironment(const std::string& prefix)
{
    const auto variable = [&](const char* name) {
        const auto* value = std::getenv((prefix + name).c_str());
        return std::string{value ? value : ""};
    };
    if (variable("REST").empty()) return std::nullopt;
    return relay::LndNode::Options{.url = variable("REST"),
                                   .macaroon = ReadMacaroon(variable("MACAROON")),
                                   .ca_file = variable("CERT")};
}

json::object Post(const relay::LndNode::Options& node, const std::string& path,
                  const json::object& body)
{
    const auto answer =
        probe::Fetch({.method = "POST",
                      .url = node.url + path,
                      .headers = {{"Grpc-Metadata-macaroon", node.macaroon.Expose()}},
                      .body = json::serialize(body)},
                     {.ca_file = node.ca_file}, Deadline::After(60s));
    if (!answer) throw std::runtime_error{answer.error().message};
    if (answer->status != 200) throw std::runtime_error{answer->body};
    return json::parse(answer->body).as_object();
}

}  // namespace

Subject::Subject()
{
    if (auto real = FromEnvironment("BERTH_LND_")) {
        payee_ = std::move(*real);
        payer_ = FromEnvironment("BERTH_LND_PAYER_");
        return;
    }
    sandbox_ = std::make_unique<SandboxLnd>();
    payee_ = sandbox_->options();
    payer_ = payee_;
}

std::string Subject::Pay(const std::string& request) const
{
    const auto paid =
        Post(payer_.value(), "/v1/channels/transactions", {{"payment_request", request}});
    return std::string{paid.at("payment_error").as_string()};
}

void Subject::Cancel(const std::string& payment_hash) const
{
    Post(payee_, "/v2/invoices/cancel",
         {{"payment_hash", ToBase64(FromHex(payment_hash).value())}});
}

}  // namespace berth::test
