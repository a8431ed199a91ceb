#include "relay-image/payment/paywall.hpp"

#include <algorithm>
#include <future>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {

Paywall::Paywall(PaywallSettings settings, PaymentVerifier& verifier,
                 const PaymentJournalFactory& journals, IsMember is_member, const Clock& clock,
                 Log& log)
    : settings_{std::move(settings)}, is_member_{std::move(is_member)}
{
    if (!settings_.fees.Any()) return;
    const auto count = static_cast<unsigned>(settings_.threads);
    for (unsigned i = 0; i < count; ++i) {
        desks_.push_back(std::make_unique<PaymentDesk>(
            journals(),
            PaymentDesk::Parts{settings_, verifier, watch_, owners_, clock, log,
                               [this](const auto& id) { return IsOnItsWay(id); }},
            i, count));
    }
}

void Paywall::Stop()
{
    for (const auto& desk : desks_) desk->Stop();
}

bool Paywall::IsExempt(const std::string& pubkey) const
{
    return settings_.fees.free_authors.contains(pubkey) || (is_member_ && is_member_(pubkey));
}

bool Paywall::IsFree(const nostr::Event& event) const
{
    const auto& fees = settings_.fees;
    if (fees.IsFreeKind(event.kind)) return true;
    const auto recipient = ZapRecipient(event);
    if (recipient.empty() || fees.free_zaps == FreeZaps::kNobodys) return false;
    if (fees.free_zaps == FreeZaps::kMembers && !IsExempt(recipient)) return false;
    return IsZapReceiptTo(event, recipient);
}

PaymentDesk& Paywall::DeskOf(const std::string& pubkey) const
{
    return *desks_[PaymentDesk::IndexOf(pubkey, static_cast<unsigned>(desks_.size()))];
}

void Paywall::Admit(const nostr::Event& event, Decided decided)
{
    if (!enabled() || IsExempt(event.pubkey)) return decided({});
    const bool free = IsFree(event);
    auto tag = ReadPaymentTag(event);
    if (free && (!tag || !*tag)) return decided({});
    if (!tag) {
        return decided(
            {.kind = PaymentDecision::Kind::kRefused, .text = "invalid: " + tag.error().message});
    }
    const bool kept = !IsEphemeral(event.kind);  // Of others nobody tells what became.
    PaymentJob job{.event_id = event.id,
                   .author = event.pubkey,
                   .kind = event.kind,
                   .tag = std::move(*tag),
                   .free = free,
                   .deadline = Deadline::After(settings_.timeout),
                   .decided = [this, id = event.id, kept, decided](const auto& decision) {
                       if (decision.charged && kept) Remember(id);
                       decided(decision);
                   }};
    if (DeskOf(event.pubkey).Submit(std::move(job))) return;
    decided({.kind = PaymentDecision::Kind::kRefused,
             .text = "rate-limited: too many payments wait; send it again later"});
}

bool Paywall::IsOnItsWay(const std::string& event_id)
{
    const std::scoped_lock lock{mutex_};
    return charged_.contains(event_id);
}

void Paywall::Remember(const std::string& event_id)
{
    const std::scoped_lock lock{mutex_};
    charged_.insert(event_id);
}

void Paywall::Settle(const nostr::Event& event, bool stored)
{
    if (!enabled()) return;
    {
        const std::scoped_lock lock{mutex_};
        if (charged_.erase(event.id) == 0 || stored) return;
    }
    DeskOf(event.pubkey).Refund(event.pubkey, event.id, event.kind);
}

PaymentAccount Paywall::Find(const std::string& pubkey) const
{
    if (!enabled()) return {};
    return DeskOf(pubkey).Find(pubkey).value_or(PaymentAccount{});
}

void Paywall::Change(AccountChange change) { DeskOf(change.pubkey).Change(std::move(change)); }

Result<void> Paywall::ChangeNow(const std::string& pubkey, decltype(AccountChange::apply) apply)
{
    const auto promise = std::make_shared<std::promise<Result<void>>>();
    auto made = promise->get_future();
    Change({.pubkey = pubkey, .apply = std::move(apply), .done = [promise](const auto& result) {
                promise->set_value(result);
            }});
    return made.get();
}

std::optional<std::string> Paywall::FindInvoice(const std::string& payment_hash) const
{
    for (const auto& desk : desks_) {
        if (auto pubkey = desk->FindInvoice(payment_hash)) return pubkey;
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Paywall::OpenInvoices() const
{
    std::vector<std::pair<std::string, std::string>> open;
    for (const auto& desk : desks_) desk->ListInvoices(open);
    return open;
}

bool Paywall::HasPaid(const std::string& pubkey) const
{
    return Find(pubkey).received > money::Amount{};
}

bool Paywall::loaded() const
{
    return std::ranges::all_of(desks_, [](const auto& desk) { return desk->loaded(); });
}

std::chrono::milliseconds Paywall::longest_wait() const
{
    if (!enabled()) return {};
    return settings_.timeout + settings_.verify_timeout;
}

PaymentFigures Paywall::figures() const
{
    PaymentFigures figures{.unit = std::string{settings_.fees.unit()}};
    if (!enabled()) return figures;
    figures.verifier = watch_.state();
    for (const auto& desk : desks_) {
        const auto part = desk->figures();
        figures.received += part.received;
        figures.paid += part.paid;
        figures.refused += part.refused;
        figures.accounts += part.accounts;
        figures.unsettled += part.unsettled;
        figures.open_invoices += part.open_invoices;
    }
    return figures;
}

}  // namespace berth::relay
