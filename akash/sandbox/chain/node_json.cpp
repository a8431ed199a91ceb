#include <ctime>
#include <iomanip>
#include <sstream>

#include <boost/json.hpp>

#include "akash/sandbox/chain/queries.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNanosecond = 1'000'000'000;

}  // namespace

std::string Rfc3339(std::int64_t time_ns, bool with_fraction)
{
    const std::time_t seconds = time_ns / kNanosecond;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::ostringstream out;
    out << std::put_time(&parts, "%Y-%m-%dT%H:%M:%S");
    if (with_fraction) out << '.' << std::to_string(time_ns % kNanosecond + kNanosecond).substr(1);
    out << 'Z';
    return out.str();
}

json::object StatusJson(const Chain& chain)
{
    auto hash_of = [&](const std::string& what) {
        auto hex = ToHex(Sha256(what + chain.chain_id() + std::to_string(chain.height())));
        for (auto& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return hex;
    };
    const json::object versions{{"p2p", "8"}, {"block", "11"}, {"app", "0"}};
    const auto now = Rfc3339(chain.time_ns(), true);
    return {
        {"node_info",
         json::object{{"protocol_version", versions},
                      {"id", hash_of("node").substr(0, 40)},
                      {"listen_addr", "tcp://127.0.0.1:26656"},
                      {"network", chain.chain_id()},
                      {"version", "0.38.19"},
                      {"channels", "40202122233038606100"},
                      {"moniker", "node0"},
                      {"other", json::object{{"tx_index", "on"},
                                             {"rpc_address", "tcp://127.0.0.1:26657"}}}}},
        {"sync_info", json::object{{"latest_block_hash", hash_of("block")},
                                   {"latest_app_hash", hash_of("app")},
                                   {"latest_block_height", std::to_string(chain.height())},
                                   {"latest_block_time", now},
                                   {"earliest_block_hash", hash_of("first")},
                                   {"earliest_app_hash", hash_of("first app")},
                                   {"earliest_block_height", "1"},
                                   {"earliest_block_time", now},
                                   {"catching_up", false}}},
        {"validator_info",
         json::object{{"address", hash_of("validator").substr(0, 40)},
                      {"pub_key", json::object{{"type", "tendermint/PubKeyEd25519"},
                                               {"value", ToBase64(hash_of("key").substr(0, 32))}}},
                      {"voting_power", "1000000"}}}};
}

json::object BroadcastJson(const std::string& hash, const TxResult& result)
{
    return {{"height", "0"},
            {"txhash", hash},
            {"codespace", result.codespace},
            {"code", result.code},
            {"data", ""},
            {"raw_log", result.raw_log},
            {"logs", json::array{}},
            {"info", ""},
            {"gas_wanted", std::to_string(result.gas_wanted)},
            {"gas_used", std::to_string(result.gas_used)},
            {"tx", nullptr},
            {"timestamp", ""},
            {"events", json::array{}}};
}

json::object TxJson(const StoredTx& stored, bool with_tx)
{
    auto answer = BroadcastJson(stored.hash, stored.result);
    answer["height"] = std::to_string(stored.height);
    if (stored.result.code == 0) {
        answer["data"] = ResponseData(stored.tx.at("body").at("messages").as_array());
    }
    json::array events;
    for (const auto& event : stored.result.events) {
        json::array attributes;
        for (const auto& [key, value] : event.attributes) {
            attributes.push_back(json::object{{"key", key}, {"value", value}, {"index", true}});
        }
        events.push_back(json::object{{"type", event.type}, {"attributes", attributes}});
    }
    answer["events"] = events;
    if (!with_tx) return answer;
    json::object tx{{"@type", "/cosmos.tx.v1beta1.Tx"}};
    for (const auto& [key, value] : stored.tx.as_object()) tx[key] = value;
    answer["tx"] = tx;
    answer["timestamp"] = Rfc3339(stored.time_ns, false);
    return answer;
}

}  // namespace berth::sandbox
