#include "relay-image/payment/account.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/strict_json.hpp"

namespace berth::relay {
namespace {

namespace json = boost::json;
using money::Amount;

Error BadRecord()
{
    return Fail(ErrorCode::kInvalid, "BAD_PAYMENT_RECORD", "A payment record cannot be read.");
}

json::object WriteClaim(const UnsettledClaim& claim)
{
    const auto& tag = claim.tag;
    return {{"event", claim.event_id},
            {"channel", tag.channel_id},
            {"amount", tag.cumulative.ToString()},
            {"nonce", std::to_string(tag.nonce)},
            {"signature", tag.signature},
            {"currency", tag.currency}};
}

json::object WriteChannel(const PaidChannel& channel)
{
    json::object object{{"accepted", channel.accepted.ToString()},
                        {"nonce", std::to_string(channel.nonce)}};
    if (channel.claimed > Amount{}) {
        object["claim"] = json::object{{"amount", channel.claimed.ToString()},
                                       {"signature", channel.signature},
                                       {"currency", channel.currency}};
    }
    return object;
}

json::object WriteInvoice(const OpenInvoice& invoice)
{
    return {{"amount", invoice.amount.ToString()},
            {"made_at", invoice.made_at},
            {"expires_at", invoice.expires_at},
            {"request", invoice.request}};
}

/// Accounts without invoices stand there as before there were any.
void WriteInvoices(const PaymentAccount& account, json::object& into)
{
    json::object invoices;
    for (const auto& [hash, invoice] : account.invoices) invoices[hash] = WriteInvoice(invoice);
    json::array receipts;
    for (const auto& [hash, paid] : account.receipts) {
        receipts.emplace_back(json::object{{"hash", hash}, {"paid", paid.ToString()}});
    }
    if (!invoices.empty()) into["invoices"] = std::move(invoices);
    if (!receipts.empty()) into["receipts"] = std::move(receipts);
}

// Those below throw boost::system::system_error or std::exception for what is not as written.

Amount ReadAmount(const json::value& value)
{
    return Amount::ParseSigned(std::string{value.as_string()}).value();
}

std::uint64_t ReadNonce(const json::value& value)
{
    return std::stoull(std::string{value.as_string()});
}

UnsettledClaim ReadClaim(const json::value& value)
{
    const auto text = [&](const char* name) { return std::string{value.at(name).as_string()}; };
    return {.tag = {.channel_id = text("channel"),
                    .cumulative = ReadAmount(value.at("amount")),
                    .nonce = ReadNonce(value.at("nonce")),
                    .signature = text("signature"),
                    .currency = text("currency")},
            .event_id = text("event")};
}

PaidChannel ReadChannel(const json::value& value)
{
    PaidChannel channel{.accepted = ReadAmount(value.at("accepted")),
                        .nonce = ReadNonce(value.at("nonce"))};
    if (const auto* claim = value.as_object().if_contains("claim")) {
        channel.claimed = ReadAmount(claim->at("amount"));
        channel.signature = claim->at("signature").as_string();
        channel.currency = claim->at("currency").as_string();
    }
    return channel;
}

/// Records of before there were invoices have none.
void ReadInvoices(const json::object& object, PaymentAccount& account)
{
    if (const auto* invoices = object.if_contains("invoices")) {
        for (const auto& [hash, invoice] : invoices->as_object()) {
            account.invoices[std::string{hash}] = {
                .amount = ReadAmount(invoice.at("amount")),
                .made_at = invoice.at("made_at").as_int64(),
                .expires_at = invoice.at("expires_at").as_int64(),
                .request = std::string{invoice.at("request").as_string()}};
        }
    }
    if (const auto* receipts = object.if_contains("receipts")) {
        for (const auto& receipt : receipts->as_array()) {
            account.receipts.push_back({.payment_hash = std::string{receipt.at("hash").as_string()},
                                        .paid = ReadAmount(receipt.at("paid"))});
        }
    }
}

PaymentAccount ReadObject(const json::value& value)
{
    PaymentAccount account{.balance = ReadAmount(value.at("balance")),
                           .received = ReadAmount(value.at("received")),
                           .admitted = value.at("admitted").as_bool(),
                           .subscribed_until = value.at("subscribed_until").as_int64(),
                           .channels = {},
                           .charged = {},
                           .unsettled = {},
                           .invoices = {},
                           .receipts = {}};
    for (const auto& [id, channel] : value.at("channels").as_object()) {
        account.channels[std::string{id}] = ReadChannel(channel);
    }
    for (const auto& id : value.at("charged").as_array()) {
        account.charged.emplace_back(id.as_string());
    }
    for (const auto& claim : value.at("unsettled").as_array()) {
        account.unsettled.push_back(ReadClaim(claim));
    }
    ReadInvoices(value.as_object(), account);
    return account;
}

}  // namespace

bool PaymentAccount::IsBlank() const { return *this == PaymentAccount{}; }

bool PaymentAccount::WasCharged(const std::string& event_id) const
{
    return std::ranges::find(charged, event_id) != charged.end();
}

Amount PaymentAccount::Due(const Fees& fees, int kind, std::int64_t now) const
{
    auto due = fees.PriceOf(kind);
    if (!admitted) due += fees.admission;
    if (fees.subscription > Amount{} && now >= subscribed_until) due += fees.subscription;
    return due;
}

void PaymentAccount::Charge(const Fees& fees, int kind, std::int64_t now,
                            const std::string& event_id)
{
    balance -= Due(fees, kind, now);
    if (fees.admission > Amount{}) admitted = true;
    if (fees.subscription > Amount{} && now >= subscribed_until) {
        subscribed_until = now + fees.period.count();
    }
    charged.push_back(event_id);
}

void PaymentAccount::ForgetCharged(
    const std::function<bool(const std::string& event_id)>& is_on_its_way)
{
    while (charged.size() > kRememberedMax && !is_on_its_way(charged.front())) charged.pop_front();
}

void PaymentAccount::Refund(const std::string& event_id, Amount price)
{
    if (std::erase(charged, event_id) > 0) balance += price;
}

Amount PaymentAccount::GrowthOf(const PaymentTag& tag) const
{
    const auto found = channels.find(tag.channel_id);
    const auto before = found == channels.end() ? Amount{} : found->second.accepted;
    return tag.cumulative > before ? tag.cumulative - before : Amount{};
}

Amount PaymentAccount::Hoped() const
{
    std::map<std::string, Amount> highest;
    for (const auto& claim : unsettled) {
        auto& amount = highest[claim.tag.channel_id];
        amount = std::max(amount, claim.tag.cumulative);
    }
    auto hoped = balance;
    for (const auto& [id, amount] : highest) {
        const auto found = channels.find(id);
        const auto before = found == channels.end() ? Amount{} : found->second.accepted;
        if (amount > before) hoped += amount - before;
    }
    return hoped;
}

Result<void> PaymentAccount::CheckClaim(const PaymentTag& tag, Amount min_growth) const
{
    const auto found = channels.find(tag.channel_id);
    if (found == channels.end() && channels.size() >= kChannelsMax) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_CHANNELS",
                    "the key pays by too many channels");
    }
    if (found != channels.end() && tag.nonce <= found->second.nonce) {
        return Fail(ErrorCode::kConflict, "NOT_INCREASING", "the claim's nonce does not rise");
    }
    if (GrowthOf(tag) < min_growth) {
        return Fail(ErrorCode::kInvalid, "DUST", "the claim grows by less than the minimum");
    }
    return {};
}

