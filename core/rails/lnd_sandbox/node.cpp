#include "core/rails/lnd_sandbox/node.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/lnd_sandbox/bolt11.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

constexpr std::int64_t kDefaultExpiry = 86'400;
constexpr std::int64_t kExpiryMax = 31'536'000;
constexpr std::size_t kMemoMax = 639;
constexpr auto kNetwork = "bcrt";

Error NotFound()
{
    return Fail(ErrorCode::kNotFound, "INVOICE_NOT_FOUND", "unable to locate invoice");
}

Error BadInvoice(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_INVOICE", std::move(message));
}

Error TurnedBack()
{
    return Fail(ErrorCode::kPrecondition, "INCORRECT_PAYMENT_DETAILS", "incorrect_payment_details");
}

}  // namespace

std::string_view NameOf(InvoiceState state)
{
    switch (state) {
        case InvoiceState::kOpen: return "OPEN";
        case InvoiceState::kSettled: return "SETTLED";
        case InvoiceState::kCanceled: return "CANCELED";
        case InvoiceState::kAccepted: return "ACCEPTED";
    }
    return "OPEN";
}

Node::Node(NodeState state, const Clock& clock) : state_{std::move(state)}, clock_{clock}
{
    while (pubkey().empty()) state_.key = Secret{RandomBytes(32)};
}

std::string Node::pubkey() const { return NodePubkey(state_.key); }

std::int64_t Node::Now() const { return ToUnixSeconds(clock_.Now()) + state_.clock_offset_seconds; }

Result<std::string> Node::Add(const NewInvoice& asked)
{
    const auto preimage = asked.preimage.value_or(RandomBytes(32));
    if (preimage.size() != 32) return BadInvoice("invalid preimage length of 32");
    if (asked.memo.size() > kMemoMax) return BadInvoice("memo too large");
    if (asked.amount <= money::Amount{}) {
        return BadInvoice("payments of negative value are not allowed");
    }
    if (asked.expiry < 0 || asked.expiry > kExpiryMax) return BadInvoice("expiry is out of range");
    const auto bytes = Sha256(preimage);
    const auto hash = ToHex(bytes);
    if (state_.invoices.contains(hash)) {
        return Fail(ErrorCode::kConflict, "INVOICE_EXISTS",
                    "invoice with payment hash already exists");
    }
    Invoice invoice{.preimage = preimage,
                    .memo = asked.memo,
                    .amount = asked.amount,
                    .request = {},
                    .created = Now(),
                    .expiry = asked.expiry == 0 ? kDefaultExpiry : asked.expiry,
                    .paid = {},
                    .add_index = ++state_.added};
    invoice.request = EncodeBolt11({.network = kNetwork,
                                    .amount = invoice.amount,
                                    .timestamp = invoice.created,
                                    .payment_hash = {bytes.begin(), bytes.end()},
                                    .payment_secret = RandomBytes(32),
                                    .description = invoice.memo,
                                    .expiry = std::chrono::seconds{invoice.expiry}},
                                   state_.key);
    state_.invoices.emplace(hash, std::move(invoice));
    return hash;
}

Result<Invoice> Node::Look(const std::string& payment_hash) const
{
    const auto found = state_.invoices.find(payment_hash);
    if (found == state_.invoices.end()) return NotFound();
    return found->second;
}

Result<std::string> Node::HashOf(const std::string& request) const
{
    const auto found = std::ranges::find_if(
        state_.invoices, [&](const auto& invoice) { return invoice.second.request == request; });
    if (found == state_.invoices.end()) return NotFound();
    return found->first;
}

Result<Invoice*> Node::Find(const std::string& payment_hash)
{
    Expire();
    const auto found = state_.invoices.find(payment_hash);
    if (found == state_.invoices.end()) return NotFound();
    return &found->second;
}

Result<void> Node::Cancel(const std::string& payment_hash)
{
    const auto invoice = Find(payment_hash);
    if (!invoice) return invoice.error();
    if ((*invoice)->state == InvoiceState::kSettled) {
        return Fail(ErrorCode::kPrecondition, "INVOICE_SETTLED", "invoice already settled");
    }
    (*invoice)->state = InvoiceState::kCanceled;
    return {};
}

Result<void> Node::Hold(const std::string& payment_hash, money::Amount amount)
{
    const auto invoice = Find(payment_hash);
    if (!invoice) return invoice.error();
    if ((*invoice)->state != InvoiceState::kOpen || amount < (*invoice)->amount) {
        return TurnedBack();
    }
    (*invoice)->state = InvoiceState::kAccepted;
    (*invoice)->paid = amount;
    return {};
}

Result<void> Node::Settle(const std::string& payment_hash)
{
    const auto invoice = Find(payment_hash);
    if (!invoice) return invoice.error();
    if ((*invoice)->state != InvoiceState::kAccepted) {
        return Fail(ErrorCode::kPrecondition, "INVOICE_OPEN", "invoice still open");
    }
    (*invoice)->state = InvoiceState::kSettled;
    (*invoice)->settled = Now();
    (*invoice)->settle_index = ++state_.settled;
    return {};
}

Result<void> Node::Pay(const std::string& payment_hash, money::Amount amount)
{
    const auto held = Hold(payment_hash, amount);
    if (!held) return held;
    return Settle(payment_hash);
}

bool Node::Forget(const std::string& payment_hash)
{
    return state_.invoices.erase(payment_hash) > 0;
}

void Node::AdvanceTime(std::int64_t seconds)
{
    state_.clock_offset_seconds += seconds;
    Expire();
}

bool Node::Expire()
{
    bool any = false;
    for (auto& [hash, invoice] : state_.invoices) {
        if (invoice.state != InvoiceState::kOpen || invoice.created + invoice.expiry > Now()) {
            continue;
        }
        invoice.state = InvoiceState::kCanceled;
        any = true;
    }
    return any;
}

}  // namespace berth::rails::lnd_sandbox
