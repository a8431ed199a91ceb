#include "relay-image/archive/arweave_place.hpp"

#include "core/probe/http_client.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 120s;
constexpr std::size_t kMaxPiece = 128 << 20;
constexpr std::size_t kShownOfAnswer = 200;

Error Unavailable(const std::string& why)
{
    return Fail(ErrorCode::kUnavailable, "BUNDLER_UNAVAILABLE", "The bundler: " + why);
}

/// The answer, if it was a good one.
Result<probe::HttpResponse> Ask(const probe::HttpRequest& request)
{
    const probe::Resolver system{{}};
    auto answer = probe::Fetch(request, {.resolver = &system, .body_limit = kMaxPiece},
                               Deadline::After(kPatience));
    if (!answer) return Unavailable(answer.error().message);
    const auto said = "it answers " + std::to_string(answer->status) + ": " +
                      answer->body.substr(0, kShownOfAnswer);
    if (answer->status == 404) return Fail(ErrorCode::kNotFound, "NO_SUCH_ITEM", said);
    if (answer->status >= 500 || answer->status == 429) return Unavailable(said);
    if (answer->status >= 300) {
        return Fail(ErrorCode::kForbidden, "BUNDLER_REFUSED", "The bundler: " + said);
    }
    return answer;
}

}  // namespace

Result<std::string> ArweavePlace::Keep(const ArchivedPiece& piece, std::string_view bytes)
{
    const auto item = MakeDataItem(settings_.key,
                                   {{"App-Name", "berth-relay"},
                                    {"Content-Type", "application/gzip"},
                                    {"Day", piece.day},
                                    {"Events", std::to_string(piece.events)},
                                    {"Piece", piece.name}},
                                   bytes);
    const auto answer = Ask({.method = "POST",
                             .url = settings_.bundler,
                             .headers = {{"Content-Type", "application/octet-stream"}},
                             .body = item.bytes});
    if (!answer) return answer.error();
    // Who takes it knows it by its id; 202 is for what was there already.
    if (answer->status == 202 || answer->body.find(item.id) != std::string::npos) return item.id;
    return Unavailable("it does not confirm the item " + item.id + ".");
}

Result<std::string> ArweavePlace::Fetch(const ArchivedPiece& piece)
{
    auto answer = Ask({.url = settings_.gateway + "/" + piece.reference});
    if (!answer) return answer.error();
    return std::move(answer->body);
}

}  // namespace berth::relay
