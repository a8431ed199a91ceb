#include "akash/sandbox/chain/queries.hpp"

#include <algorithm>
#include <ctime>
#include <iomanip>
#include <sstream>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/keys.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNanosecond = 1'000'000'000;
constexpr std::size_t kLimitDefault = 100;

[[noreturn]] void RefuseNotFound(const std::string& what)
{
    throw QueryRefused{"rpc error: code = NotFound desc = " + what + ": key not found"};
}

[[noreturn]] void RefuseArgument(const std::string& what)
{
    constexpr const char* kPrefix = "rpc error: code = InvalidArgument desc = ";
    throw QueryRefused{std::string{kPrefix} + kPrefix + what + ": invalid request"};
}

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

std::uint64_t NumberFlag(const Question& question, const std::string& name, std::uint64_t fallback)
{
    const auto text = question.Flag(name);
    if (text.empty()) return fallback;
    if (!IsPlainDecimal(text) || text.size() > 20) {
        throw QueryRefused{"invalid argument \"" + text + "\" for \"--" + name +
                           "\" flag: strconv.ParseUint: parsing \"" + text + "\": invalid syntax"};
    }
    return std::strtoull(text.c_str(), nullptr, 10);
}

/// One page of a list. The key of the next page is the number of the first item on it.
json::object Page(const Question& question, const char* name, const json::array& all)
{
    const auto limit = NumberFlag(question, "limit", kLimitDefault);
    const auto key = FromBase64(question.Flag("page-key")).value_or("");
    const auto first = std::min<std::size_t>(std::strtoull(key.c_str(), nullptr, 10), all.size());
    const auto last = std::min<std::size_t>(first + limit, all.size());
    const bool more = last < all.size();
    const bool counts = !question.Flag("count-total").empty() || !more;
    json::value next_key;
    if (more) next_key = ToBase64(std::to_string(last));
    return {{name, json::array(all.begin() + static_cast<std::ptrdiff_t>(first),
                               all.begin() + static_cast<std::ptrdiff_t>(last))},
            {"pagination", json::object{{"next_key", next_key},
                                        {"total", counts ? std::to_string(all.size() - first) : "0"}}}};
}

json::value Balances(const Chain& chain, const Question& question)
{
    const auto address = question.words.empty() ? "" : question.words[0];
    if (const auto fault = AddressFault(address); !fault.empty()) throw QueryRefused{fault};
    if (const auto denom = question.Flag("denom"); !denom.empty()) {
        return json::object{{"denom", denom},
                            {"amount", chain.state().Balance(address, denom).ToString()}};
    }
    json::array balances;
    if (const auto account = chain.state().accounts.find(address);
        account != chain.state().accounts.end()) {
        for (const auto& [denom, amount] : account->second.balances) {
            // The real node answers with the denomination's metadata, which says `akt` for micro-akt.
            if (amount == Amount{}) continue;
            balances.push_back(json::object{{"denom", denom == "uakt" ? "akt" : denom},
                                            {"amount", amount.ToString()}});
        }
    }
    return json::object{{"balances", balances}, {"pagination", json::object{}}};
}

json::value Account(const Chain& chain, const Question& question)
{
    const auto address = question.words.empty() ? "" : question.words[0];
    if (const auto fault = AddressFault(address); !fault.empty()) throw QueryRefused{fault};
    const auto account = chain.state().accounts.find(address);
    if (account == chain.state().accounts.end()) {
        throw QueryRefused{"your node may be syncing, please check node status using `/status`: rpc "
                           "error: code = NotFound desc = rpc error: code = NotFound desc = account " +
                           address + " not found: key not found"};
    }
    json::value pubkey;
    if (!account->second.pubkey.empty()) {
        pubkey = json::object{{"@type", "/cosmos.crypto.secp256k1.PubKey"},
                              {"key", account->second.pubkey}};
    }
    return json::object{
        {"account", json::object{{"@type", "/cosmos.auth.v1beta1.BaseAccount"},
                                 {"address", address},
                                 {"pub_key", pubkey},
                                 {"account_number", std::to_string(account->second.number)},
                                 {"sequence", std::to_string(account->second.sequence)}}}};
}

