#include <memory>
#include <ostream>

#include <curl/curl.h>

#include "core/base/file.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/transport/listening.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr long kLimitSeconds = 5;
constexpr long kOk = 200;

/// Where the relay of these settings can be asked from the same machine.
struct Target {
    tcp::endpoint endpoint;
    bool over_tls = false;
};

/// Port 0 is whatever the ready file says.
Result<std::string> TakenAddress(const config::Config& config, const std::string& address)
{
    if (!address.ends_with(":0") || config.Text("relay.ready_file").empty()) return address;
    const auto taken = ReadFile(config.Text("relay.ready_file"));
    if (!taken) return taken.error();
    return taken->substr(0, taken->find('\n'));
}

Result<Target> TargetOf(const config::Config& config)
{
    const auto plain = config.List("relay.address");
    const auto secure = config.List("relay.tls_address");
    if (plain.empty() && secure.empty()) {
        return Fail(ErrorCode::kInvalid, "BAD_ADDRESS", "The settings name no address.");
    }
    const auto address = TakenAddress(config, plain.empty() ? secure.front() : plain.front());
    if (!address) return address.error();
    auto endpoint = ParseEndpoint(*address);
    if (!endpoint) return endpoint.error();
    if (endpoint->address().is_unspecified()) {  // All of them, so loopback too.
        endpoint->address(endpoint->address().is_v6()
                              ? asio::ip::address{asio::ip::address_v6::loopback()}
                              : asio::ip::address{asio::ip::address_v4::loopback()});
    }
    return Target{.endpoint = *endpoint, .over_tls = plain.empty()};
}

struct Answer {
    bool is_well = false;
    std::string body;
};

std::size_t Receive(char* bytes, std::size_t, std::size_t count, void* into)
{
    static_cast<std::string*>(into)->append(bytes, count);
    return count;
}

/// The certificate is for the relay's name, not for this address: nothing secret is sent, and who
/// can listen here in its place could do as he likes anyhow.
Result<Answer> Ask(const Target& target)
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(),
                                                                   curl_easy_cleanup};
    const auto url =
        (target.over_tls ? "https://" : "http://") + TextOf(target.endpoint) + "/health";
    Answer answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kLimitSeconds);
    curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Receive);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    const auto code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        return Fail(ErrorCode::kUnavailable, "NO_ANSWER",
                    TextOf(target.endpoint) + ": " + curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.is_well = status == kOk;
    return answer;
}

Exit Health(const Invocation& invocation)
{
    const auto target = TargetOf(invocation.config);
    if (!target) return Explain(invocation, target.error());
    const auto answer = Ask(*target);
    if (!answer) return Explain(invocation, answer.error());
    invocation.out << answer->body;
    return answer->is_well ? Exit::kDone : Exit::kFailed;
}

}  // namespace

Subcommand HealthCommand()
{
    return {.name = "health",
            .arguments = "",
            .help = "Asks the relay of these settings whether it is well: for a container's check.",
            .options = {},
            .most_words = 0,
            .run = Health};
}

}  // namespace berth::relay
