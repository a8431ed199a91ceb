#include "core/rails/lnd_sandbox/rest.hpp"

#include <limits>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"
#include "core/base/strict_json.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

namespace json = boost::json;

constexpr std::string_view kInvoicePath = "/v1/invoice/";
constexpr std::string_view kCommandPath = "/sandbox/";

// Codes of gRPC.
constexpr int kUnknown = 2;
constexpr int kInvalidArgument = 3;
constexpr int kNotFound = 5;

RestAnswer Good(const json::object& body) { return {.body = json::serialize(body)}; }

RestAnswer Bad(int code, std::string_view message)
{
    const auto status = code == kNotFound ? 404 : code == kInvalidArgument ? 400 : 500;
    return {.status = status,
            .body = json::serialize(
                json::object{{"code", code}, {"message", message}, {"details", json::array{}}})};
}

/// Only a missing invoice has a code of its own.
RestAnswer Bad(const Error& error)
{
    return Bad(error.code == ErrorCode::kNotFound ? kNotFound : kUnknown, error.message);
}

std::string TextOf(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}

/// 64-bit numbers come as text or as numbers.
std::optional<std::int64_t> NumberOf(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    if (!value) return 0;
    if (value->is_int64()) return value->as_int64();
    const auto amount = money::Amount::ParseSigned(TextOf(object, name));
    return amount ? amount->ToInt64() : std::nullopt;
}

json::object Shown(const std::string& hash, const Invoice& invoice)
{
    const bool is_settled = invoice.state == InvoiceState::kSettled;
    const auto sats = [](money::Amount msats) {
        return money::MulDiv(msats, 1, 1000, money::Rounding::kFloor).ToString();
    };
    return {{"memo", invoice.memo},
            {"r_preimage", ToBase64(invoice.preimage)},
            {"r_hash", ToBase64(FromHex(hash).value())},
            {"value", sats(invoice.amount)},
            {"value_msat", invoice.amount.ToString()},
            {"settled", is_settled},
            {"creation_date", std::to_string(invoice.created)},
            {"settle_date", std::to_string(invoice.settled)},
            {"payment_request", invoice.request},
            {"description_hash", ""},
            {"expiry", std::to_string(invoice.expiry)},
            {"cltv_expiry", "18"},
            {"private", false},
            {"add_index", std::to_string(invoice.add_index)},
            {"settle_index", std::to_string(invoice.settle_index)},
            {"amt_paid", invoice.paid.ToString()},
            {"amt_paid_sat", sats(invoice.paid)},
            {"amt_paid_msat", invoice.paid.ToString()},
            {"state", NameOf(invoice.state)},
            {"htlcs", json::array{}},
            {"is_keysend", false}};
}

RestAnswer Add(Node& node, const json::object& asked)
{
    NewInvoice invoice{.preimage = {}, .amount = {}, .memo = TextOf(asked, "memo"), .expiry = 0};
    if (const auto text = TextOf(asked, "r_preimage"); !text.empty()) {
        invoice.preimage = FromBase64(text).value_or("");
    }
    const auto msats = NumberOf(asked, "value_msat");
    const auto expiry = NumberOf(asked, "expiry");
    if (!msats || !expiry) return Bad(kInvalidArgument, "proto: syntax error");
    invoice.amount = *msats;
    invoice.expiry = *expiry;
    const auto hash = node.Add(invoice);
    if (!hash) return Bad(hash.error());
    const auto made = node.Look(*hash);
    return Good({{"r_hash", ToBase64(FromHex(*hash).value())},
                 {"payment_request", made->request},
                 {"add_index", std::to_string(made->add_index)},
                 {"payment_addr", ToBase64(std::string(32, '\0'))}});
}

RestAnswer Look(Node& node, const std::string& hash)
{
    const auto bytes = FromHex(hash);
    if (!bytes) return Bad(kUnknown, "encoding/hex: invalid byte");
    if (bytes->size() != 32) {
        return Bad(kUnknown, "payment hash must be exactly 32 bytes, is instead " +
                                 std::to_string(bytes->size()));
    }
    node.Expire();
    const auto invoice = node.Look(ToHex(*bytes));
    if (!invoice) return Bad(invoice.error());
    return Good(Shown(ToHex(*bytes), *invoice));
}

RestAnswer Information(const Node& node)
{
    json::array chains;
    chains.emplace_back(json::object{{"chain", "bitcoin"}, {"network", "regtest"}});
    return Good({{"version", "0.18.5-beta sandbox"},
                 {"identity_pubkey", node.pubkey()},
                 {"alias", "berth-lnd-sandbox"},
                 {"num_active_channels", 0},
                 {"block_height", 1},
                 {"synced_to_chain", true},
                 {"chains", std::move(chains)}});
}

RestAnswer Cancel(Node& node, const json::object& asked)
{
    const auto bytes = FromBase64(TextOf(asked, "payment_hash"));
    const auto canceled = node.Cancel(ToHex(bytes.value_or("")));
    return canceled ? Good({}) : Bad(canceled.error());
}

