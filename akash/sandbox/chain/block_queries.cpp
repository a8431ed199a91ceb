// Questions about blocks and about transactions by their events.
#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/query_support.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kTxsLimit = 100;

/// A hash of consensus: there is none here, but it belongs to this chain and height alone.
std::string HashOf(const std::string& what, const Chain& chain, std::int64_t height,
                   std::size_t bytes = 32)
{
    const auto digest = Sha256(what + chain.chain_id() + std::to_string(height));
    return ToBase64(
        std::string{digest.begin(), digest.begin() + static_cast<std::ptrdiff_t>(bytes)});
}

json::object BlockId(const Chain& chain, std::int64_t height)
{
    return {
        {"hash", HashOf("block", chain, height)},
        {"part_set_header", json::object{{"total", 1}, {"hash", HashOf("parts", chain, height)}}}};
}

json::object Header(const Chain& chain, std::int64_t height, std::int64_t time_ns)
{
    return {{"version", json::object{{"block", "11"}, {"app", "0"}}},
            {"chain_id", chain.chain_id()},
            {"height", std::to_string(height)},
            {"time", Rfc3339(time_ns, true)},
            {"last_block_id", BlockId(chain, height - 1)},
            {"last_commit_hash", HashOf("commit", chain, height - 1)},
            {"data_hash", HashOf("data", chain, height)},
            {"validators_hash", HashOf("validators", chain, 0)},
            {"next_validators_hash", HashOf("validators", chain, 0)},
            {"consensus_hash", HashOf("consensus", chain, 0)},
            {"app_hash", HashOf("app", chain, height)},
            {"last_results_hash", HashOf("results", chain, height - 1)},
            {"evidence_hash", HashOf("evidence", chain, height)},
            {"proposer_address", HashOf("validator", chain, 0, 20)}};
}

json::object LastCommit(const Chain& chain, std::int64_t height, std::int64_t time_ns)
{
    const json::object signature{{"block_id_flag", "BLOCK_ID_FLAG_COMMIT"},
                                 {"validator_address", HashOf("validator", chain, 0, 20)},
                                 {"timestamp", Rfc3339(time_ns, true)},
                                 {"signature", HashOf("signature", chain, height)}};
    return {{"height", std::to_string(height)},
            {"round", 0},
            {"block_id", BlockId(chain, height)},
            {"signatures", json::array{signature}}};
}

json::value BlockQuery(const Chain& chain, const Question& question)
{
    const auto word = question.words.empty() ? std::string{} : question.words[0];
    const auto height = word.empty() ? chain.height() : std::strtoll(word.c_str(), nullptr, 10);
    if (question.Flag("type", "height") != "height" || (!word.empty() && !IsPlainDecimal(word))) {
        throw QueryRefused{"only --type=height and a height are known here"};
    }
    const auto* block = chain.BlockAt(height);
    if (!block) {
        throw QueryRefused{"height " + std::to_string(height) +
                           " must be less than or equal to the current blockchain height " +
                           std::to_string(chain.height())};
    }
    json::array txs;
    for (const auto& hash : block->hashes) {
        const auto encoded = EncodeTx(chain.FindTx(hash)->tx);
        if (encoded) txs.push_back(json::string{ToBase64(encoded->raw)});
    }
    return json::object{{"header", Header(chain, height, block->time_ns)},
                        {"data", json::object{{"txs", txs}}},
                        {"evidence", json::object{{"evidence", json::array{}}}},
                        {"last_commit", LastCommit(chain, height - 1, block->time_ns)}};
}

/// `message.action=VALUE`, several joined by `&`.
bool HasEvents(const StoredTx& stored, const std::string& conditions)
{
    for (std::size_t at = 0; at < conditions.size();) {
        const auto end = std::min(conditions.find('&', at), conditions.size());
        const auto one = conditions.substr(at, end - at);
        const auto equals = one.find('=');
        const auto dot = one.rfind('.', equals);
        if (equals == one.npos || dot == one.npos) {
            throw QueryRefused{"invalid event; event " + one +
                               " should be of the format: {eventType}.{eventAttribute}={value}"};
        }
        const std::pair wanted{one.substr(dot + 1, equals - dot - 1), one.substr(equals + 1)};
        const auto fits = [&](const Event& event) {
            return event.type == one.substr(0, dot) &&
                   std::ranges::find(event.attributes, wanted) != event.attributes.end();
        };
        if (std::ranges::none_of(stored.result.events, fits)) return false;
        at = end + 1;
    }
    return true;
}

json::value TxsQuery(const Chain& chain, const Question& question)
{
    const auto events = question.Flag("events");
    if (events.empty()) throw QueryRefused{"required flag(s) \"events\" not set"};
    const auto limit = std::max<std::uint64_t>(NumberFlag(question, "limit", kTxsLimit), 1);
    const auto page = std::max<std::uint64_t>(NumberFlag(question, "page", 1), 1);
    std::vector<const StoredTx*> found;
    for (std::int64_t height = 1; height <= chain.height(); ++height) {
        for (const auto& hash : chain.BlockAt(height)->hashes) {
            const auto* stored = chain.FindTx(hash);
            if (HasEvents(*stored, events)) found.push_back(stored);
        }
    }
    json::array shown;
    for (auto i = (page - 1) * limit; i < std::min<std::uint64_t>(page * limit, found.size());
         ++i) {
        shown.push_back(TxJson(*found[i], true));
    }
    return json::object{{"total_count", std::to_string(found.size())},
                        {"count", std::to_string(shown.size())},
                        {"page_number", std::to_string(page)},
                        {"page_total", std::to_string((found.size() + limit - 1) / limit)},
                        {"limit", std::to_string(limit)},
                        {"txs", shown}};
}

}  // namespace

const std::map<std::string, QueryHandler>& BlockQueries()
{
    static const std::map<std::string, QueryHandler> kHandlers{{"block", BlockQuery},
                                                               {"txs", TxsQuery}};
    return kHandlers;
}

}  // namespace berth::sandbox
