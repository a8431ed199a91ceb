#include "akash/sandbox/chain/tx_encoding.hpp"

#include <ctime>
#include <iomanip>
#include <map>
#include <sstream>

#include <boost/json.hpp>

#include "akash/chain.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

struct BadTx {
    std::string what;
};

/// A protobuf message under construction. Scalars that are zero or empty are left out, as proto3
/// does.
class Message {
public:
    Message& Number(int field, std::uint64_t value)
    {
        if (value != 0) {
            Tag(field, 0);
            Varint(value);
        }
        return *this;
    }
    Message& Text(int field, std::string_view value)
    {
        if (!value.empty()) Nested(field, value);
        return *this;
    }
    Message& Nested(int field, std::string_view value)
    {
        Tag(field, 2);
        Varint(value.size());
        bytes_ += value;
        return *this;
    }
    Message& Nested(int field, const Message& value) { return Nested(field, value.bytes_); }
    const std::string& bytes() const { return bytes_; }

    void Varint(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
        bytes_ += static_cast<char>(value);
    }

private:
    void Tag(int field, unsigned type) { Varint(static_cast<unsigned>(field) << 3 | type); }

    std::string bytes_;
};

const json::value& At(const json::value& value, std::string_view key)
{
    const auto* object = value.if_object();
    const auto* found = object ? object->if_contains(key) : nullptr;
    if (!found) throw BadTx{"missing field " + std::string{key}};
    return *found;
}

std::string TextAt(const json::value& value, std::string_view key)
{
    const auto* text = At(value, key).if_string();
    if (!text) throw BadTx{"field " + std::string{key} + " is no text"};
    return std::string{text->data(), text->size()};
}

const json::array& ListAt(const json::value& value, std::string_view key)
{
    const auto* list = At(value, key).if_array();
    if (!list) throw BadTx{"field " + std::string{key} + " is no list"};
    return *list;
}

std::uint64_t NumberAt(const json::value& value, std::string_view key)
{
    const auto& field = At(value, key);
    if (const auto* number = field.if_int64(); number && *number >= 0) {
        return static_cast<std::uint64_t>(*number);
    }
    if (const auto* number = field.if_uint64()) return *number;
    if (const auto* text = field.if_string();
        text && IsPlainDecimal({text->data(), text->size()})) {
        return std::strtoull(text->c_str(), nullptr, 10);
    }
    throw BadTx{"field " + std::string{key} + " is no number"};
}

std::string BytesAt(const json::value& value, std::string_view key)
{
    const auto bytes = FromBase64(TextAt(value, key));
    if (!bytes) throw BadTx{"field " + std::string{key} + " is no base64"};
    return *bytes;
}

Message Coin(const json::value& coin)
{
    return Message{}.Text(1, TextAt(coin, "denom")).Text(2, TextAt(coin, "amount"));
}

/// A DecCoin goes over the wire as an integer of 10^-18.
Message DecCoin(const json::value& coin)
{
    const auto amount = akash::ParseDec18(TextAt(coin, "amount"));
    if (!amount) throw BadTx{"bad decimal"};
    return Message{}.Text(1, TextAt(coin, "denom")).Text(2, amount->ToString());
}

Message ResourceValue(const json::value& value) { return Message{}.Text(1, TextAt(value, "val")); }

void Attributes(Message& into, int field, const json::value& owner)
{
    for (const auto& one : ListAt(owner, "attributes")) {
        into.Nested(field, Message{}.Text(1, TextAt(one, "key")).Text(2, TextAt(one, "value")));
    }
}

Message Endpoint(const json::value& endpoint)
{
    static const std::map<std::string, std::uint64_t> kKinds{
        {"SHARED_HTTP", 0}, {"RANDOM_PORT", 1}, {"LEASED_IP", 2}};
    const auto kind = kKinds.find(TextAt(endpoint, "kind"));
    if (kind == kKinds.end()) throw BadTx{"unknown endpoint kind"};
    return Message{}.Number(1, kind->second).Number(2, NumberAt(endpoint, "sequence_number"));
}

Message Resources(const json::value& resource)
{
    Message message;
    message.Number(1, NumberAt(resource, "id"));
    Message cpu = Message{}.Nested(1, ResourceValue(At(At(resource, "cpu"), "units")));
    Attributes(cpu, 2, At(resource, "cpu"));
    Message memory = Message{}.Nested(1, ResourceValue(At(At(resource, "memory"), "quantity")));
    Attributes(memory, 2, At(resource, "memory"));
    message.Nested(2, cpu).Nested(3, memory);
    for (const auto& volume : ListAt(resource, "storage")) {
        Message storage;
        storage.Text(1, TextAt(volume, "name")).Nested(2, ResourceValue(At(volume, "quantity")));
        Attributes(storage, 3, volume);
        message.Nested(4, storage);
    }
    Message gpu = Message{}.Nested(1, ResourceValue(At(At(resource, "gpu"), "units")));
    Attributes(gpu, 2, At(resource, "gpu"));
    message.Nested(5, gpu);
    for (const auto& endpoint : ListAt(resource, "endpoints"))
        message.Nested(6, Endpoint(endpoint));
    return message;
}