const DeploymentState* FindDeployment(const Chain& chain, const Question& question)
{
    const auto& all = chain.state().deployments;
    const auto found = all.find({question.Flag("owner"), NumberFlag(question, "dseq", 0)});
    return found == all.end() ? nullptr : &found->second;
}

json::value DeploymentGet(const Chain& chain, const Question& question)
{
    const auto* deployment = FindDeployment(chain, question);
    if (!deployment) RefuseNotFound("Deployment not found");
    return DeploymentJson(*deployment);
}

json::value DeploymentList(const Chain& chain, const Question& question)
{
    const auto state = question.Flag("state");
    if (!state.empty() && state != "active" && state != "closed") RefuseArgument("invalid state value");
    if (NumberFlag(question, "page", 1) > 1 && state.empty()) {
        RefuseArgument("invalid request parameters. if offset is set, filter.state must be provided");
    }
    const auto owner = question.Flag("owner");
    const auto dseq = NumberFlag(question, "dseq", 0);
    json::array found;
    for (const auto& [id, deployment] : chain.state().deployments) {
        if ((owner.empty() || id.first == owner) && (dseq == 0 || id.second == dseq) &&
            (state.empty() || deployment.state == state)) {
            found.push_back(DeploymentJson(deployment));
        }
    }
    return Page(question, "deployments", found);
}

json::value GroupGet(const Chain& chain, const Question& question)
{
    const auto* deployment = FindDeployment(chain, question);
    const auto gseq = NumberFlag(question, "gseq", 1);
    if (!deployment || gseq == 0 || gseq > deployment->groups.size()) RefuseNotFound("Group not found");
    return GroupJson(*deployment, deployment->groups[gseq - 1]);
}

/// The filter of the market's lists. By default only the first order of the first group is shown.
struct MarketFilter {
    std::string owner, state, provider;
    std::uint64_t dseq, gseq, oseq;

    explicit MarketFilter(const Question& question)
        : owner{question.Flag("owner")}, state{question.Flag("state")},
          provider{question.Flag("provider")}, dseq{NumberFlag(question, "dseq", 0)},
          gseq{NumberFlag(question, "gseq", 1)}, oseq{NumberFlag(question, "oseq", 1)}
    {
    }
    bool Takes(const DeploymentState& deployment) const
    {
        return (owner.empty() || deployment.id.owner == owner) &&
               (dseq == 0 || deployment.id.dseq == dseq);
    }
    template <typename Item>
    bool Takes(std::uint32_t item_gseq, std::uint32_t item_oseq, const Item& item) const
    {
        return (gseq == 0 || item_gseq == gseq) && (oseq == 0 || item_oseq == oseq) &&
               (state.empty() || item.state == state);
    }
};

template <typename Collect>
json::value MarketList(const Chain& chain, const Question& question, const char* name, Collect collect)
{
    const MarketFilter filter{question};
    json::array found;
    for (const auto& [id, deployment] : chain.state().deployments) {
        if (filter.Takes(deployment)) collect(filter, deployment, found);
    }
    return Page(question, name, found);
}

json::value OrderList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "orders", [](const auto& filter, const auto& in, auto& out) {
        for (const auto& order : in.orders) {
            if (filter.Takes(order.gseq, order.oseq, order)) out.push_back(OrderJson(in, order));
        }
    });
}

json::value BidList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "bids", [](const auto& filter, const auto& in, auto& out) {
        auto bids = in.bids;
        std::sort(bids.begin(), bids.end(), [](const auto& a, const auto& b) {
            return std::tie(a.id.gseq, a.id.oseq, a.id.provider) <
                   std::tie(b.id.gseq, b.id.oseq, b.id.provider);
        });
        for (const auto& bid : bids) {
            if (filter.Takes(bid.id.gseq, bid.id.oseq, bid)) out.push_back(BidJson(in, bid));
        }
    });
}

