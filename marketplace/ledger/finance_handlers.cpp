#include "marketplace/ledger/finance_handlers.hpp"

#include <charconv>

#include "marketplace/ledger/calendar.hpp"
#include "marketplace/ledger/export_feed.hpp"
#include "marketplace/ledger/finance_store.hpp"
#include "marketplace/ledger/margin.hpp"

namespace berth::ledger {
namespace {

using call::Call;
using call::Role;

Error RoleMissing()
{
    return Fail(ErrorCode::kForbidden, "ROLE_MISSING", "This is for operators and finance.");
}

/// What a caller may read of the entries; `customer` is who he asks for, empty for whoever he may.
Result<Sight> SightOf(const Call& call, const std::string& customer)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    if (call.Has(Role::kFinance)) return Sight{.all = true, .operator_id = "", .customer_id = ""};
    const bool is_operator = call.Has(Role::kOperator);
    if (!is_operator && !customer.empty() && customer != *caller) return RoleMissing();
    return Sight{.all = false, .operator_id = is_operator ? *caller : "", .customer_id = *caller};
}

/// The operator within whom a caller reads margins: any for finance, himself for an operator.
Result<std::string> MarginOperator(const Call& call, const std::string& wanted)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    if (call.Has(Role::kFinance)) return wanted;
    if (!call.Has(Role::kOperator) || (!wanted.empty() && wanted != *caller)) return RoleMissing();
    return *caller;
}

Result<void> CheckMargin(const std::string& month, const std::string& viewpoint)
{
    if (const auto checked = CheckMonth(month); !checked) return checked.error();
    if (viewpoint.empty() || viewpoint == "operator" || viewpoint == "marketplace") return {};
    return Fail(ErrorCode::kInvalid, "UNKNOWN_VIEWPOINT",
                "A viewpoint is `operator` or `marketplace`.");
}

/// An operator sells hosting and pays lease, gas and the marketplace's fee; the marketplace earns
/// its fee and has no cost. Of both, margin = revenue - lease cost - other cost.
v1::Margin MarginFrom(const std::string& viewpoint, const std::vector<MarginRow>& rows)
{
    v1::Margin margin;
    const bool marketplace = viewpoint == "marketplace";
    std::int64_t revenue = 0, fee = 0, payable = 0, lease = 0, other = 0;
    for (const auto& row : rows) {
        revenue += row.revenue_usd_micros;
        fee += row.fee_usd_micros;
        payable += row.payable_usd_micros;
        lease += row.lease_cost_usd_micros;
        other += row.other_cost_usd_micros;
    }
    margin.set_viewpoint(marketplace ? "marketplace" : "operator");
    margin.set_revenue_usd_micros(marketplace ? fee : revenue);
    margin.set_lease_cost_usd_micros(marketplace ? 0 : lease);
    margin.set_other_cost_usd_micros(marketplace ? 0 : other + fee);
    margin.set_margin_usd_micros(margin.revenue_usd_micros() - margin.lease_cost_usd_micros() -
                                 margin.other_cost_usd_micros());
    margin.set_marketplace_fee_usd_micros(fee);
    margin.set_operator_payable_usd_micros(payable);
    return margin;
}

v1::Margin MarginOf(pqxx::work& tx, const MarginFilter& filter, const std::string& viewpoint,
                    Time as_of)
{
    auto margin = MarginFrom(viewpoint, ReadMargins(tx, filter));
    margin.set_customer(filter.customer_id);
    margin.set_month(filter.month);
    margin.set_as_of(as_of.time_since_epoch().count());
    return margin;
}

v1::Entry ToProto(const EntryRow& row)
{
    v1::Entry entry;
    entry.set_name("entries/" + row.entry_id);
    entry.set_time(row.created_at.time_since_epoch().count());
    entry.set_customer(row.customer_id);
    if (!row.order_id.empty()) entry.set_order("orders/" + row.order_id);
    entry.set_operator_(row.operator_id);
    entry.set_debit(row.debit);
    entry.set_credit(row.credit);
    entry.set_asset(row.asset);
    entry.set_amount(row.amount.ToString());
    entry.set_usd_micros(row.usd_micros);
    entry.set_kind(row.kind);
    entry.set_price_snapshot(row.snapshot_id);
    return entry;
}

std::string WritePosition(const EntryRow& row)
{
    return std::to_string(row.created_at.time_since_epoch().count()) + ' ' + row.entry_id;
}

Result<EntryPosition> ReadPosition(const std::string& text)
{
    if (text.empty()) return EntryPosition{.created_at = kAfterAllEntries, .entry_id = ""};
    std::int64_t micros = 0;
    const auto space = text.find(' ');
    const auto* const end = text.data() + std::min(space, text.size());
    const auto parsed = std::from_chars(text.data(), end, micros);
    if (space == std::string::npos || parsed.ptr != end || parsed.ec != std::errc{}) {
        return Fail(ErrorCode::kInvalid, "BAD_PAGE_TOKEN", "The page token is not one of ours.");
    }
    return EntryPosition{.created_at = Time{std::chrono::microseconds{micros}},
                         .entry_id = text.substr(space + 1)};
}

}  // namespace

