#include "cli/signed_request.hpp"

#include <google/protobuf/util/json_util.h>

#include "core/base/assert.hpp"
#include "core/nostr/event.hpp"

namespace berth::cli {

constexpr std::int64_t kValidSeconds = 300;

std::string SignTerms(int kind, const google::protobuf::Message& terms,
                      const std::string& marketplace, const nostr::SecretKey& key, Time now)
{
    nostr::Event event;
    event.kind = kind;
    event.created_at = ToUnixSeconds(now);
    event.tags = {{"p", marketplace},
                  {"v", "1"},
                  {"expiration", std::to_string(event.created_at + kValidSeconds)}};
    BERTH_ASSERT(google::protobuf::util::MessageToJsonString(terms, &event.content).ok());
    nostr::SignEvent(event, key);
    return nostr::ToJson(event);
}

}  // namespace berth::cli
