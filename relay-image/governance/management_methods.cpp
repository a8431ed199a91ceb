#include "relay-image/governance/management_methods.hpp"

#include <boost/json/array.hpp>

namespace berth::relay {
namespace {

namespace json = boost::json;
using Answer = Result<json::value>;

constexpr std::int64_t kInviteLifetime = 7 * 86400;

Answer Done(const Result<void>& made)
{
    if (!made) return made.error();
    return json::value(true);
}

/// `[true, ""]`, or `[false, why]`: two methods of the NIP answer so.
Answer SaysWhyNot(const Result<void>& made)
{
    return json::value(json::array{made.has_value(), made ? "" : made.error().message});
}

using OnSubject = Result<void> (Amendment::*)(const std::string&);
using WithReason = Result<void> (Amendment::*)(const std::string&, const std::string&);
using OnKind = Result<void> (Amendment::*)(int);
using Read = Result<std::string> (Parameters::*)(std::size_t) const;

template <Read read, OnSubject act>
Answer One(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto subject = (parameters.*read)(0);
    if (!subject) return subject.error();
    return Done((amendment.*act)(*subject));
}

template <Read read, WithReason act>
Answer OneWithReason(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto subject = (parameters.*read)(0);
    if (!subject) return subject.error();
    const auto reason = parameters.OptionalText(1);
    if (!reason) return reason.error();
    return Done((amendment.*act)(*subject, *reason));
}

template <OnKind act>
Answer OneKind(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto kind = parameters.Kind(0);
    if (!kind) return kind.error();
    return Done((amendment.*act)(*kind));
}

template <WithReason act>
Answer KeyAndText(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto pubkey = parameters.Pubkey(0);
    if (!pubkey) return pubkey.error();
    const auto text = parameters.Text(1);
    if (!text) return text.error();
    return Done((amendment.*act)(*pubkey, *text));
}

template <WithReason act>
Answer KeyAndMethod(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto pubkey = parameters.Pubkey(0);
    if (!pubkey) return pubkey.error();
    const auto method = parameters.Text(1);
    if (!method) return method.error();
    return SaysWhyNot((amendment.*act)(*pubkey, *method));
}

Answer BanPubkey(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto pubkey = parameters.Pubkey(0);
    if (!pubkey) return pubkey.error();
    const auto reason = parameters.OptionalText(1);
    if (!reason) return reason.error();
    const auto& settings = amendment.rules().settings;
    const auto usual = settings.find("ban_removes_events");
    const auto purge =
        parameters.OptionalBool(2, usual != settings.end() && usual->second == "true");
    if (!purge) return purge.error();
    return Done(amendment.BanPubkey(*pubkey, *reason, *purge));
}

Result<RoleDraft> ReadRole(const Amendment& amendment, const Parameters& parameters)
{
    RoleDraft draft;
    std::string* const texts[] = {&draft.id, &draft.role.label, &draft.role.description,
                                  &draft.role.color};
    for (std::size_t place = 0; place < std::size(texts); ++place) {
        auto text = place == 0 ? parameters.Text(place) : parameters.OptionalText(place);
        if (!text) return text.error();
        *texts[place] = std::move(*text);
    }
    const auto order = parameters.OptionalInteger(4, 0);
    if (!order) return order.error();
    draft.role.order = *order;
    const auto known = amendment.rules().roles.find(draft.id);
    if (!parameters.Has(5)) {  // The NIP's call knows no powers: they stay what they are.
        if (known != amendment.rules().roles.end()) draft.role.methods = known->second.methods;
        return draft;
    }
    auto methods = parameters.OptionalTexts(5);
    if (!methods) return methods.error();
    draft.role.methods = std::move(*methods);
    return draft;
}

template <Result<void> (Amendment::*act)(const RoleDraft&)>
Answer OneRole(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto draft = ReadRole(amendment, parameters);
    if (!draft) return draft.error();
    return Done((amendment.*act)(*draft));
}

Answer CreateClaim(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto code = parameters.OptionalText(0);
    const auto role = parameters.OptionalText(1);
    const auto uses = parameters.OptionalInteger(2, 1);
    const auto lifetime = parameters.OptionalInteger(3, kInviteLifetime);
    if (!code) return code.error();
    if (!role) return role.error();
    if (!uses) return uses.error();
    if (!lifetime) return lifetime.error();
    const auto made = amendment.CreateInvite(
        {.code = *code, .role = *role, .max_uses = *uses, .lifetime = *lifetime});
    if (!made) return made.error();
    return json::value(*made);
}

template <const char* const& name>
Answer Change(Amendment& amendment, EventStore&, const Parameters& parameters)
{
    const auto value = parameters.Text(0);
    if (!value) return value.error();
    return Done(amendment.Set(name, *value));
}

constexpr const char* kName = "name";
constexpr const char* kDescription = "description";
constexpr const char* kIcon = "icon";

struct Named {
    std::string_view name;
    ManagementMethod method;
};

using A = Amendment;
using P = Parameters;

const Named kMethods[] = {
    {"banpubkey", BanPubkey},
    {"unbanpubkey", One<&P::Pubkey, &A::UnbanPubkey>},
    {"allowpubkey", OneWithReason<&P::Pubkey, &A::AllowPubkey>},
    {"unallowpubkey", One<&P::Pubkey, &A::UnallowPubkey>},
    {"createrole", OneRole<&A::CreateRole>},
    {"editrole", OneRole<&A::EditRole>},
    {"deleterole", One<&P::Text, &A::DeleteRole>},
    {"assignrole", KeyAndText<&A::AssignRole>},
    {"unassignrole", KeyAndText<&A::UnassignRole>},
    {"assignmethod", KeyAndMethod<&A::AssignMethod>},
    {"unassignmethod", KeyAndMethod<&A::UnassignMethod>},
    {"allowevent", OneWithReason<&P::EventId, &A::AllowEvent>},
    {"unallowevent", One<&P::EventId, &A::UnallowEvent>},
    {"banevent", OneWithReason<&P::EventId, &A::BanEvent>},
    {"unbanevent", One<&P::EventId, &A::UnbanEvent>},
    {"changerelayname", Change<kName>},
    {"changerelaydescription", Change<kDescription>},
    {"changerelayicon", Change<kIcon>},
    {"allowkind", OneKind<&A::AllowKind>},
    {"disallowkind", OneKind<&A::DisallowKind>},
    {"clearkind", OneKind<&A::ClearKind>},
    {"blockip", OneWithReason<&P::Text, &A::Block>},
    {"unblockip", One<&P::Text, &A::Unblock>},
    {"createclaim", CreateClaim},
    {"deleteclaim", One<&P::Text, &A::DeleteInvite>},
};

}  // namespace

ManagementMethod FindMethod(std::string_view name)
{
    for (const auto& method : kMethods) {
        if (method.name == name) return method.method;
    }
    return FindListing(name);
}

}  // namespace berth::relay
