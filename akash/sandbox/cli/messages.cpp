#include <boost/json.hpp>

#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/provider_file.hpp"
#include "akash/sandbox/cli/sdl_file.hpp"
#include "akash/sandbox/cli/transactions.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr const char* kDepositDefault = "500000uact";

struct Line {
    const Arguments& arguments;
    std::vector<std::string> words;  ///< After the command's own.
    std::string signer;
    bool is_bid = false;

    std::string Word(std::size_t index) const
    {
        if (index < words.size()) return words[index];
        throw CommandFailed{"accepts " + std::to_string(index + 1) + " arg(s), received " +
                                std::to_string(words.size()),
                            {}};
    }
    std::string Flag(const std::string& name, const std::string& fallback) const
    {
        return arguments.Get(name, fallback);
    }
    std::string Required(const std::string& name) const
    {
        if (!arguments.Has(name))
            throw CommandFailed{"required flag(s) \"" + name + "\" not set", {}};
        return arguments.Get(name);
    }
};

json::object ParseCoin(const std::string& text)
{
    const auto split = text.find_first_not_of("0123456789");
    if (split == 0 || split == text.npos) {
        throw CommandFailed{"invalid decimal coin expression: " + text, {}};
    }
    return {{"denom", text.substr(split)}, {"amount", text.substr(0, split)}};
}

json::object Deposit(const Line& line, const json::object& coin)
{
    json::array sources;
    auto left = line.Flag("deposit-sources", "grant,balance");
    while (!left.empty()) {
        const auto comma = left.find(',');
        const auto source = left.substr(0, comma);
        if (source != "grant" && source != "balance") {
            throw CommandFailed{"invalid deposit source \"" + source + "\"", {}};
        }
        sources.push_back(json::string{source});
        left = comma == left.npos ? "" : left.substr(comma + 1);
    }
    return {{"amount", coin}, {"sources", sources}};
}

json::object DeploymentId(const Line& line)
{
    return {{"owner", line.Flag("owner", line.signer)}, {"dseq", line.Required("dseq")}};
}

json::object GroupId(const Line& line)
{
    auto id = DeploymentId(line);
    id["gseq"] = std::stoi(line.Flag("gseq", "1"));
    return id;
}

json::object BidId(const Line& line)
{
    auto id = GroupId(line);
    id["oseq"] = std::stoi(line.Flag("oseq", "1"));
    // A bid is made by the provider that signs it.
    id["provider"] = line.is_bid ? line.signer : line.Required("provider");
    id["bseq"] = 0;
    return id;
}

json::value CreateDeployment(const Line& line)
{
    const auto sdl = ReadSdl(line.Word(0));
    const auto coin = ParseCoin(line.Flag("deposit", kDepositDefault));
    if (coin.at("denom").as_string() != sdl.denom) {
        throw CommandFailed{"Mismatched denominations (" +
                                std::string{coin.at("denom").as_string()} + " != " + sdl.denom +
                                "): Deposit invalid",
                            {}};
    }
    auto dseq = line.Flag("dseq", "");
    if (dseq.empty()) {
        const auto status = AskNode(NodeOf(line.arguments), "status", {});
        dseq = status.at("sync_info").at("latest_block_height").as_string();
    }
    return json::object{{"@type", "/akash.deployment.v1beta4.MsgCreateDeployment"},
                        {"id", json::object{{"owner", line.signer}, {"dseq", dseq}}},
                        {"groups", sdl.groups},
                        {"hash", ToBase64(sdl.hash)},
                        {"deposit", Deposit(line, coin)},
                        {"reclamation", nullptr}};
}

json::value UpdateDeployment(const Line& line)
{
    const auto sdl = ReadSdl(line.Word(0));
    const auto id = DeploymentId(line);
    const auto existing =
        AskNode(NodeOf(line.arguments), "query",
                {{"path", json::array{"deployment", "get"}},
                 {"words", json::array{}},
                 {"flags", json::object{{"owner", id.at("owner")}, {"dseq", id.at("dseq")}}}});
    json::array specs;
    for (const auto& group : existing.at("groups").as_array())
        specs.push_back(group.at("group_spec"));
    if (specs != sdl.groups) {
        throw CommandFailed{
            "deployment update failed: groups are different than existing deployment, "
            "you cannot update groups",
            {}};
    }
    return json::object{{"@type", "/akash.deployment.v1beta4.MsgUpdateDeployment"},
                        {"id", id},
                        {"hash", ToBase64(sdl.hash)}};
}

