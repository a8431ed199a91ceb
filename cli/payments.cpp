#include <algorithm>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/signed_request.hpp"
#include "cli/text.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/money/amount.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::cli {
namespace {

struct ChannelArguments {
    std::string rail = "xrp";
    std::string channel_id;
    std::string seed_file;
    std::string signature;  ///< Made elsewhere, in place of a seed.
};

struct PayArguments {
    ChannelArguments channel;
    std::string order;
    std::string cumulative;
};

std::string ChannelName(const ChannelArguments& arguments)
{
    return "channels/" + arguments.rail + "-" + arguments.channel_id;
}

/// What the channel's key has to sign so that nobody registers a channel of another.
std::string ProofText(const ChannelArguments& arguments, const std::string& marketplace,
                      const std::string& customer)
{
    return "berth-channel:1:" + marketplace + ":" + customer + ":" + arguments.channel_id;
}

Result<rails::XrpKey> ReadSeed(const std::string& path)
{
    const auto text = ReadFile(path, 4096);
    if (!text) return text.error();
    return rails::XrpKey::FromSeed(text->substr(0, text->find_last_not_of(" \n\r\t") + 1));
}

/// The signature given, or one of the seed over `message`.
Result<std::string> SignatureOver(const std::string& message, const ChannelArguments& arguments)
{
    if (!arguments.signature.empty()) return arguments.signature;
    const auto key = ReadSeed(arguments.seed_file);
    if (!key) return key.error();
    return key->Sign(message);
}

Result<void> RegisterChannel(Session& session, const ChannelArguments& arguments)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    const auto proof = SignatureOver(ProofText(arguments, *marketplace, key->pubkey()), arguments);
    if (!proof) return proof.error();
    v1::ChannelTerms terms;
    terms.set_rail(arguments.rail);
    terms.set_channel_id(arguments.channel_id);
    terms.set_proof(*proof);
    v1::RegisterChannelRequest request;
    request.set_event(SignTerms(kChannelKind, terms, *marketplace, *key, SystemClock{}.Now()));
    const auto answer = (*client)->Unary(&v1::PaymentService::Stub::RegisterChannel, request);
    if (!answer) return answer.error();
    session.Print(answer->channel(), Describe(answer->channel()));
    return {};
}

Result<void> ShowProofText(Session& session, const ChannelArguments& arguments)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    const auto text = ProofText(arguments, *marketplace, key->pubkey());
    session.Print({{"text", text}, {"hex", ToHex(text)}}, text + "\n");
    return {};
}

Result<v1::Channel> ReadChannel(Session& session, const ChannelArguments& arguments)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::GetChannelRequest request;
    request.set_name(ChannelName(arguments));
    auto answer = (*client)->Unary(&v1::PaymentService::Stub::GetChannel, request);
    if (!answer) return answer.error();
    return answer->channel();
}

/// The smallest cumulative amount whose credit covers what is due: accepted + due − unapplied.
Result<money::Amount> AmountToSign(Session& session, const PayArguments& arguments)
{
    if (!arguments.cumulative.empty()) return money::Amount::Parse(arguments.cumulative);
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::GetOrderRequest request;
    request.set_name(OrderName(arguments.order));
    const auto order = (*client)->Unary(&v1::OrderService::Stub::GetOrder, request);
    if (!order) return order.error();
    const auto channel = ReadChannel(session, arguments.channel);
    if (!channel) return channel.error();
    const auto& dues = order->order().due();
    const auto due = std::ranges::find(dues, arguments.channel.rail, &v1::Due::rail);
    if (due == dues.end()) {
        return Fail(ErrorCode::kPrecondition, "NOTHING_DUE",
                    "The order awaits no payment on rail " + arguments.channel.rail + ".");
    }
    const auto amount = money::Amount::Parse(due->amount());
    const auto accepted = money::Amount::Parse(channel->accepted());
    const auto unapplied = money::Amount::Parse(channel->unapplied());
    if (!amount || !accepted || !unapplied) {
        return Fail(ErrorCode::kInternal, "BAD_ANSWER",
                    "The marketplace sent an amount that is none.");
    }
    return *accepted + std::max(*amount - *unapplied, money::Amount{1});
}

Result<void> Pay(Session& session, const PayArguments& arguments)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    const auto cumulative = AmountToSign(session, arguments);
    if (!cumulative) return cumulative.error();
    const auto message = rails::XrpClaimMessage(arguments.channel.channel_id, *cumulative);
    if (!message) return message.error();
    const auto signature = SignatureOver(*message, arguments.channel);
    if (!signature) return signature.error();
    v1::ClaimTerms terms;
    terms.set_rail(arguments.channel.rail);
    terms.set_channel_id(arguments.channel.channel_id);
    terms.set_cumulative(cumulative->ToString());
    terms.set_signature(*signature);
    terms.set_order(OrderName(arguments.order));
    v1::SubmitClaimRequest request;
    request.set_event(SignTerms(kClaimKind, terms, *marketplace, *key, SystemClock{}.Now()));
    const auto answer = (*client)->Unary(&v1::PaymentService::Stub::SubmitClaim, request);
    if (!answer) return answer.error();
    session.Print(*answer, "credited    " + answer->credited() + "\n" + Describe(answer->order()));
    return {};
}

Result<void> ShowChannel(Session& session, const ChannelArguments& arguments)
{
    const auto channel = ReadChannel(session, arguments);
    if (!channel) return channel.error();
    session.Print(*channel, Describe(*channel));
    return {};
}

void AddChannelOptions(CLI::App& command, ChannelArguments& arguments)
{
    command.add_option("channel-id", arguments.channel_id, "Channel as its rail writes it")
        ->required();
    command.add_option("--rail", arguments.rail)->capture_default_str();
}

void AddSignatureOptions(CLI::App& command, ChannelArguments& arguments)
{
    auto* how = command.add_option_group("signature")->require_option(1);
    how->add_option("--seed-file", arguments.seed_file,
                    "File with the channel key's XRP Ledger seed");
    how->add_option("--signature", arguments.signature, "Signature made elsewhere, hex");
}

}  // namespace

void AddPaymentCommands(CLI::App& app, Session& session)
{
    auto* channel =
        app.add_subcommand("channel", "Register and show payment channels")->require_subcommand(1);
    const auto arguments = Slot<ChannelArguments>();
    auto* add = channel->add_subcommand("register", "Make a channel yours here");
    AddChannelOptions(*add, *arguments);
    AddSignatureOptions(*add, *arguments);
    add->callback([&session, arguments] {
        Run(session, [&] { return RegisterChannel(session, *arguments); });
    });
    auto* proof = channel->add_subcommand("proof-text", "Print what the channel's key has to sign");
    AddChannelOptions(*proof, *arguments);
    proof->callback([&session, arguments] {
        Run(session, [&] { return ShowProofText(session, *arguments); });
    });
    auto* get = channel->add_subcommand("get", "Show a channel and its credit");
    AddChannelOptions(*get, *arguments);
    get->callback(
        [&session, arguments] { Run(session, [&] { return ShowChannel(session, *arguments); }); });

    auto* pay = app.add_subcommand("pay", "Sign a claim and pay an order with it");
    const auto payment = Slot<PayArguments>();
    pay->add_option("order", payment->order)->required();
    AddChannelOptions(*pay, payment->channel);
    AddSignatureOptions(*pay, payment->channel);
    pay->add_option("--cumulative", payment->cumulative,
                    "Total to sign; without it, just what the order still needs");
    pay->callback([&session, payment] { Run(session, [&] { return Pay(session, *payment); }); });
}

}  // namespace berth::cli
