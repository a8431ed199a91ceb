#include "relay-image/payment/invoice_maker.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

using money::Amount;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kPreimageSize = 32;

Error Down()
{
    return Fail(ErrorCode::kUnavailable, "LIGHTNING_DOWN",
                "the Lightning node does not answer; ask again later");
}

Error Stopping()
{
    return Fail(ErrorCode::kUnavailable, "PAYMENTS_UNAVAILABLE", "the relay is stopping");
}

}  // namespace

/// Marks an invoice as being made for as long as it lives.
class InvoiceMaker::Making {
public:
    Making(InvoiceMaker& maker, const std::string& payment_hash) : maker_{maker}
    {
        const std::scoped_lock lock{maker_.mutex_};
        maker_.making_ = payment_hash;
    }
    ~Making()
    {
        const std::scoped_lock lock{maker_.mutex_};
        maker_.making_.clear();
    }
    Making(const Making&) = delete;
    Making& operator=(const Making&) = delete;

private:
    InvoiceMaker& maker_;
};

std::string_view NameOf(InvoiceState state)
{
    switch (state) {
        case InvoiceState::kOpen: return "open";
        case InvoiceState::kSettled: return "settled";
        case InvoiceState::kExpired: return "expired";
    }
    return "open";
}

InvoiceMaker::InvoiceMaker(Parts parts) : parts_{parts}, thread_{[this] { Work(); }} {}

void InvoiceMaker::Stop()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    std::deque<Waiting> left;
    {
        const std::scoped_lock lock{mutex_};
        left.swap(queue_);
    }
    for (const auto& waiting : left) waiting.made(Stopping());
}

void InvoiceMaker::Pause(bool is_paused)
{
    const std::scoped_lock lock{mutex_};
    paused_ = is_paused;
}

bool InvoiceMaker::Submit(InvoiceWish wish, Made made)
{
    {
        const std::scoped_lock lock{mutex_};
        if (stopping_ || paused_ || queue_.size() >= parts_.settings.queue_max) return false;
        queue_.push_back({std::move(wish), std::move(made)});
    }
    changed_.notify_one();
    return true;
}

bool InvoiceMaker::IsMaking(const std::string& payment_hash) const
{
    const std::scoped_lock lock{mutex_};
    return making_ == payment_hash;
}

void InvoiceMaker::Work()
{
    while (true) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        const auto waiting = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        waiting.made(Serve(waiting.wish));
    }
}

Result<InvoiceView> InvoiceMaker::Serve(const InvoiceWish& wish)
{
    const auto account = parts_.paywall.Find(wish.pubkey);
    const auto amount = AmountFor(wish, account);
    if (!amount) return amount.error();
    if (auto open = OpenAlready(wish, account, *amount)) return std::move(*open);
    if (const auto room = CheckRoom(wish, account); !room) return room.error();
    if (!parts_.watch.ShouldAsk(Steady::now())) return Down();
    return MakeFor(wish, *amount);
}

Result<Amount> InvoiceMaker::AmountFor(const InvoiceWish& wish, const PaymentAccount& account) const
{
    const auto& settings = parts_.settings;
    if (parts_.paywall.IsExempt(wish.pubkey)) {
        return Fail(ErrorCode::kPrecondition, "NOTHING_TO_PAY",
                    "this key publishes without paying");
    }
    if (!wish.amount) {
        const auto now = ToUnixSeconds(parts_.clock.Now());
        return std::clamp(account.Owed(parts_.paywall.fees(), now), settings.min_topup,
                          settings.max_topup);
    }
    if (*wish.amount < settings.min_topup || *wish.amount > settings.max_topup) {
        return Fail(ErrorCode::kInvalid, "BAD_AMOUNT",
                    "an invoice is over " + settings.min_topup.ToString() + " to " +
                        settings.max_topup.ToString() + " msats");
    }
    return *wish.amount;
}

