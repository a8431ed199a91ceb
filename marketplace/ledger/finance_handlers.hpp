#pragma once

#include "berth/v1/finance_service.pb.h"
#include "marketplace/call/call.hpp"
#include "marketplace/call/feed.hpp"
#include "marketplace/db/database.hpp"

namespace berth::ledger {

/// The books, read: FinanceService but for CreateSession, whatever the transport. Finance reads
/// all; an operator his customers within himself; a customer the rows of his own paid side (claims,
/// holds, what was earned from them), never a margin. Thread-safe; blocks for queries.
/// Errors beside those of the contract: kUnauthenticated `NOT_AUTHENTICATED`; kForbidden
/// `ROLE_MISSING`; kInvalid `BAD_MONTH`, `UNKNOWN_VIEWPOINT`; those of Database.
class FinanceHandlers {
public:
    explicit FinanceHandlers(db::Database& database) : database_{database} {}

    Result<v1::GetMarginResponse> GetMargin(const call::Call& call,
                                            const v1::GetMarginRequest& request);
    Result<v1::ListMarginsResponse> ListMargins(const call::Call& call,
                                                const v1::ListMarginsRequest& request);
    Result<v1::ListEntriesResponse> ListEntries(const call::Call& call,
                                                const v1::ListEntriesRequest& request);
    Result<v1::GetStatementResponse> GetStatement(const call::Call& call,
                                                  const v1::GetStatementRequest& request);
    call::Opened<v1::ExportResponse> Export(const call::Call& call,
                                            const v1::ExportRequest& request);

private:
    db::Database& database_;
};

}  // namespace berth::ledger
