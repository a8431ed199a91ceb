#include "akash/cli_chain_reader.hpp"

#include "akash/address.hpp"
#include "akash/cli_output.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

constexpr int kPageSize = 1000;
constexpr int kPagesMax = 200;

Error Refused(const std::string& text)
{
    return Fail(ErrorCode::kInternal, "NODE_GARBAGE", "The node refused the question: " + text);
}

bool SaysNotFound(const std::string& text)
{
    return text.find("code = NotFound") != text.npos || text.ends_with("not found");
}

std::string HexOfBase64(const std::string& text)
{
    const auto bytes = FromBase64(text);
    if (!bytes) throw FieldMissing{"a base64 text"};
    return ToHex(*bytes);
}

/// Of the first key that signed a transaction; the chain has checked the signature.
std::string SignerOf(const Fields& answer)
{
    if (!answer.has("tx")) return {};
    const auto signers = answer.at("tx").at("auth_info").at("signer_infos").list();
    if (signers.empty() || !signers.front().has("public_key")) return {};
    const auto key = signers.front().at("public_key");
    if (key.at("@type").text() != "/cosmos.crypto.secp256k1.PubKey") return {};
    const auto bytes = FromBase64(key.at("key").text());
    return bytes ? AddressOf(*bytes) : std::string{};
}

/// Coins as an event writes them: `4608uakt`, or several with commas between.
std::map<std::string, money::Amount> ReadCoins(std::string_view text)
{
    std::map<std::string, money::Amount> coins;
    while (!text.empty()) {
        const auto coin = text.substr(0, text.find(','));
        text.remove_prefix(std::min(coin.size() + 1, text.size()));
        const auto digits = std::min(coin.find_first_not_of("0123456789"), coin.size());
        const auto amount = money::Amount::Parse(coin.substr(0, digits));
        if (!amount || digits == coin.size()) throw FieldMissing{"an amount of coins"};
        coins[std::string{coin.substr(digits)}] += *amount;
    }
    return coins;
}

/// What the chain took for a transaction: it says so in an event, whatever the messages came to.
std::map<std::string, money::Amount> FeeOf(const Fields& answer)
{
    if (!answer.has("events")) return {};
    for (const auto& event : answer.at("events").list()) {
        if (event.at("type").text() != "tx") continue;
        for (const auto& attribute : event.at("attributes").list()) {
            if (attribute.at("key").text() == "fee" && attribute.has("value")) {
                return ReadCoins(attribute.at("value").text());
            }
        }
    }
    return {};
}

LeaseId ReadLeaseId(const Fields& id)
{
    return {.owner = id.at("owner").text(),
            .dseq = id.at("dseq").unsigned64(),
            .gseq = id.at("gseq").unsigned32(),
            .oseq = id.at("oseq").unsigned32(),
            .provider = id.at("provider").text()};
}

Deployment ReadDeployment(const Fields& item)
{
    const auto deployment = item.at("deployment");
    const auto escrow = item.at("escrow_account").at("state");
    Deployment read{.id = {.owner = deployment.at("id").at("owner").text(),
                           .dseq = deployment.at("id").at("dseq").unsigned64()},
                    .state = deployment.at("state").text(),
                    .hash_hex = HexOfBase64(deployment.at("hash").text()),
                    .created_at = deployment.at("created_at").signed64(),
                    .escrow = {.state = escrow.at("state").text(),
                               .funds = {},
                               .settled_at = escrow.at("settled_at").signed64()}};
    for (const auto& fund : escrow.at("funds").list()) read.escrow.funds.push_back(fund.coin());
    return read;
}

Bid ReadBid(const Fields& item)
{
    const auto bid = item.at("bid");
    return {.id = ReadLeaseId(bid.at("id")),
            .state = bid.at("state").text(),
            .price = bid.at("price").coin()};
}

Lease ReadLease(const Fields& item)
{
    const auto lease = item.at("lease");
    return {.id = ReadLeaseId(lease.at("id")),
            .state = lease.at("state").text(),
            .price = lease.at("price").coin(),
            .created_at = lease.at("created_at").signed64(),
            .closed_on = lease.at("closed_on").signed64(),
            .reason = lease.has("reason") ? lease.at("reason").text() : "",
            .withdrawn = item.at("escrow_payment").at("state").at("withdrawn").coin()};
}