Message Group(const json::value& group)
{
    const auto& requirements = At(group, "requirements");
    Message signed_by;
    for (const auto& one : ListAt(At(requirements, "signed_by"), "all_of")) {
        signed_by.Nested(1, std::string{one.as_string()});
    }
    for (const auto& one : ListAt(At(requirements, "signed_by"), "any_of")) {
        signed_by.Nested(2, std::string{one.as_string()});
    }
    Message required = Message{}.Nested(1, signed_by);
    Attributes(required, 2, requirements);
    Message message = Message{}.Text(1, TextAt(group, "name")).Nested(2, required);
    for (const auto& unit : ListAt(group, "resources")) {
        message.Nested(3, Message{}
                              .Nested(1, Resources(At(unit, "resource")))
                              .Number(2, NumberAt(unit, "count"))
                              .Nested(3, DecCoin(At(unit, "price"))));
    }
    return message;
}

Message Deposit(const json::value& deposit)
{
    Message sources;
    for (const auto& source : ListAt(deposit, "sources")) {
        if (source != "balance" && source != "grant") throw BadTx{"unknown deposit source"};
        sources.Varint(source == "balance" ? 1 : 2);
    }
    return Message{}.Nested(1, Coin(At(deposit, "amount"))).Text(5, sources.bytes());
}

Message DeploymentId(const json::value& id)
{
    return Message{}.Text(1, TextAt(id, "owner")).Number(2, NumberAt(id, "dseq"));
}

Message GroupId(const json::value& id) { return DeploymentId(id).Number(3, NumberAt(id, "gseq")); }

Message BidId(const json::value& id)
{
    return GroupId(id)
        .Number(4, NumberAt(id, "oseq"))
        .Text(5, TextAt(id, "provider"))
        .Number(6, NumberAt(id, "bseq"));
}

Message CreateDeployment(const json::value& message)
{
    Message out = Message{}.Nested(1, DeploymentId(At(message, "id")));
    for (const auto& group : ListAt(message, "groups")) out.Nested(2, Group(group));
    return out.Text(3, BytesAt(message, "hash")).Nested(4, Deposit(At(message, "deposit")));
}

Message UpdateDeployment(const json::value& message)
{
    return Message{}.Nested(1, DeploymentId(At(message, "id"))).Text(3, BytesAt(message, "hash"));
}

Message Send(const json::value& message)
{
    Message out =
        Message{}.Text(1, TextAt(message, "from_address")).Text(2, TextAt(message, "to_address"));
    for (const auto& coin : ListAt(message, "amount")) out.Nested(3, Coin(coin));
    return out;
}

Message AccountDeposit(const json::value& message)
{
    const auto& id = At(message, "id");
    if (TextAt(id, "scope") != "deployment") throw BadTx{"unknown scope"};
    return Message{}
        .Text(1, TextAt(message, "signer"))
        .Nested(2, Message{}.Number(1, 1).Text(2, TextAt(id, "xid")))
        .Nested(3, Deposit(At(message, "deposit")));
}

Message CreateProvider(const json::value& message)
{
    auto encoded = Message{}.Text(1, TextAt(message, "owner")).Text(2, TextAt(message, "host_uri"));
    Attributes(encoded, 3, message);
    const auto& info = At(message, "info");
    return encoded.Nested(
        4, Message{}.Text(1, TextAt(info, "email")).Text(2, TextAt(info, "website")));
}

std::string EncodeMessage(const json::value& message)
{
    const auto type = TextAt(message, "@type");
    if (type == "/akash.deployment.v1beta4.MsgCreateDeployment")
        return CreateDeployment(message).bytes();
    if (type == "/akash.deployment.v1beta4.MsgUpdateDeployment")
        return UpdateDeployment(message).bytes();
    if (type == "/akash.deployment.v1beta4.MsgCloseDeployment") {
        return Message{}.Nested(1, DeploymentId(At(message, "id"))).bytes();
    }
    if (type.starts_with("/akash.deployment.v1beta4.Msg") && type.ends_with("Group")) {
        return Message{}.Nested(1, GroupId(At(message, "id"))).bytes();
    }
    if (type == "/akash.market.v1beta5.MsgCreateBid") {
        return Message{}
            .Nested(1, BidId(At(message, "id")))
            .Nested(2, DecCoin(At(message, "price")))
            .Nested(3, Deposit(At(message, "deposit")))
            .bytes();
    }
    if (type == "/akash.market.v1beta5.MsgCreateLease") {
        return Message{}.Nested(1, BidId(At(message, "bid_id"))).bytes();
    }
    if (type == "/akash.market.v1beta5.MsgCloseLease") {
        return Message{}.Nested(1, BidId(At(message, "id"))).bytes();
    }
    if (type == "/akash.escrow.v1.MsgAccountDeposit") return AccountDeposit(message).bytes();
    if (type == "/akash.provider.v1beta4.MsgCreateProvider") return CreateProvider(message).bytes();
    if (type == "/cosmos.bank.v1beta1.MsgSend") return Send(message).bytes();
    throw BadTx{"unable to resolve type URL " + type};
}