json::value LeaseList(const Chain& chain, const Question& question)
{
    return MarketList(chain, question, "leases", [](const auto& filter, const auto& in, auto& out) {
        for (const auto& lease : in.leases) {
            if (filter.Takes(lease.id.gseq, lease.id.oseq, lease)) out.push_back(LeaseJson(in, lease));
        }
    });
}

akash::LeaseId LeaseFlag(const Question& question)
{
    return {.owner = question.Flag("owner"),
            .dseq = NumberFlag(question, "dseq", 0),
            .gseq = static_cast<std::uint32_t>(NumberFlag(question, "gseq", 1)),
            .oseq = static_cast<std::uint32_t>(NumberFlag(question, "oseq", 1)),
            .provider = question.Flag("provider")};
}

json::value OrderGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto id = LeaseFlag(question);
    const auto* order = deployment ? deployment->Order(id.gseq, id.oseq) : nullptr;
    if (!order) RefuseNotFound("invalid order: order not found");
    return OrderJson(*deployment, *order);
}

json::value BidGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto* bid = deployment ? deployment->Bid(LeaseFlag(question)) : nullptr;
    if (!bid) RefuseNotFound("invalid bid: bid not found");
    return BidJson(*deployment, *bid);
}

json::value LeaseGet(const Chain& chain, const Question& question)
{
    auto* deployment = const_cast<DeploymentState*>(FindDeployment(chain, question));
    const auto* lease = deployment ? deployment->Lease(LeaseFlag(question)) : nullptr;
    if (!lease) RefuseNotFound("invalid lease: lease not found");
    return LeaseJson(*deployment, *lease);
}

json::value ProviderGet(const Chain& chain, const Question& question)
{
    const auto& all = chain.state().providers;
    const auto found = all.find(question.words.empty() ? "" : question.words[0]);
    if (found == all.end()) RefuseNotFound("invalid provider: address not found");
    return ProviderJson(found->second);
}

json::value ProviderList(const Chain& chain, const Question& question)
{
    json::array found;
    for (const auto& [address, provider] : chain.state().providers) {
        found.push_back(ProviderJson(provider));
    }
    auto page = Page(question, "providers", found);
    page["pagination"].as_object()["total"] = "0";
    return page;
}

/// Deployments behind `STATE deployment/OWNER/DSEQ`, the arguments of the escrow queries.
const DeploymentState* EscrowTarget(const Chain& chain, const Question& question)
{
    if (question.words.size() < 2) throw QueryRefused{"accepts 2 arg(s)"};
    const auto& xid = question.words[1];
    const auto first = xid.find('/');
    const auto last = xid.rfind('/');
    if (first == xid.npos || last == first) return nullptr;
    const auto& all = chain.state().deployments;
    const auto found = all.find({xid.substr(first + 1, last - first - 1),
                                 std::strtoull(xid.c_str() + last + 1, nullptr, 10)});
    return found == all.end() ? nullptr : &found->second;
}

json::value EscrowAccounts(const Chain& chain, const Question& question)
{
    json::array found;
    const auto* deployment = EscrowTarget(chain, question);
    if (deployment && deployment->escrow.state == question.words[0]) {
        found.push_back(DeploymentJson(*deployment).at("escrow_account"));
    }
    return Page(question, "accounts", found);
}

json::value EscrowPayments(const Chain& chain, const Question& question)
{
    json::array found;
    if (const auto* deployment = EscrowTarget(chain, question)) {
        for (const auto& lease : deployment->leases) {
            if (lease.payment_state == question.words[0]) {
                found.push_back(PaymentJson(*deployment, lease));
            }
        }
    }
    return Page(question, "payments", found);
}

