#include <iostream>

#include "cli/commands.hpp"
#include "cli/text.hpp"

namespace berth::cli {
namespace {

constexpr std::chrono::seconds kExportLimit{600};

Result<void> ShowMargin(Session& session, const v1::GetMarginRequest& request)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto answer = (*client)->Unary(&v1::FinanceService::Stub::GetMargin, request);
    if (!answer) return answer.error();
    session.Print(answer->margin(), Describe(answer->margin()));
    return {};
}

Result<void> ShowMargins(Session& session, v1::ListMarginsRequest request)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::ListMarginsResponse all;
    do {
        const auto page = (*client)->Unary(&v1::FinanceService::Stub::ListMargins, request);
        if (!page) return page.error();
        all.mutable_margins()->MergeFrom(page->margins());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    std::string text;
    for (const auto& margin : all.margins()) {
        text += margin.customer() + "  " + Dollars(margin.margin_usd_micros()) + "\n";
    }
    session.Print(all, text);
    return {};
}

Result<void> ShowStatement(Session& session, const v1::GetStatementRequest& request)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto answer = (*client)->Unary(&v1::FinanceService::Stub::GetStatement, request);
    if (!answer) return answer.error();
    std::string text;
    for (const auto& line : answer->lines()) {
        text += line.kind() + "  " + line.amount() + " " + line.asset() + "  " +
                Dollars(line.usd_micros()) + "\n";
    }
    session.Print(*answer, text);
    return {};
}

Result<void> Export(Session& session, const v1::ExportRequest& request)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto ended = (*client)->Stream(&v1::FinanceService::Stub::Export, request, kExportLimit,
                                         [](const v1::ExportResponse& piece) {
                                             std::cout << piece.text();
                                             return true;
                                         });
    if (!ended) return ended.error();
    std::cout << std::flush;
    return {};
}

}  // namespace

void AddFinanceCommands(CLI::App& app, Session& session)
{
    auto* margin = app.add_subcommand("margin", "Revenue less cost of a customer, or of all");
    const auto one = Slot<v1::GetMarginRequest>();
    const auto set = [](CLI::App& command, const char* name, auto setter, const char* help) {
        command.add_option_function<std::string>(name, setter, help);
    };
    set(
        *margin, "customer", [one](const std::string& v) { one->set_customer(v); },
        "Public key; without it, all");
    set(
        *margin, "--month", [one](const std::string& v) { one->set_month(v); },
        "As 2026-11; without it, all time");
    set(
        *margin, "--viewpoint", [one](const std::string& v) { one->set_viewpoint(v); },
        "operator or marketplace");
    margin->callback([&session, one] {
        Run(session, [&]() -> Result<void> {
            if (!one->customer().empty()) return ShowMargin(session, *one);
            v1::ListMarginsRequest all;
            all.set_month(one->month());
            all.set_viewpoint(one->viewpoint());
            return ShowMargins(session, all);
        });
    });

    auto* statement = app.add_subcommand("statement", "What a customer paid and got in a month");
    const auto month = Slot<v1::GetStatementRequest>();
    set(
        *statement, "--customer", [month](const std::string& v) { month->set_customer(v); },
        "Without it, you");
    set(
        *statement, "--month", [month](const std::string& v) { month->set_month(v); },
        "As 2026-11");
    statement->callback(
        [&session, month] { Run(session, [&] { return ShowStatement(session, *month); }); });

    auto* books = app.add_subcommand("export", "The books as text");
    const auto format = Slot<v1::ExportRequest>();
    set(
        *books, "format", [format](const std::string& v) { format->set_format(v); },
        "csv or hledger");
    set(
        *books, "--month", [format](const std::string& v) { format->set_month(v); }, "As 2026-11");
    set(
        *books, "--customer", [format](const std::string& v) { format->set_customer(v); },
        "Only his");
    books->callback([&session, format] { Run(session, [&] { return Export(session, *format); }); });
}

}  // namespace berth::cli
