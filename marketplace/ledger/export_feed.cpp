#include "marketplace/ledger/export_feed.hpp"

#include <vector>

#include "core/base/assert.hpp"
#include "marketplace/ledger/accounts.hpp"

namespace berth::ledger {
namespace {

constexpr int kRowsInPart = 500;

// Nothing that we store needs quoting: hex, names of ours, digits.
std::string CsvLine(const EntryRow& entry)
{
    std::string line;
    for (const auto& field :
         {FormatTime(entry.created_at), entry.entry_id, entry.customer_id, entry.order_id,
          entry.operator_id, entry.kind, entry.debit, entry.credit, entry.asset,
          entry.amount.ToString(), std::to_string(entry.usd_micros), entry.snapshot_id}) {
        if (!line.empty()) line += ',';
        line += field;
    }
    return line + '\n';
}

std::string Posting(const std::string& account, const std::string& amount, const std::string& asset)
{
    const std::string tree{TreeOf(account)};
    return "    " + tree + ':' + account + "  " + amount + ' ' + asset + '\n';
}

std::string Transaction(const EntryRow& entry)
{
    const auto amount = entry.amount.ToString();
    auto head = FormatTime(entry.created_at).substr(0, 10) + ' ' + entry.kind +
                "  ; entry:" + entry.entry_id + ", customer:" + entry.customer_id;
    if (!entry.order_id.empty()) head += ", order:" + entry.order_id;
    if (!entry.operator_id.empty()) head += ", operator:" + entry.operator_id;
    head += ", usd_micros:" + std::to_string(entry.usd_micros) + '\n';
    return head + Posting(entry.debit, amount, entry.asset) +
           Posting(entry.credit, '-' + amount, entry.asset) + '\n';
}

}  // namespace

Result<ExportFormat> FindExportFormat(const std::string& name)
{
    if (name == "csv") return ExportFormat::kCsv;
    if (name == "hledger") return ExportFormat::kHledger;
    return Fail(ErrorCode::kInvalid, "UNKNOWN_FORMAT", "A format is `csv` or `hledger`.");
}

std::string ExportHead(ExportFormat format)
{
    switch (format) {
        case ExportFormat::kCsv:
            return "time,entry,customer,order,operator,kind,debit,credit,asset,amount,usd_micros,"
                   "price_snapshot\n";
        case ExportFormat::kHledger: return "; Amounts in the asset's smallest unit.\n\n";
    }
    BERTH_ASSERT(false);
}

std::string ExportEntry(ExportFormat format, const EntryRow& entry)
{
    switch (format) {
        case ExportFormat::kCsv: return CsvLine(entry);
        case ExportFormat::kHledger: return Transaction(entry);
    }
    BERTH_ASSERT(false);
}

Result<ExportFeed::Part> ExportFeed::Pull(Deadline)
{
    using Rows = std::vector<EntryRow>;
    const auto rows = database_.Transact<Rows>([&](pqxx::work& tx) -> Result<Rows> {
        return ListEntries(tx, filter_, position_, kRowsInPart);
    });
    if (!rows) return rows.error();
    std::string text = begun_ ? "" : ExportHead(format_);
    begun_ = true;
    for (const auto& row : *rows) text += ExportEntry(format_, row);
    if (!rows->empty()) {
        position_ = {.created_at = rows->back().created_at, .entry_id = rows->back().entry_id};
    }
    Part part{.messages = {}, .last = std::ssize(*rows) < kRowsInPart};
    if (!text.empty()) part.messages.emplace_back().set_text(std::move(text));
    return part;
}

}  // namespace berth::ledger