Account ReadAccount(const Fields& answer)
{
    const auto account = answer.at("account");
    return {.address = account.at("address").text(),
            .number = account.at("account_number").unsigned64(),
            .sequence = account.at("sequence").unsigned64()};
}

template <typename T, typename ReadOne>
std::vector<T> ReadItems(const Fields& page, std::string_view key, ReadOne read_one)
{
    std::vector<T> items;
    for (const auto& item : page.at(key).list()) items.push_back(read_one(item));
    return items;
}

}  // namespace

Result<void> CliChainReader::ReadPages(std::vector<std::string> argv, Deadline deadline,
                                       const Read& read)
{
    argv.insert(argv.end(), {"--limit", std::to_string(kPageSize)});
    auto page_argv = argv;
    for (int page = 0; page < kPagesMax; ++page) {
        auto answer = nodes_.Ask(page_argv, deadline);
        if (!answer) return answer.error();
        if (!answer->json) return Refused(answer->error);
        const auto next = ReadFields(*answer->json, [&](const Fields& fields) {
            read(*answer->json);
            const auto pagination = fields.at("pagination");
            return pagination.has("next_key") ? pagination.at("next_key").text() : std::string{};
        });
        if (!next) return next.error();
        if (next->empty()) return {};
        page_argv = argv;
        page_argv.insert(page_argv.end(), {"--page-key", *next});
    }
    return Fail(ErrorCode::kInternal, "NODE_GARBAGE", "The node's list of pages does not end.");
}

Result<ChainStatus> CliChainReader::Status(Deadline deadline) { return nodes_.Status(deadline); }

Result<std::optional<Deployment>> CliChainReader::GetDeployment(const DeploymentId& id,
                                                                Deadline deadline)
{
    const auto answer = nodes_.Ask(
        {"query", "deployment", "get", "--owner", id.owner, "--dseq", std::to_string(id.dseq)},
        deadline);
    if (!answer) return answer.error();
    if (!answer->json) {
        if (SaysNotFound(answer->error)) return std::optional<Deployment>{};
        return Refused(answer->error);
    }
    const auto read = ReadFields(*answer->json, ReadDeployment);
    if (!read) return read.error();
    if (read->id != id) return Refused("it answered about another deployment.");
    return std::optional{*read};
}

Result<std::vector<Deployment>> CliChainReader::ListDeployments(const std::string& owner,
                                                                Deadline deadline)
{
    std::vector<Deployment> all;
    const auto done = ReadPages(
        {"query", "deployment", "list", "--owner", owner}, deadline,
        [&](const boost::json::value& page) {
            for (auto& one : ReadItems<Deployment>(Fields{page}, "deployments", ReadDeployment)) {
                all.push_back(std::move(one));
            }
        });
    if (!done) return done.error();
    return all;
}

Result<std::vector<Bid>> CliChainReader::ListOpenBids(const std::string& owner, Deadline deadline)
{
    std::vector<Bid> all;
    const auto done =
        ReadPages({"query", "market", "bid", "list", "--owner", owner, "--state", "open", "--gseq",
                   "0", "--oseq", "0"},
                  deadline, [&](const boost::json::value& page) {
                      for (auto& one : ReadItems<Bid>(Fields{page}, "bids", ReadBid)) {
                          all.push_back(std::move(one));
                      }
                  });
    if (!done) return done.error();
    return all;
}

Result<std::vector<Lease>> CliChainReader::ListLeases(const DeploymentId& id, Deadline deadline)
{
    std::vector<Lease> all;
    const auto done =
        ReadPages({"query", "market", "lease", "list", "--owner", id.owner, "--dseq",
                   std::to_string(id.dseq), "--gseq", "0", "--oseq", "0"},
                  deadline, [&](const boost::json::value& page) {
                      for (auto& one : ReadItems<Lease>(Fields{page}, "leases", ReadLease)) {
                          all.push_back(std::move(one));
                      }
                  });
    if (!done) return done.error();
    return all;
}

