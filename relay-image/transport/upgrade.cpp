#include "relay-image/transport/upgrade.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include <openssl/evp.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3.
constexpr std::string_view kAgreed =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kMaxOffers = 16;
constexpr std::size_t kMaxParameters = 8;

std::string_view Trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool SameToken(std::string_view a, std::string_view b)
{
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// Parts between `mark`, at most `most`; the rest is not looked at.
std::vector<std::string_view> Split(std::string_view text, char mark, std::size_t most)
{
    std::vector<std::string_view> parts;
    while (parts.size() < most) {
        const auto end = text.find(mark);
        parts.push_back(Trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return parts;
}

bool Lists(std::string_view list, std::string_view token)
{
    const auto parts = Split(list, ',', kMaxOffers);
    return std::ranges::any_of(parts, [&](auto part) { return SameToken(part, token); });
}

/// Whether a bound of the window is 8 to 15, as text without a leading zero.
bool IsWindow(std::string_view text)
{
    if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    if (text.size() == 1) return text == "8" || text == "9";
    return text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5';
}

/// Whether one offer is a permessage-deflate that we can keep. A smaller window than 15 bits for
/// what we send cannot be kept; the client's own window may have any size.
bool Fits(std::string_view offer)
{
    const auto parts = Split(offer, ';', kMaxParameters + 1);
    if (!SameToken(parts[0], "permessage-deflate") || parts.size() > kMaxParameters) return false;
    std::vector<std::string_view> seen;
    return std::all_of(parts.begin() + 1, parts.end(), [&](std::string_view parameter) {
        const auto equals = std::min(parameter.find('='), parameter.size());
        const auto name = Trimmed(parameter.substr(0, equals));
        const bool has_value = equals < parameter.size();
        const auto value = has_value ? Trimmed(parameter.substr(equals + 1)) : std::string_view{};
        if (std::ranges::find(seen, name) != seen.end()) return false;
        seen.push_back(name);
        if (name == "server_no_context_takeover" || name == "client_no_context_takeover")
            return !has_value;
        if (name == "client_max_window_bits") return !has_value || IsWindow(value);
        return name == "server_max_window_bits" && has_value && IsWindow(value) &&
               value.find("15") != std::string_view::npos;
    });
}

std::string AcceptKey(std::string_view key)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto text = std::string{key}.append(kKeySuffix);
    BERTH_ASSERT(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) ==
                 1);
    return ToBase64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

bool AsksForWebSocket(const UpgradeRequest& request)
{
    return Lists(request.upgrade, "websocket") && Lists(request.connection, "upgrade");
}

std::optional<std::string> AcceptDeflate(std::string_view offers)
{
    const auto parts = Split(offers, ',', kMaxOffers);
    const auto offer = std::ranges::find_if(parts, Fits);
    if (offer == parts.end()) return std::nullopt;
    const bool names_our_window = offer->find("server_max_window_bits") != std::string_view::npos;
    return std::string{kAgreed}.append(names_our_window ? "; server_max_window_bits=15" : "");
}

UpgradeAnswer AnswerUpgrade(const UpgradeRequest& request, bool may_compress)
{
    if (!request.is_get || request.http_version < 11)
        return {.status = 400, .text = "A WebSocket opens by GET of HTTP/1.1.", .response = {}};
    if (request.version != "13")
        return {.status = 426, .text = "The WebSocket version has to be 13.", .response = {}};
    const auto key = FromBase64(request.key);
    if (!key || key->size() != kKeyBytes)
        return {.status = 400, .text = "Sec-WebSocket-Key has to be 16 bytes.", .response = {}};
    UpgradeAnswer answer{.text = {}, .response = {}};
    answer.response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        AcceptKey(request.key) + "\r\nServer: berth-relay\r\n";
    const auto agreed = may_compress ? AcceptDeflate(request.extensions) : std::nullopt;
    if (agreed) answer.response += "Sec-WebSocket-Extensions: " + *agreed + "\r\n";
    answer.compressed = agreed.has_value();
    answer.response += "\r\n";
    return answer;
}

}  // namespace berth::relay
