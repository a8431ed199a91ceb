#include <algorithm>

#include <boost/json.hpp>

#include "akash/sandbox/chain/escrow.hpp"
#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/query_support.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t kBlockNanoseconds = 6'000'000'000;

json::value DeploymentGet(const Chain& chain, const Question& question)
{
    const auto* deployment = FindDeployment(chain, question);
    if (!deployment) RefuseNotFound("Deployment not found");
    return DeploymentJson(*deployment);
}

json::value DeploymentList(const Chain& chain, const Question& question)
{
    const auto state = question.Flag("state");
    if (!state.empty() && state != "active" && state != "closed")
        RefuseArgument("invalid state value");
    if (NumberFlag(question, "page", 1) > 1 && state.empty()) {
        RefuseArgument(
            "invalid request parameters. if offset is set, filter.state must be provided");
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
    if (!deployment || gseq == 0 || gseq > deployment->groups.size())
        RefuseNotFound("Group not found");
    return GroupJson(*deployment, deployment->groups[gseq - 1]);
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
    left =
        std::max(Amount{}, left - money::MulDiv(rate, passed, Amount{1}, money::Rounding::kFloor));
    const auto blocks = *money::MulDiv(left, Amount{1}, rate, money::Rounding::kFloor).ToInt64();
    return json::object{{"balance_remaining",
                         json::object{{"denom", "uact"}, {"amount", akash::FormatDec18(left)}}},
                        {"blocks_remaining", blocks},
                        {"estimated_time_remaining", blocks * kBlockNanoseconds}};
}

json::value DeploymentParams(const Chain&, const Question&)
{
    return json::parse(R"({"params":{"min_deposits":[{"denom":"uakt","amount":"500000"},
        {"denom":"uact","amount":"500000"}]}})");
}

}  // namespace

const std::map<std::string, QueryHandler>& DeploymentQueries()
{
    static const std::map<std::string, QueryHandler> kHandlers{
        {"deployment get", DeploymentGet},
        {"deployment list", DeploymentList},
        {"deployment params", DeploymentParams},
        {"deployment group get", GroupGet},
        {"escrow accounts", EscrowAccounts},
        {"escrow payments", EscrowPayments},
        {"escrow blocks-remaining", BlocksRemaining},
    };
    return kHandlers;
}

}  // namespace berth::sandbox