RestAnswer Send(Node& node, const json::object& asked)
{
    const auto hash = node.HashOf(TextOf(asked, "payment_request"));
    if (!hash) return Bad(hash.error());
    const auto paid = node.Pay(*hash, node.Look(*hash)->amount);
    return Good({{"payment_error", paid ? "" : paid.error().message},
                 {"payment_preimage", paid ? ToBase64(node.Look(*hash)->preimage) : ""},
                 {"payment_hash", ToBase64(FromHex(*hash).value())}});
}

RestAnswer PayByCommand(Node& node, const json::object& asked)
{
    const auto hash = TextOf(asked, "payment_hash");
    const auto amount = NumberOf(asked, "amt_msat");
    const auto invoice = node.Look(hash);
    if (!invoice || !amount) return Bad(kNotFound, "unable to locate invoice");
    const auto msats = *amount == 0 ? invoice->amount : money::Amount{*amount};
    const bool holds = asked.contains("hold");
    const auto paid = holds ? node.Hold(hash, msats) : node.Pay(hash, msats);
    return paid ? Good({}) : Bad(paid.error());
}

}  // namespace

std::string Rest::TakeFault()
{
    if (fault_times_ == 0) return "none";
    --fault_times_;
    return fault_;
}

std::chrono::milliseconds Rest::TakeDelay(const RestCall& call)
{
    const bool waits =
        fault_ == "slow" && fault_times_ > 0 && !call.target.starts_with(kCommandPath);
    if (waits) --fault_times_;
    return waits ? fault_delay_ : std::chrono::milliseconds{0};
}

RestAnswer Rest::Answer(const RestCall& call)
{
    if (call.target.starts_with(kCommandPath)) return Command(call);
    const auto fault = fault_ == "slow" ? "none" : TakeFault();
    if (fault == "down") return {.body = {}, .cut_off = true};
    if (fault == "error") return {.status = 500, .body = "upstream is not there\n"};
    if (fault == "starting") return Bad(kNotFound, "Not Found");
    if (fault == "locked") {
        return Bad(kUnknown, "wallet locked, unlock it to enable full RPC access");
    }
    auto answer = Serve(call);
    if (fault == "lost") answer.cut_off = true;
    if (fault == "garbage") answer.body = "{\"r_hash\":";
    return answer;
}

RestAnswer Rest::Serve(const RestCall& call)
{
    if (call.macaroon.empty()) return Bad(kUnknown, "expected 1 macaroon, got 0");
    if (call.macaroon != macaroon_) {
        return Bad(kUnknown, "verification failed: signature mismatch after caveat verification");
    }
    const auto& target = call.target;
    if (call.method == "GET" && target == "/v1/getinfo") return Information(node_);
    if (call.method == "GET" && target.starts_with(kInvoicePath)) {
        return Look(node_, target.substr(kInvoicePath.size()));
    }
    const auto body = ParseJsonStrict(call.body);
    if (!body || !body->is_object()) return Bad(kInvalidArgument, "proto: syntax error");
    if (call.method == "POST" && target == "/v1/invoices") return Add(node_, body->as_object());
    if (call.method == "POST" && target == "/v2/invoices/cancel") {
        return Cancel(node_, body->as_object());
    }
    if (call.method == "POST" && target == "/v1/channels/transactions") {
        return Send(node_, body->as_object());
    }
    return Bad(kNotFound, "Not Found");
}

RestAnswer Rest::Command(const RestCall& call)
{
    const auto parsed = ParseJsonStrict(call.body);
    if (!parsed || !parsed->is_object()) return Bad(kInvalidArgument, "a command is an object");
    const auto& asked = parsed->as_object();
    const auto name = call.target.substr(kCommandPath.size());
    if (name == "pay") return PayByCommand(node_, asked);
    if (name == "settle") {
        const auto settled = node_.Settle(TextOf(asked, "payment_hash"));
        return settled ? Good({}) : Bad(settled.error());
    }
    if (name == "forget") {
        return node_.Forget(TextOf(asked, "payment_hash")) ? Good({})
                                                           : Bad(kNotFound, "no such invoice");
    }
    const auto seconds = NumberOf(asked, "seconds");
    if (name == "advance_time" && seconds) {
        node_.AdvanceTime(*seconds);
        return Good({});
    }
    if (name == "fault") return SetFault(asked);
    return Bad(kNotFound, "no such command");
}

RestAnswer Rest::SetFault(const json::object& asked)
{
    const auto times = NumberOf(asked, "times");
    const auto delay = NumberOf(asked, "milliseconds");
    if (!times || !delay) return Bad(kInvalidArgument, "times and milliseconds are numbers");
    fault_ = TextOf(asked, "fault");
    fault_times_ = *times == 0 ? std::numeric_limits<std::int64_t>::max() : *times;
    fault_delay_ = std::chrono::milliseconds{*delay};
    return Good({});
}

}  // namespace berth::rails::lnd_sandbox