/// Who asks again is given what he has, as long as there is time to pay it.
std::optional<InvoiceView> InvoiceMaker::OpenAlready(const InvoiceWish& wish,
                                                     const PaymentAccount& account,
                                                     Amount amount) const
{
    const auto enough = ToUnixSeconds(parts_.clock.Now()) + parts_.settings.expiry.count() / 2;
    for (const auto& [hash, invoice] : account.invoices) {
        if (invoice.amount != amount || invoice.request.empty() || invoice.expires_at < enough) {
            continue;
        }
        return InvoiceView{.payment_hash = hash,
                           .pubkey = wish.pubkey,
                           .request = invoice.request,
                           .amount = amount,
                           .expires_at = invoice.expires_at};
    }
    return std::nullopt;
}

Result<void> InvoiceMaker::CheckRoom(const InvoiceWish& wish, const PaymentAccount& account) const
{
    const auto& settings = parts_.settings;
    const auto of_key = wish.is_proven ? 2 * settings.open_per_key : settings.open_per_key;
    if (account.invoices.size() >= of_key) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_INVOICES",
                    "this key has too many open invoices; pay one of them or let it expire");
    }
    if (parts_.paywall.figures().open_invoices >= settings.open_max) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_INVOICES",
                    "the relay has too many open invoices; ask again later");
    }
    return {};
}

Result<InvoiceView> InvoiceMaker::MakeFor(const InvoiceWish& wish, Amount amount)
{
    const auto now = ToUnixSeconds(parts_.clock.Now());
    const InvoiceToMake invoice{.preimage = Secret{RandomBytes(kPreimageSize)},
                                .amount = amount,
                                .memo = parts_.settings.memo + ": " + wish.pubkey,
                                .expiry = parts_.settings.expiry};
    const auto hash = invoice.PaymentHash();
    const OpenInvoice open{
        .amount = amount, .made_at = now, .expires_at = now + parts_.settings.expiry.count()};
    const Making making{*this, hash};
    const auto written =
        parts_.paywall.ChangeNow(wish.pubkey, [&](PaymentAccount& account) -> Result<void> {
            account.invoices[hash] = open;
            return {};
        });
    if (!written) return written.error();
    const auto request = Produce(invoice, hash);
    const bool may_be_made = !request && request.error().code == ErrorCode::kUnknown;
    if (!may_be_made) {
        // If this is not written, looking at the invoice brings the same about later.
        (void)parts_.paywall.ChangeNow(wish.pubkey, [&](PaymentAccount& account) -> Result<void> {
            if (!request) account.invoices.erase(hash);
            if (request) account.invoices[hash].request = *request;
            return {};
        });
    }
    if (!request) return Down();
    return InvoiceView{.payment_hash = hash,
                       .pubkey = wish.pubkey,
                       .request = *request,
                       .amount = amount,
                       .expires_at = open.expires_at};
}

/// The request of an invoice that the node is known to have. Error kUnknown: it may have it; any
/// other: it has not.
Result<std::string> InvoiceMaker::Produce(const InvoiceToMake& invoice,
                                          const std::string& payment_hash)
{
    auto made = parts_.node.MakeInvoice(invoice, Deadline::After(parts_.settings.timeout));
    if (made) {
        parts_.watch.Answered(Steady::now());
        return made;
    }
    parts_.log.Warning("invoice not made", {{"reason", made.error().reason},
                                            {"error", made.error().message},
                                            {"payment_hash", payment_hash}});
    const bool is_there = made.error().code == ErrorCode::kConflict;
    if (!is_there && made.error().code != ErrorCode::kUnknown) {
        parts_.watch.Failed(Steady::now());
        return made;
    }
    const auto found = parts_.node.Look(payment_hash, Deadline::After(parts_.settings.timeout));
    if (found) return found->request;
    // Were it made after this, nobody would ever be told its request, so that nobody could pay it.
    if (found.error().code == ErrorCode::kNotFound) return found.error();
    parts_.watch.Failed(Steady::now());
    return Fail(ErrorCode::kUnknown, found.error().reason, found.error().message);
}

}  // namespace berth::relay
