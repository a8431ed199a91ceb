#include "tests/fuzz/transport_targets.hpp"

#include <vector>

#include "core/base/assert.hpp"
#include "relay-image/transport/frame_reader.hpp"
#include "relay-image/transport/networks.hpp"
#include "relay-image/transport/proxy_header.hpp"
#include "relay-image/transport/upgrade.hpp"
#include "relay-image/transport/utf8.hpp"
#include "tests/fuzz/take_line.hpp"

namespace berth::relay::fuzz {
namespace {

constexpr std::size_t kMost = 4096;

/// What the frames were, one line each, fed in pieces of `piece` bytes.
std::vector<std::string> Outcome(std::string_view bytes, std::size_t piece, Compressor* compressor)
{
    FrameReader reader{kMost, compressor};
    std::vector<std::string> outcome;
    while (!bytes.empty()) {
        auto part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        while (true) {
            auto step = reader.Next(part);
            if (const auto* fault = std::get_if<FrameReader::Fault>(&step)) {
                outcome.push_back("fault " + std::to_string(static_cast<int>(fault->code)));
                return outcome;
            }
            const auto* incoming = std::get_if<FrameReader::Incoming>(&step);
            if (!incoming) break;
            BERTH_ASSERT(incoming->payload.size() <= kMost);
            BERTH_ASSERT(incoming->opcode != Opcode::kText || IsUtf8(incoming->payload));
            outcome.push_back(incoming->payload);
        }
        BERTH_ASSERT(part.empty());
    }
    return outcome;
}

}  // namespace

void ReadFrames(std::string_view bytes)
{
    if (bytes.empty()) return;
    const auto piece = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) + 1;
    bytes.remove_prefix(1);
    Compressor compressor;
    for (auto* agreed : {static_cast<Compressor*>(nullptr), &compressor}) {
        BERTH_ASSERT(Outcome(bytes, bytes.size() + 1, agreed) == Outcome(bytes, piece, agreed));
    }
}

void InflateMessage(std::string_view bytes)
{
    Compressor compressor;
    const auto inflated = compressor.Inflate(bytes, kMost);
    BERTH_ASSERT(inflated.text.size() <= kMost);
    const auto back = compressor.Inflate(compressor.DeflateShared("head", bytes), 1 << 22);
    BERTH_ASSERT(!back.fault && back.text == "head" + std::string{bytes});
}

void ReadUpgrade(std::string_view bytes)
{
    UpgradeRequest request{.is_get = true};
    for (auto* field : {&request.connection, &request.upgrade, &request.version, &request.key,
                        &request.extensions}) {
        *field = TakeLine(bytes);
    }
    [[maybe_unused]] const bool asks = AsksForWebSocket(request);
    const auto answer = AnswerUpgrade(request, true);
    BERTH_ASSERT((answer.status == 101) == !answer.response.empty());
    BERTH_ASSERT(!answer.compressed || answer.response.find("deflate") != std::string::npos);
}

void ReadProxy(std::string_view bytes)
{
    const auto header = ReadProxyHeader(bytes);
    if (header.state == ProxyHeader::State::kComplete) {
        BERTH_ASSERT(header.size <= bytes.size() && header.size <= kMaxProxyHeader);
        const auto alone = ReadProxyHeader(bytes.substr(0, header.size));
        BERTH_ASSERT(alone.client == header.client);  // What follows must not matter.
    }
    const auto proxy = boost::asio::ip::make_address("10.0.0.1");
    const auto trusted = Networks::Parse({"10.0.0.0/8"}).value();
    const auto client = ForwardedClient(proxy, bytes, trusted);
    BERTH_ASSERT(client == Unwrapped(client));
}

}  // namespace berth::relay::fuzz
