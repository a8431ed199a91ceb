#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/event.hpp"

namespace berth::nostr {

/// What a NIP-98 event has to be for. Over gRPC `url` is `grpc://host/Service/Method`, `method` is
/// POST and `body` the request's bytes.
struct HttpRequestToAuthorize {
    std::string url;
    std::string method;
    std::string_view body;
};

/// Checks an `Authorization: Nostr <base64>` value (NIP-98): kind 27235, signature, 60 s window,
/// exact `u` and `method`, `payload` when there is a body. Whether the event was presented before
/// is the caller's to check, by its id. Returns the event. Errors: kUnauthenticated
/// `AUTH_MALFORMED`, `AUTH_WRONG_KIND`, `AUTH_EXPIRED`, `AUTH_WRONG_URL`, `AUTH_WRONG_METHOD`,
/// `AUTH_WRONG_PAYLOAD`, `BAD_EVENT_ID`, `BAD_SIGNATURE`.
Result<Event> VerifyHttpAuth(std::string_view authorization, const HttpRequestToAuthorize& request,
                             Time now);

/// The header value that authorises `request`. A nonce tells it from another one for the same
/// request in the same second, which would have the same event id and count as a replay.
std::string MakeHttpAuth(const HttpRequestToAuthorize& request, const SecretKey& key, Time now);

}  // namespace berth::nostr