Amount PaymentAccount::Credit(const PaymentTag& tag, Amount floor)
{
    auto& channel = channels[tag.channel_id];
    const auto before = std::max(channel.accepted, floor);
    const auto credit = tag.cumulative > before ? tag.cumulative - before : Amount{};
    channel.accepted = std::max(tag.cumulative, before);
    channel.nonce = std::max(channel.nonce, tag.nonce);
    if (credit > Amount{}) {
        channel.claimed = tag.cumulative;
        channel.signature = tag.signature;
        channel.currency = tag.currency;
    }
    balance += credit;
    received += credit;
    return credit;
}

bool PaymentAccount::CreditInvoice(const std::string& payment_hash, Amount paid)
{
    if (invoices.erase(payment_hash) == 0) return false;
    balance += paid;
    received += paid;
    receipts.push_back({payment_hash, paid});
    if (receipts.size() > kReceiptsMax) receipts.erase(receipts.begin());
    return true;
}

Amount PaymentAccount::Owed(const Fees& fees, std::int64_t now) const
{
    Amount owed;
    if (!admitted) owed += fees.admission;
    if (fees.subscription > Amount{} && now >= subscribed_until) owed += fees.subscription;
    return owed > balance ? owed - balance : Amount{};
}

std::string WriteAccount(const PaymentAccount& account)
{
    json::object channels;
    for (const auto& [id, channel] : account.channels) {
        channels[id] = WriteChannel(channel);
    }
    json::array unsettled;
    for (const auto& claim : account.unsettled) unsettled.push_back(WriteClaim(claim));
    json::object object{{"balance", account.balance.ToString()},
                        {"received", account.received.ToString()},
                        {"admitted", account.admitted},
                        {"subscribed_until", account.subscribed_until},
                        {"channels", std::move(channels)},
                        {"charged", json::array(account.charged.begin(), account.charged.end())},
                        {"unsettled", std::move(unsettled)}};
    WriteInvoices(account, object);
    return json::serialize(object);
}

Result<PaymentAccount> ReadAccount(std::string_view text)
{
    const auto parsed = ParseJsonStrict(text);
    if (!parsed) return BadRecord();
    try {
        return ReadObject(*parsed);
    } catch (const std::exception&) {
        return BadRecord();
    }
}

}  // namespace berth::relay