Result<v1::GetMarginResponse> FinanceHandlers::GetMargin(const Call& call,
                                                         const v1::GetMarginRequest& request)
{
    const auto operator_id = MarginOperator(call, request.operator_());
    if (!operator_id) return operator_id.error();
    const auto checked = CheckMargin(request.month(), request.viewpoint());
    if (!checked) return checked.error();
    const MarginFilter filter{
        .customer_id = request.customer().empty() ? call.caller : request.customer(),
        .operator_id = *operator_id,
        .month = request.month()};
    return database_.Transact<v1::GetMarginResponse>(
        [&](pqxx::work& tx) -> Result<v1::GetMarginResponse> {
            if (!KnowsCustomer(tx, filter.customer_id, filter.operator_id)) {
                return Fail(ErrorCode::kNotFound, "UNKNOWN_CUSTOMER", "There is no such customer.");
            }
            v1::GetMarginResponse response;
            *response.mutable_margin() = MarginOf(tx, filter, request.viewpoint(), call.now);
            return response;
        });
}

Result<v1::ListMarginsResponse> FinanceHandlers::ListMargins(const Call& call,
                                                             const v1::ListMarginsRequest& request)
{
    const auto operator_id = MarginOperator(call, "");
    if (!operator_id) return operator_id.error();
    const auto checked = CheckMargin(request.month(), request.viewpoint());
    if (!checked) return checked.error();
    const auto arguments = "margins/" + *operator_id + '/' + request.month();
    const auto page = call::ReadPage(request.page_size(), request.page_token(), arguments);
    if (!page) return page.error();
    return database_.Transact<v1::ListMarginsResponse>(
        [&](pqxx::work& tx) -> Result<v1::ListMarginsResponse> {
            v1::ListMarginsResponse response;
            const auto customers =
                ListCustomers(tx, *operator_id, request.month(), page->after, page->size);
            for (const auto& customer : customers) {
                *response.add_margins() = MarginOf(tx,
                                                   {.customer_id = customer,
                                                    .operator_id = *operator_id,
                                                    .month = request.month()},
                                                   request.viewpoint(), call.now);
            }
            if (std::ssize(customers) == page->size) {
                response.set_next_page_token(call::MakePageToken(customers.back(), arguments));
            }
            return response;
        });
}

Result<v1::ListEntriesResponse> FinanceHandlers::ListEntries(const Call& call,
                                                             const v1::ListEntriesRequest& request)
{
    const auto sight = SightOf(call, request.customer());
    if (!sight) return sight.error();
    const auto order_id =
        request.order().starts_with("orders/") ? request.order().substr(7) : request.order();
    const auto arguments = "entries/" + call.caller + '/' + request.customer() + '/' + order_id;
    const auto page = call::ReadPage(request.page_size(), request.page_token(), arguments);
    if (!page) return page.error();
    const auto position = ReadPosition(page->after);
    if (!position) return position.error();
    const EntryFilter filter{
        .sight = *sight, .customer_id = request.customer(), .order_id = order_id};
    return database_.Transact<v1::ListEntriesResponse>(
        [&](pqxx::work& tx) -> Result<v1::ListEntriesResponse> {
            v1::ListEntriesResponse response;
            const auto rows = ledger::ListEntries(tx, filter, *position, page->size);
            for (const auto& row : rows) *response.add_entries() = ToProto(row);
            if (std::ssize(rows) == page->size) {
                response.set_next_page_token(
                    call::MakePageToken(WritePosition(rows.back()), arguments));
            }
            return response;
        });
}

Result<v1::GetStatementResponse> FinanceHandlers::GetStatement(
    const Call& call, const v1::GetStatementRequest& request)
{
    const auto customer = request.customer().empty() ? call.caller : request.customer();
    const auto sight = SightOf(call, customer);
    if (!sight) return sight.error();
    if (const auto checked = CheckMonth(request.month()); !checked) return checked.error();
    const EntryFilter filter{.sight = *sight, .customer_id = customer, .month = request.month()};
    return database_.Transact<v1::GetStatementResponse>(
        [&](pqxx::work& tx) -> Result<v1::GetStatementResponse> {
            v1::GetStatementResponse response;
            response.set_customer(customer);
            response.set_month(request.month());
            for (const auto& sum : SumByKind(tx, filter)) {
                auto& line = *response.add_lines();
                line.set_kind(sum.kind);
                line.set_asset(sum.asset);
                line.set_amount(sum.amount.ToString());
                line.set_usd_micros(sum.usd_micros);
            }
            return response;
        });
}

call::Opened<v1::ExportResponse> FinanceHandlers::Export(const Call& call,
                                                         const v1::ExportRequest& request)
{
    const auto sight = SightOf(call, request.customer());
    if (!sight) return sight.error();
    if (const auto checked = CheckMonth(request.month()); !checked) return checked.error();
    const auto format = FindExportFormat(request.format());
    if (!format) return format.error();
    return std::unique_ptr<call::Feed<v1::ExportResponse>>{std::make_unique<ExportFeed>(
        database_,
        EntryFilter{.sight = *sight, .customer_id = request.customer(), .month = request.month()},
        *format)};
}

}  // namespace berth::ledger
