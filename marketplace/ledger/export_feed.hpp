#pragma once

#include <string>

#include "berth/v1/finance_service.pb.h"
#include "marketplace/call/feed.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/ledger/finance_store.hpp"

namespace berth::ledger {

/// Later than any entry: where a reading from the newest begins.
constexpr auto kAfterAllEntries = FromUnixSeconds(253'402'300'799);

/// The formats that the books are written in.
enum class ExportFormat { kCsv, kHledger };

/// Errors: kInvalid `UNKNOWN_FORMAT`.
Result<ExportFormat> FindExportFormat(const std::string& name);

/// What stands before the first entry.
std::string ExportHead(ExportFormat format);
/// An entry as one line of CSV, or as one balanced transaction of a journal. Pure.
std::string ExportEntry(ExportFormat format, const EntryRow& entry);

/// Entries as text, newest first, some hundred a part.
class ExportFeed final : public call::Feed<v1::ExportResponse> {
public:
    ExportFeed(db::Database& database, EntryFilter filter, ExportFormat format)
        : database_{database}, filter_{std::move(filter)}, format_{format}
    {
    }

    Result<Part> Pull(Deadline deadline) override;

private:
    db::Database& database_;
    const EntryFilter filter_;
    const ExportFormat format_;
    EntryPosition position_{.created_at = kAfterAllEntries, .entry_id = ""};
    bool begun_ = false;
};

}  // namespace berth::ledger
