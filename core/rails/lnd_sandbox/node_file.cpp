#include <filesystem>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/rails/lnd_sandbox/node.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

namespace json = boost::json;

json::object ToJson(const Invoice& invoice)
{
    return {{"preimage", ToHex(invoice.preimage)},
            {"memo", invoice.memo},
            {"amount", invoice.amount.ToString()},
            {"request", invoice.request},
            {"created", invoice.created},
            {"expiry", invoice.expiry},
            {"state", static_cast<int>(invoice.state)},
            {"paid", invoice.paid.ToString()},
            {"settled", invoice.settled},
            {"add_index", invoice.add_index},
            {"settle_index", invoice.settle_index}};
}

std::string Text(const json::value& value) { return json::value_to<std::string>(value); }

Invoice ToInvoice(const json::value& value)
{
    return {.preimage = FromHex(Text(value.at("preimage"))).value(),
            .memo = Text(value.at("memo")),
            .amount = money::Amount::Parse(Text(value.at("amount"))).value(),
            .request = Text(value.at("request")),
            .created = value.at("created").to_number<std::int64_t>(),
            .expiry = value.at("expiry").to_number<std::int64_t>(),
            .state = static_cast<InvoiceState>(value.at("state").to_number<int>()),
            .paid = money::Amount::Parse(Text(value.at("paid"))).value(),
            .settled = value.at("settled").to_number<std::int64_t>(),
            .add_index = value.at("add_index").to_number<std::uint64_t>(),
            .settle_index = value.at("settle_index").to_number<std::uint64_t>()};
}

}  // namespace

Result<NodeState> ReadNode(const std::string& path)
{
    if (!std::filesystem::exists(path)) return NodeState{};
    const auto text = ReadFile(path);
    if (!text) return text.error();
    try {
        const auto value = json::parse(*text);
        NodeState state{
            .key = Secret{FromHex(Text(value.at("key"))).value()},
            .clock_offset_seconds = value.at("clock_offset_seconds").to_number<std::int64_t>(),
            .added = value.at("added").to_number<std::uint64_t>(),
            .settled = value.at("settled").to_number<std::uint64_t>(),
            .invoices = {}};
        for (const auto& [hash, invoice] : value.at("invoices").as_object()) {
            state.invoices.emplace(std::string{hash}, ToInvoice(invoice));
        }
        return state;
    } catch (const std::exception& exception) {
        return Fail(ErrorCode::kInvalid, "BAD_NODE_FILE", path + ": " + exception.what());
    }
}

Result<void> WriteNode(const std::string& path, const NodeState& state)
{
    json::object invoices;
    for (const auto& [hash, invoice] : state.invoices) invoices.emplace(hash, ToJson(invoice));
    return WriteFileAtomically(
        path, json::serialize(json::object{{"key", ToHex(state.key.Expose())},
                                           {"clock_offset_seconds", state.clock_offset_seconds},
                                           {"added", state.added},
                                           {"settled", state.settled},
                                           {"invoices", std::move(invoices)}}) +
                  "\n");
}

}  // namespace berth::rails::lnd_sandbox