Message Timestamp(const std::string& text)
{
    const auto nanoseconds = ParseNanoseconds(text);
    if (nanoseconds < 0) throw BadTx{"bad timestamp"};
    return Message{}
        .Number(1, static_cast<std::uint64_t>(nanoseconds / 1'000'000'000))
        .Number(2, static_cast<std::uint64_t>(nanoseconds % 1'000'000'000));
}

Message Body(const json::value& body)
{
    Message message;
    for (const auto& one : ListAt(body, "messages")) {
        message.Nested(1, Message{}.Text(1, TextAt(one, "@type")).Nested(2, EncodeMessage(one)));
    }
    message.Text(2, TextAt(body, "memo")).Number(3, NumberAt(body, "timeout_height"));
    if (At(body, "unordered").as_bool()) message.Number(4, 1);
    if (!At(body, "timeout_timestamp").is_null()) {
        message.Nested(5, Timestamp(TextAt(body, "timeout_timestamp")));
    }
    return message;
}

Message AuthInfo(const json::value& auth_info)
{
    Message message;
    for (const auto& signer : ListAt(auth_info, "signer_infos")) {
        const auto& key = At(signer, "public_key");
        const Message any = Message{}
                                .Text(1, TextAt(key, "@type"))
                                .Nested(2, Message{}.Text(1, BytesAt(key, "key")));
        const Message mode = Message{}.Nested(1, Message{}.Number(1, 1));  // SIGN_MODE_DIRECT
        message.Nested(
            1, Message{}.Nested(1, any).Nested(2, mode).Number(3, NumberAt(signer, "sequence")));
    }
    const auto& fee = At(auth_info, "fee");
    Message encoded_fee;
    for (const auto& coin : ListAt(fee, "amount")) encoded_fee.Nested(1, Coin(coin));
    encoded_fee.Number(2, NumberAt(fee, "gas_limit"))
        .Text(3, TextAt(fee, "payer"))
        .Text(4, TextAt(fee, "granter"));
    return message.Nested(2, encoded_fee);
}

std::string UpperHex(std::string hex)
{
    for (auto& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return hex;
}

}  // namespace

std::int64_t ParseNanoseconds(std::string_view text)
{
    std::tm parts{};
    std::istringstream in{std::string{text.substr(0, 19)}};
    in >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
    if (in.fail() || text.size() < 20 || text.back() != 'Z') return -1;
    std::string fraction{text.substr(19, text.size() - 20)};
    if (!fraction.empty() && fraction.front() == '.') fraction.erase(0, 1);
    if (fraction.size() > 9 || fraction.find_first_not_of("0123456789") != fraction.npos) return -1;
    fraction.resize(9, '0');
    return ::timegm(&parts) * 1'000'000'000 + std::stol(fraction);
}

Result<EncodedTx> EncodeTx(const json::value& tx)
{
    try {
        EncodedTx encoded{.body = Body(At(tx, "body")).bytes(),
                          .auth_info = AuthInfo(At(tx, "auth_info")).bytes(),
                          .raw = {},
                          .hash = {}};
        Message raw = Message{}.Nested(1, encoded.body).Nested(2, encoded.auth_info);
        for (const auto& signature : ListAt(tx, "signatures")) {
            const auto bytes = FromBase64(signature.as_string());
            if (!bytes) throw BadTx{"bad signature"};
            raw.Nested(3, *bytes);
        }
        encoded.raw = raw.bytes();
        encoded.hash = UpperHex(ToHex(Sha256(encoded.raw)));
        return encoded;
    } catch (const BadTx& bad) {
        return Fail(ErrorCode::kInvalid, "TX_PARSE_ERROR", bad.what + ": tx parse error");
    } catch (const std::exception&) {
        return Fail(ErrorCode::kInvalid, "TX_PARSE_ERROR", "unexpected type: tx parse error");
    }
}

std::string SignBytes(const EncodedTx& tx, const std::string& chain_id,
                      std::uint64_t account_number)
{
    return Message{}
        .Text(1, tx.body)
        .Text(2, tx.auth_info)
        .Text(3, chain_id)
        .Number(4, account_number)
        .bytes();
}

std::string ResponseData(const json::array& messages)
{
    Message data;
    for (const auto& message : messages) {
        data.Nested(2, Message{}.Text(1, TextAt(message, "@type") + "Response"));
    }
    return UpperHex(ToHex(data.bytes()));
}

}  // namespace berth::sandbox
