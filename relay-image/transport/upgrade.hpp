#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::relay {

/// What a client asks for when it opens a WebSocket: header values, empty where not given.
struct UpgradeRequest {
    bool is_get = false;
    unsigned http_version = 11;
    std::string_view connection = {};
    std::string_view upgrade = {};
    std::string_view version = {};
    std::string_view key = {};
    std::string_view extensions = {};
};

/// The relay's answer to it.
struct UpgradeAnswer {
    unsigned status = 101;    ///< 101, or 400 or 426 with the reason in `text`.
    std::string_view text;    ///< One sentence, if refused.
    bool compressed = false;  ///< permessage-deflate was agreed on.
    std::string response;     ///< The whole head of the response, if 101.
};

/// Whether the request asks for a WebSocket at all.
bool AsksForWebSocket(const UpgradeRequest& request);

/// Checks an opening handshake (RFC 6455, section 4.2) and answers it; `may_compress` allows
/// permessage-deflate, always without context takeover on either side.
UpgradeAnswer AnswerUpgrade(const UpgradeRequest& request, bool may_compress);

/// The Sec-WebSocket-Extensions value that accepts the first fitting permessage-deflate offer of a
/// list of offers (RFC 7692, section 7.1); nothing if none fits.
std::optional<std::string> AcceptDeflate(std::string_view offers);

}  // namespace berth::relay