json::value CloseDeployment(const Line& line)
{
    return json::object{{"@type", "/akash.deployment.v1beta4.MsgCloseDeployment"},
                        {"id", DeploymentId(line)}};
}

json::value GroupMessage(const Line& line, const char* type)
{
    return json::object{{"@type", type}, {"id", GroupId(line)}};
}
json::value CloseGroup(const Line& line)
{
    return GroupMessage(line, "/akash.deployment.v1beta4.MsgCloseGroup");
}
json::value PauseGroup(const Line& line)
{
    return GroupMessage(line, "/akash.deployment.v1beta4.MsgPauseGroup");
}
json::value StartGroup(const Line& line)
{
    return GroupMessage(line, "/akash.deployment.v1beta4.MsgStartGroup");
}

json::value CreateBid(const Line& line)
{
    auto id = BidId(line);
    auto price = ParseCoin(line.Required("price"));
    price["amount"] = std::string{price.at("amount").as_string()} + ".000000000000000000";
    return json::object{
        {"@type", "/akash.market.v1beta5.MsgCreateBid"},
        {"id", id},
        {"price", price},
        {"deposit", Deposit(line, ParseCoin(line.Flag("deposit", kDepositDefault)))},
        {"resources_offer", json::array{}}};
}

json::value CreateLease(const Line& line)
{
    return json::object{{"@type", "/akash.market.v1beta5.MsgCreateLease"}, {"bid_id", BidId(line)}};
}
json::value CloseLease(const Line& line)
{
    return json::object{{"@type", "/akash.market.v1beta5.MsgCloseLease"}, {"id", BidId(line)}};
}

json::value DepositEscrow(const Line& line)
{
    if (line.Word(0) != "deployment") throw CommandFailed{"unknown scope " + line.Word(0), {}};
    const auto owner = line.Flag("owner", line.signer);
    return json::object{
        {"@type", "/akash.escrow.v1.MsgAccountDeposit"},
        {"signer", line.signer},
        {"id", json::object{{"scope", "deployment"}, {"xid", owner + "/" + line.Required("dseq")}}},
        {"deposit", Deposit(line, ParseCoin(line.Word(1)))}};
}

json::value Send(const Line& line)
{
    return json::object{{"@type", "/cosmos.bank.v1beta1.MsgSend"},
                        {"from_address", line.signer},
                        {"to_address", line.Word(1)},
                        {"amount", json::array{ParseCoin(line.Word(2))}}};
}

json::value CreateProvider(const Line& line) { return ProviderMessage(line.Word(0), line.signer); }

struct Builder {
    std::vector<std::string> path;
    json::value (*build)(const Line&);
};

const std::vector<Builder> kBuilders{
    {{"deployment", "create"}, CreateDeployment},   {{"deployment", "update"}, UpdateDeployment},
    {{"deployment", "close"}, CloseDeployment},     {{"deployment", "group", "close"}, CloseGroup},
    {{"deployment", "group", "pause"}, PauseGroup}, {{"deployment", "group", "start"}, StartGroup},
    {{"market", "bid", "create"}, CreateBid},       {{"market", "lease", "create"}, CreateLease},
    {{"market", "lease", "close"}, CloseLease},     {{"escrow", "deposit"}, DepositEscrow},
    {{"provider", "create"}, CreateProvider},       {{"bank", "send"}, Send},
};

}  // namespace

json::value MessageOf(const Arguments& arguments, const std::vector<std::string>& path,
                      const std::string& signer)
{
    for (const auto& builder : kBuilders) {
        const auto size = builder.path.size();
        if (path.size() < size ||
            !std::equal(builder.path.begin(), builder.path.end(), path.begin())) {
            continue;
        }
        return builder.build(
            {.arguments = arguments,
             .words = {path.begin() + static_cast<std::ptrdiff_t>(size), path.end()},
             .signer = signer,
             .is_bid = builder.build == CreateBid});
    }
    throw CommandFailed{
        "unknown command \"" + (path.empty() ? "" : path.front()) + "\" for \"akash tx\"", {}};
}

}  // namespace berth::sandbox
