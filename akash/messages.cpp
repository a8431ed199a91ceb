#include <boost/json.hpp>

#include "akash/signer.hpp"
#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;

json::object IdOf(const DeploymentId& id)
{
    return {{"owner", id.owner}, {"dseq", std::to_string(id.dseq)}};
}

/// The sources are always named: by default a forgotten grant would be spent first.
json::object DepositOf(const std::string& denom, money::Amount amount)
{
    return {{"amount", json::object{{"denom", denom}, {"amount", amount.ToString()}}},
            {"sources", json::array{"balance"}}};
}

}  // namespace

std::string CreateDeploymentMessage(const DeploymentId& id, const std::string& groups_json,
                                    const std::string& hash_hex, const std::string& denom,
                                    money::Amount deposit)
{
    const auto hash = FromHex(hash_hex);
    BERTH_ASSERT(hash && hash->size() == 32);
    return json::serialize(json::object{{"@type", "/akash.deployment.v1beta4.MsgCreateDeployment"},
                                        {"id", IdOf(id)},
                                        {"groups", json::parse(groups_json)},
                                        {"hash", ToBase64(*hash)},
                                        {"deposit", DepositOf(denom, deposit)},
                                        {"reclamation", nullptr}});
}

std::string CreateLeaseMessage(const LeaseId& id)
{
    return json::serialize(json::object{{"@type", "/akash.market.v1beta5.MsgCreateLease"},
                                        {"bid_id", json::object{{"owner", id.owner},
                                                                {"dseq", std::to_string(id.dseq)},
                                                                {"gseq", id.gseq},
                                                                {"oseq", id.oseq},
                                                                {"provider", id.provider},
                                                                {"bseq", 0}}}});
}

std::string CloseDeploymentMessage(const DeploymentId& id)
{
    return json::serialize(
        json::object{{"@type", "/akash.deployment.v1beta4.MsgCloseDeployment"}, {"id", IdOf(id)}});
}

std::string DepositMessage(const std::string& signer, const DeploymentId& id,
                           const std::string& denom, money::Amount amount)
{
    return json::serialize(json::object{
        {"@type", "/akash.escrow.v1.MsgAccountDeposit"},
        {"signer", signer},
        {"id",
         json::object{{"scope", "deployment"}, {"xid", id.owner + "/" + std::to_string(id.dseq)}}},
        {"deposit", DepositOf(denom, amount)}});
}

}  // namespace berth::akash