Result<std::optional<TxOutcome>> CliChainReader::FindTx(const std::string& hash, Deadline deadline)
{
    const auto answer = nodes_.Ask({"query", "tx", hash}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) {
        if (SaysNotFound(answer->error)) return std::optional<TxOutcome>{};
        return Refused(answer->error);
    }
    const auto read = ReadFields(*answer->json, [&](const Fields& fields) {
        if (fields.at("txhash").text() != hash) throw FieldMissing{"the hash that was asked for"};
        return TxOutcome{.height = fields.at("height").signed64(),
                         .codespace = fields.at("codespace").text(),
                         .code = static_cast<int>(fields.at("code").unsigned32()),
                         .raw_log = fields.at("raw_log").text(),
                         .signer = SignerOf(fields),
                         .fee = FeeOf(fields)};
    });
    if (!read) return read.error();
    return std::optional{*read};
}

Result<std::optional<std::string>> CliChainReader::FindTxBySequence(const std::string& address,
                                                                    std::uint64_t sequence,
                                                                    Deadline deadline)
{
    const auto answer = nodes_.Ask(
        {"query", "tx", "--type=acc_seq", address + "/" + std::to_string(sequence)}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) {
        if (answer->error.starts_with("found no txs")) return std::optional<std::string>{};
        return Refused(answer->error);
    }
    const auto read =
        ReadFields(*answer->json, [](const Fields& fields) { return fields.at("txhash").text(); });
    if (!read) return read.error();
    return std::optional{*read};
}

Result<money::Amount> CliChainReader::Balance(const std::string& address, const std::string& denom,
                                              Deadline deadline)
{
    // Only with --denom is the answer in the smallest unit.
    const auto answer =
        nodes_.Ask({"query", "bank", "balances", address, "--denom", denom}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) return Refused(answer->error);
    return ReadFields(*answer->json, [&](const Fields& fields) {
        if (fields.at("denom").text() != denom) throw FieldMissing{"the denomination " + denom};
        const auto amount = money::Amount::Parse(fields.at("amount").text());
        if (!amount) throw FieldMissing{"an amount"};
        return *amount;
    });
}

Result<std::optional<Account>> CliChainReader::GetAccount(const std::string& address,
                                                          Deadline deadline)
{
    const auto answer = nodes_.Ask({"query", "auth", "account", address}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) {
        if (SaysNotFound(answer->error)) return std::optional<Account>{};
        return Refused(answer->error);
    }
    const auto read = ReadFields(*answer->json, ReadAccount);
    if (!read) return read.error();
    return std::optional{*read};
}

Result<std::map<std::string, money::Amount>> CliChainReader::DepositMinimums(Deadline deadline)
{
    const auto answer = nodes_.Ask({"query", "deployment", "params"}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) return Refused(answer->error);
    return ReadFields(*answer->json, [](const Fields& fields) {
        std::map<std::string, money::Amount> minimums;
        for (const auto& coin : fields.at("params").at("min_deposits").list()) {
            const auto amount = money::Amount::Parse(coin.at("amount").text());
            if (!amount) throw FieldMissing{"an amount"};
            minimums.emplace(coin.at("denom").text(), *amount);
        }
        return minimums;
    });
}

Result<Provider> CliChainReader::GetProvider(const std::string& address, Deadline deadline)
{
    const auto answer = nodes_.Ask({"query", "provider", "get", address}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) {
        if (!SaysNotFound(answer->error)) return Refused(answer->error);
        return Fail(ErrorCode::kNotFound, "PROVIDER_NOT_FOUND",
                    "The chain knows no such provider.");
    }
    return ReadFields(*answer->json, [](const Fields& fields) {
        Provider provider{.address = fields.at("owner").text(),
                          .host_uri = fields.at("host_uri").text(),
                          .attributes = {}};
        for (const auto& one : fields.at("attributes").list()) {
            provider.attributes.emplace_back(one.at("key").text(), one.at("value").text());
        }
        return provider;
    });
}

}  // namespace berth::akash
