#include "relay-image/http/moderation_pages.hpp"

#include "relay-image/governance/owner_settings.hpp"
#include "relay-image/governance/profile.hpp"
#include "relay-image/http/ask_governor.hpp"
#include "relay-image/http/html.hpp"
#include "relay-image/http/management_endpoint.hpp"
#include "relay-image/http/moderation_forms.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr DashboardTab kTabs[] = {DashboardTab::kContent, DashboardTab::kPeople,
                                  DashboardTab::kAddresses, DashboardTab::kSettings,
                                  DashboardTab::kLog};
constexpr std::string_view kFrom = "from=";
constexpr std::size_t kMaxFrom = 100;

DashboardTab TabAt(std::string_view path)
{
    for (const auto tab : kTabs) {
        if (PathOf(tab) == path) return tab;
    }
    return DashboardTab::kContent;
}

/// `from` of the query, as the links of ours write it.
std::string FromOf(const HttpCall& call)
{
    const std::string_view target{call.request.target().data(), call.request.target().size()};
    const auto at = target.find(kFrom);
    return at == target.npos ? "" : std::string{target.substr(at + kFrom.size(), kMaxFrom)};
}

Answer SeeOther(DashboardTab tab)
{
    return {.status = http::status::see_other,
            .headers = {{"Location", std::string{PathOf(tab)}}, {"Cache-Control", "no-store"}}};
}

Actor Owner() { return {.pubkey = {}, .via = "dashboard", .is_owner = true}; }

/// Takes over what the form says about each setting; switches that are off are not sent.
Result<boost::json::value> SaveAll(Amendment& amendment, const Form& form,
                                   const RelayProfile& profile, const AccessSettings& access)
{
    for (const auto& setting : OwnerSettings()) {
        const std::string name{setting.name};
        auto value = form.Value(name);
        if (setting.kind == OwnerSetting::Kind::kSwitch) value = value.empty() ? "false" : "true";
        if (value == CurrentSetting(name, amendment.rules(), profile, access)) continue;
        if (const auto set = amendment.Set(name, value); !set) return set.error();
    }
    return boost::json::value(true);
}

}  // namespace

ModerationPages::ModerationPages(asio::io_context& io, const SessionContext& sessions,
                                 Governor& governor, const FormToken& token)
    : io_{io}, sessions_{sessions}, governor_{governor}, token_{token}
{
}

void ModerationPages::AddTo(Routes& routes, DashboardPages& dashboard)
{
    for (const auto tab : kTabs) {
        dashboard.AddGuarded(
            routes, Routes::Verb::get, std::string{PathOf(tab)},
            [this, tab](const HttpCall& call) { return Show(tab, FromOf(call), ""); });
    }
    dashboard.AddGuarded(routes, Routes::Verb::post, "/dashboard/act",
                         [this](const HttpCall& call) { return Act(call); });
    dashboard.AddGuarded(routes, Routes::Verb::post, "/dashboard/settings",
                         [this](const HttpCall& call) { return Save(call); });
}

asio::awaitable<std::string> ModerationPages::Body(DashboardTab tab, const ModerationView& view)
{
    const auto rules = sessions_.access.rules();
    switch (tab) {
        case DashboardTab::kPeople: co_return PeopleBody(*rules, view);
        case DashboardTab::kAddresses: co_return AddressesBody(*rules, view);
        case DashboardTab::kSettings:
            co_return SettingsBody(*rules, CurrentProfile(sessions_.profile, sessions_.access),
                                   sessions_.access.Current(), view);
        case DashboardTab::kLog: co_return LogBody(*rules);
        case DashboardTab::kOverview:
        case DashboardTab::kExport:
        case DashboardTab::kContent: break;
    }
    const auto reported = std::make_shared<std::vector<Reported>>();
    auto collect = [reported](Amendment& amendment,
                              EventStore& store) -> Result<boost::json::value> {
        auto found = CollectReports(store, amendment.rules(), amendment.now());
        if (!found) return found.error();
        *reported = std::move(*found);
        return boost::json::value(true);
    };
    const auto collected = co_await AskGovernor(io_, governor_, Owner(), std::move(collect));
    auto shown = view;
    if (!collected) shown.problem = "the reports cannot be read now.";
    co_return ContentBody(*rules, collected ? *reported : std::vector<Reported>{}, shown);
}

asio::awaitable<Answer> ModerationPages::Show(DashboardTab tab, std::string from,
                                              std::string problem)
{
    const ModerationView view{
        .token = token_.text(), .from = std::move(from), .problem = std::move(problem)};
    auto body = co_await Body(tab, view);
    const auto profile = CurrentProfile(sessions_.profile, sessions_.access);
    auto answer = Rendered(HtmlPage{.title = profile.name + ": dashboard",
                                    .body = DashboardMenu(tab) + std::move(body)});
    if (!view.problem.empty()) answer.status = http::status::bad_request;
    co_return answer;
}

asio::awaitable<Answer> ModerationPages::Finish(DashboardTab tab, Governor::Act act)
{
    const auto done = co_await AskGovernor(io_, governor_, Owner(), std::move(act));
    if (done) co_return SeeOther(tab);
    auto answer = co_await Show(tab, "", done.error().message);
    answer.status = StatusOf(done.error().code);
    co_return answer;
}

asio::awaitable<Answer> ModerationPages::Act(const HttpCall& call)
{
    const auto form = Form::Parse(call.request.body());
    if (!form || !token_.IsIn(*form)) {
        co_return Answer{.status = http::status::forbidden,
                         .body = "This form is not of this dashboard, or an old one.\n"};
    }
    const auto tab = TabAt(form->Value("back"));
    auto asked = CallOf(*form);
    if (!asked) co_return co_await Show(tab, "", asked.error().message);
    co_return co_await Finish(tab, ActOf(std::move(*asked)));
}

asio::awaitable<Answer> ModerationPages::Save(const HttpCall& call)
{
    const auto form = Form::Parse(call.request.body());
    if (!form || !token_.IsIn(*form)) {
        co_return Answer{.status = http::status::forbidden,
                         .body = "This form is not of this dashboard, or an old one.\n"};
    }
    auto act = [form = *form, profile = CurrentProfile(sessions_.profile, sessions_.access),
                access = sessions_.access.Current()](Amendment& amendment, EventStore&) {
        return SaveAll(amendment, form, profile, access);
    };
    co_return co_await Finish(DashboardTab::kSettings, std::move(act));
}

}  // namespace berth::relay
