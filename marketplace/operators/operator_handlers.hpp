#pragma once

#include <cstdint>
#include <set>
#include <string>

#include <pqxx/pqxx>

#include "berth/v1/operator_service.pb.h"
#include "core/nostr/event.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/db/database.hpp"

namespace berth::operators {

struct Settings {
    std::string marketplace;               ///< Its public key, hex.
    std::set<std::string> admins;          ///< Public keys, hex.
    std::int64_t marketplace_fee_bps = 0;  ///< Least share that a plan leaves.
};

/// OperatorService but for its orders, whatever the transport. Thread-safe; blocks for queries.
/// Errors: those that proto/berth/v1/operator_service.proto names, and those of Database.
class OperatorHandlers {
public:
    OperatorHandlers(db::Database& database, Settings settings)
        : database_{database}, settings_{std::move(settings)}
    {
    }

    Result<v1::ActResponse> Act(const call::Call& call, const v1::ActRequest& request);
    Result<v1::ListWalletsResponse> ListWallets(const call::Call& call,
                                                const v1::ListWalletsRequest& request);
    Result<v1::ListOperatorsResponse> ListOperators(const call::Call& call,
                                                    const v1::ListOperatorsRequest& request);
    Result<v1::ListPricesResponse> ListPrices(const call::Call& call,
                                              const v1::ListPricesRequest& request);

private:
    /// An action with its evidence.
    struct Signed {
        const nostr::Event& event;
        Time now;
    };
    using Done = Result<std::string>;

    Done Apply(pqxx::work& tx, const Signed& by, const v1::OperatorAction& action);
    Done Apply(pqxx::work& tx, const Signed& by, const v1::PutOperator& change);
    Done Apply(pqxx::work& tx, const Signed& by, const v1::PutPlan& change);
    Done Apply(pqxx::work& tx, const Signed& by, const v1::PutWallet& change);
    Done Apply(pqxx::work& tx, const Signed& by, const v1::SetPrice& change);
    Done Apply(pqxx::work& tx, const Signed& by, const v1::PausePlan& change);
    Result<void> RequireAdmin(const Signed& by) const;

    db::Database& database_;
    const Settings settings_;
};

}  // namespace berth::operators