json::value BlocksRemaining(const Chain& chain, const Question& question)
{
    const auto* deployment = FindDeployment(chain, question);
    if (!deployment) RefuseNotFound("Deployment not found");
    Amount rate;
    for (const auto& lease : deployment->leases) {
        if (lease.state == "active") rate += lease.price.amount_e18;
    }
    if (rate == Amount{}) throw QueryRefused{"leases for deployment do not exist"};
    const auto passed = Amount{chain.height() - deployment->escrow.settled_at};
    const auto funds = deployment->escrow.funds_e18.find("uact");
    auto left = funds == deployment->escrow.funds_e18.end() ? Amount{} : funds->second;
    left = std::max(Amount{}, left - money::MulDiv(rate, passed, Amount{1}, money::Rounding::kFloor));
    const auto blocks = *money::MulDiv(left, Amount{1}, rate, money::Rounding::kFloor).ToInt64();
    return json::object{
        {"balance_remaining", json::object{{"denom", "uact"}, {"amount", akash::FormatDec18(left)}}},
        {"blocks_remaining", blocks},
        {"estimated_time_remaining", blocks * 6 * kNanosecond}};
}

json::value DeploymentParams(const Chain&, const Question&)
{
    return json::parse(R"({"params":{"min_deposits":[{"denom":"uakt","amount":"500000"},
        {"denom":"uact","amount":"500000"}]}})");
}

json::value MarketParams(const Chain&, const Question&)
{
    return json::parse(R"({"params":{"bid_min_deposit":{"denom":"uakt","amount":"500000"},
        "order_max_bids":20,"bid_min_deposits":[{"denom":"uact","amount":"500000"},
        {"denom":"uakt","amount":"500000"}],"min_reclamation_window":"3600s",
        "max_reclamation_window":"2592000s"}})");
}

json::value Tx(const Chain& chain, const Question& question)
{
    const auto word = question.words.empty() ? "" : question.words[0];
    if (question.Flag("type") == "acc_seq") {
        const auto slash = word.rfind('/');
        const auto* stored = chain.FindTx(word.substr(0, slash),
                                          std::strtoull(word.c_str() + slash + 1, nullptr, 10));
        if (!stored) throw QueryRefused{"found no txs matching given address and sequence combination"};
        return TxJson(*stored, true);
    }
    for (const char c : word) {
        if (!std::isxdigit(static_cast<unsigned char>(c))) {
            std::ostringstream hex;
            hex << std::hex << std::uppercase << std::setw(4) << std::setfill('0') << int{c};
            throw QueryRefused{"encoding/hex: invalid byte: U+" + hex.str() + " '" + c + "'"};
        }
    }
    const auto* stored = chain.FindTx(word);
    if (stored) return TxJson(*stored, true);
    throw QueryRefused{"error in json rpc client, with http response metadata: (Status: 200 OK, "
                       "Protocol HTTP/1.1). RPC error -32603 - Internal error: tx (" +
                       word + ") not found"};
}

}  // namespace

std::string Question::Flag(const std::string& name, const std::string& fallback) const
{
    const auto found = flags.find(name);
    return found == flags.end() ? fallback : found->second;
}

json::value Answer(const Chain& chain, const Question& question)
{
    using Handler = json::value (*)(const Chain&, const Question&);
    static const std::map<std::string, Handler> kHandlers{
        {"bank balances", Balances},
        {"auth account", Account},
        {"deployment get", DeploymentGet},
        {"deployment list", DeploymentList},
        {"deployment params", DeploymentParams},
        {"deployment group get", GroupGet},
        {"market order list", OrderList},
        {"market order get", OrderGet},
        {"market bid list", BidList},
        {"market bid get", BidGet},
        {"market lease list", LeaseList},
        {"market lease get", LeaseGet},
        {"market params", MarketParams},
        {"provider get", ProviderGet},
        {"provider list", ProviderList},
        {"escrow accounts", EscrowAccounts},
        {"escrow payments", EscrowPayments},
        {"escrow blocks-remaining", BlocksRemaining},
        {"tx", Tx},
    };
    std::string path;
    for (const auto& word : question.path) path += (path.empty() ? "" : " ") + word;
    const auto handler = kHandlers.find(path);
    if (handler == kHandlers.end()) throw QueryRefused{"unknown query path: " + path};
    return handler->second(chain, question);
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
    return {{"node_info", json::object{{"protocol_version", versions},
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
