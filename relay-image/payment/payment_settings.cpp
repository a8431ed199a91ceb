#include "relay-image/payment/payment_settings.hpp"

#include <algorithm>
#include <array>

#include "core/rails/xrp.hpp"

namespace berth::relay {
namespace {

using config::Setting;
using enum config::Type;

constexpr std::size_t kMemoMax = 200;

constexpr auto kSettings = std::to_array<Setting>({
    {"relay.payment.verifier", kText, "none", "none, local, marketplace or dassie"},
    {"relay.payment.asset", kText, "xrp",
     "of all amounts: xrp (in drops) or btc (in millisatoshis)"},
    {"relay.payment.admission", kInteger, "0", "amount that a key pays once", 0},
    {"relay.payment.subscription", kInteger, "0", "amount that a key pays for each period", 0},
    {"relay.payment.subscription_period", kDuration, "30d", "of the subscription", 1000},
    {"relay.payment.publication", kList, "",
     "amounts for an event, the first that fits: `1=10, *=5`"},
    {"relay.payment.free_kinds", kList, "0, 3, 10002", "kinds that nobody pays for; ranges by -"},
    {"relay.payment.free_authors", kList, "", "public keys that never pay, beside the members"},
    {"relay.payment.free_zaps", kText, "members",
     "whose zap receipts are free: members, all, none"},
    {"relay.payment.min_growth", kInteger, "1", "amount by which a claim has to grow", 1},
    {"relay.payment.when_down", kText, "deny", "verifier down: deny, or accept and settle later"},
    {"relay.payment.unsettled_max", kInteger, "1000", "claims that wait for the verifier", 0,
     1'000'000},
    {"relay.payment.accounts_max", kInteger, "1000000", "keys that have paid", 1, 100'000'000},
    {"relay.payment.threads", kInteger, "4", "threads that take payments", 1, 64},
    {"relay.payment.queue_max", kInteger, "4096", "events that wait for their payment", 1,
     1'000'000},
    {"relay.payment.timeout", kDuration, "10s", "longest wait of an event for its payment", 100},
    {"relay.payment.verify_timeout", kDuration, "4s", "of one question to the verifier", 100},
    {"relay.payment.settle_interval", kDuration, "5s", "between looks at unsettled claims", 10},
    {"relay.payment.xrp.url", kText, "", "local: JSON-RPC of a rippled server"},
    {"relay.payment.xrp.account", kText, "", "local: the owner's address, which channels pay to"},
    {"relay.payment.xrp.destination_tag", kInteger, "-1", "local: tag of channels; -1 for none", -1,
     4'294'967'295},
    {"relay.payment.xrp.network", kText, "xrpl:0", "local: `xrpl:` and the network's id"},
    {"relay.payment.xrp.min_settle_delay", kDuration, "1h", "local: of channels", 0},
    {"relay.payment.xrp.redeem_window", kDuration, "6h", "local: before a channel's end", 0},
    {"relay.payment.marketplace.address", kText, "", "marketplace: host:port"},
    {"relay.payment.marketplace.ca_file", kText, "", "marketplace: PEM; empty: the system's"},
    {"relay.payment.marketplace.plaintext", kBool, "false",
     "marketplace: without TLS, on loopback"},
    {"relay.payment.report_interval", kDuration, "1m", "between reports of revenue to it", 10},
    {"relay.payment.key_file", kSecretFile, "",
     "marketplace: file with the relay's own secret key"},
    {"relay.payment.dassie.url", kText, "", "dassie: ws:// or wss:// of its JSON-RPC"},
    {"relay.payment.dassie.token_file", kSecretFile, "", "dassie: file with its token"},
    {"relay.payment.lightning.url", kText, "", "https:// of LND's REST interface; empty: none"},
    {"relay.payment.lightning.macaroon_file", kSecretFile, "",
     "file with its macaroon in hex, as `lncli bakemacaroon` prints it"},
    {"relay.payment.lightning.certificate_file", kText, "",
     "its tls.cert, PEM; empty: the system's trust"},
    {"relay.payment.lightning.private", kBool, "false",
     "invoices tell the way through unannounced channels"},
    {"relay.payment.lightning.memo", kText, "Nostr relay", "what the payer's wallet shows"},
    {"relay.payment.lightning.expiry", kDuration, "10m", "of an invoice", 60'000, 86'400'000},
    {"relay.payment.lightning.min_topup", kInteger, "1000", "least msats of an invoice", 1},
    {"relay.payment.lightning.max_topup", kInteger, "100000000", "most msats of an invoice", 1,
     1'000'000'000'000},
    {"relay.payment.lightning.open_per_key", kInteger, "3",
     "open invoices of a key; twice as many if it asks by itself", 1, 100},
    {"relay.payment.lightning.open_max", kInteger, "500", "open invoices of all keys", 1, 100'000},
    {"relay.payment.lightning.rate", kInteger, "6", "invoices a minute for an address; 0: any", 0},
    {"relay.payment.lightning.rate_all", kInteger, "60", "the same for all addresses", 0},
    {"relay.payment.lightning.timeout", kDuration, "5s", "of one question to the node", 100},
    {"relay.payment.lightning.look_interval", kDuration, "1s", "between looks at a fresh invoice",
     10},
});

Error BadValue(std::string_view setting, const std::string& value)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_BAD_VALUE",
                std::string{setting} + ": \"" + value + "\" cannot be.");
}

Error Missing(std::string_view setting)
{
    return Fail(ErrorCode::kInvalid, "CONFIG_MISSING", std::string{setting} + " is needed.");
}

Result<VerifierKind> ReadVerifier(const std::string& text)
{
    if (text == "none") return VerifierKind::kNone;
    if (text == "local") return VerifierKind::kLocal;
    if (text == "marketplace") return VerifierKind::kMarketplace;
    if (text == "dassie") return VerifierKind::kDassie;
    return BadValue("relay.payment.verifier", text);
}

Result<FreeZaps> ReadFreeZaps(const std::string& text)
{
    if (text == "members") return FreeZaps::kMembers;
    if (text == "all") return FreeZaps::kEverybodys;
    if (text == "none") return FreeZaps::kNobodys;
    return BadValue("relay.payment.free_zaps", text);
}

/// `kinds=amount`.
Result<KindPrice> ReadPrice(const std::string& text)
{
    const auto equals = text.find('=');
    const auto kinds = ParseKinds(text.substr(0, equals));
    const auto amount = equals == std::string::npos
                            ? Result<money::Amount>{BadValue("relay.payment.publication", text)}
                            : money::Amount::Parse(text.substr(equals + 1));
    if (!kinds || !amount || !amount->ToInt64()) return BadValue("relay.payment.publication", text);
    return KindPrice{*kinds, *amount};
}

Result<Fees> ReadFees(const config::Config& config, const std::string& owner)
{
    Fees fees;
    fees.asset = config.Text("relay.payment.asset");
    if (fees.asset != "xrp" && fees.asset != "btc") {
        return BadValue("relay.payment.asset", fees.asset);
    }
    fees.admission = config.Integer("relay.payment.admission");
    fees.subscription = config.Integer("relay.payment.subscription");
    fees.period = std::chrono::floor<std::chrono::seconds>(
        config.Duration("relay.payment.subscription_period"));
    for (const auto& text : config.List("relay.payment.publication")) {
        const auto price = ReadPrice(text);
        if (!price) return price.error();
        fees.publication.push_back(*price);
    }
    for (const auto& text : config.List("relay.payment.free_kinds")) {
        const auto kinds = ParseKinds(text);
        if (!kinds) return BadValue("relay.payment.free_kinds", text);
        fees.free_kinds.push_back(*kinds);
    }
    if (!owner.empty()) fees.free_authors.insert(owner);
    for (const auto& text : config.List("relay.payment.free_authors")) {
        const auto pubkey = nostr::ParsePubkey(text);
        if (!pubkey) return BadValue("relay.payment.free_authors", text);
        fees.free_authors.insert(*pubkey);
    }
    const auto zaps = ReadFreeZaps(config.Text("relay.payment.free_zaps"));
    if (!zaps) return zaps.error();
    fees.free_zaps = *zaps;
    return fees;
}

/// `https://host/payments` of `wss://host`; empty if the relay does not know its address.
std::string PaymentsUrl(std::string relay_url)
{
    if (!relay_url.starts_with("ws")) return "";
    while (relay_url.ends_with('/')) relay_url.pop_back();
    return "http" + relay_url.substr(2) + "/payments";
}

Result<PaywallSettings> ReadPaywall(const config::Config& config, const std::string& owner,
                                    const std::string& relay_url)
{
    auto fees = ReadFees(config, owner);
    if (!fees) return fees.error();
    const auto& when_down = config.Text("relay.payment.when_down");
    if (when_down != "deny" && when_down != "accept") {
        return BadValue("relay.payment.when_down", when_down);
    }
    const auto count = [&](std::string_view key) {
        return static_cast<std::size_t>(config.Integer(key));
    };
    return PaywallSettings{.fees = std::move(*fees),
                           .min_growth = config.Integer("relay.payment.min_growth"),
                           .accept_when_down = when_down == "accept",
                           .unsettled_max = count("relay.payment.unsettled_max"),
                           .accounts_max = count("relay.payment.accounts_max"),
                           .threads = static_cast<int>(config.Integer("relay.payment.threads")),
                           .queue_max = count("relay.payment.queue_max"),
                           .timeout = config.Duration("relay.payment.timeout"),
                           .verify_timeout = config.Duration("relay.payment.verify_timeout"),
                           .settle_interval = config.Duration("relay.payment.settle_interval"),
                           .payments_url = PaymentsUrl(relay_url)};
}

LocalVerifier::Options ReadLocal(const config::Config& config)
{
    const auto seconds = [&](std::string_view key) {
        return std::chrono::floor<std::chrono::seconds>(config.Duration(key));
    };
    LocalVerifier::Options local{.payee = config.Text("relay.payment.xrp.account")};
    local.network = config.Text("relay.payment.xrp.network");
    local.policy.min_growth = config.Integer("relay.payment.min_growth");
    local.policy.min_settle_delay = seconds("relay.payment.xrp.min_settle_delay");
    local.policy.redeem_window = seconds("relay.payment.xrp.redeem_window");
    const auto tag = config.Integer("relay.payment.xrp.destination_tag");
    if (tag >= 0) local.destination_tag = static_cast<std::uint32_t>(tag);
    return local;
}

LightningSettings ReadLightning(const config::Config& config)
{
    const auto count = [&](std::string_view key) {
        return static_cast<std::size_t>(config.Integer(key));
    };
    return {
        .lnd = {.url = config.Text("relay.payment.lightning.url"),
                .macaroon = config.SecretOf("relay.payment.lightning.macaroon_file"),
                .ca_file = config.Text("relay.payment.lightning.certificate_file"),
                .is_private = config.Bool("relay.payment.lightning.private")},
        .invoices = {.expiry = std::chrono::floor<std::chrono::seconds>(
                         config.Duration("relay.payment.lightning.expiry")),
                     .min_topup = config.Integer("relay.payment.lightning.min_topup"),
                     .max_topup = config.Integer("relay.payment.lightning.max_topup"),
                     .open_per_key = count("relay.payment.lightning.open_per_key"),
                     .open_max = count("relay.payment.lightning.open_max"),
                     .per_address = config.Integer("relay.payment.lightning.rate"),
                     .per_minute = config.Integer("relay.payment.lightning.rate_all"),
                     .beside_claims = config.Text("relay.payment.verifier") != "none",
                     .memo = config.Text("relay.payment.lightning.memo"),
                     .timeout = config.Duration("relay.payment.lightning.timeout"),
                     .look_interval = config.Duration("relay.payment.lightning.look_interval")}};
}

/// Whether invoices can be made and pay for what is asked.
Result<void> CheckLightning(const PaymentSettings& settings)
{
    const auto& invoices = settings.lightning.invoices;
    const auto& fees = settings.paywall.fees;
    if (!settings.lightning.is_on()) return {};
    if (fees.asset != "btc") return BadValue("relay.payment.asset", fees.asset);
    if (settings.lightning.lnd.macaroon.empty()) {
        return Missing("relay.payment.lightning.macaroon_file");
    }
    if (const auto node = LndNode::Make(settings.lightning.lnd); !node) return node.error();
    const bool pays = invoices.max_topup >= invoices.min_topup &&
                      invoices.max_topup >= fees.admission + fees.subscription;
    if (!pays) {
        return BadValue("relay.payment.lightning.max_topup", invoices.max_topup.ToString());
    }
    const bool is_plain = std::ranges::none_of(
        invoices.memo, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (!is_plain || invoices.memo.size() > kMemoMax) {
        return BadValue("relay.payment.lightning.memo", invoices.memo);
    }
    return {};
}

/// Whether the verifier that was chosen has what it needs.
Result<void> CheckVerifier(const PaymentSettings& settings)
{
    if (settings.verifier == VerifierKind::kNone && settings.paywall.fees.Any()) {
        if (!settings.lightning.is_on()) {
            return Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                        "relay.payment asks for fees; relay.payment.verifier or "
                        "relay.payment.lightning.url says how they are paid.");
        }
        if (settings.paywall.accept_when_down) {
            return BadValue("relay.payment.when_down", "accept");  // There are no claims to settle.
        }
    }
    if (settings.verifier == VerifierKind::kLocal) {
        if (settings.paywall.fees.asset != "xrp") {
            return BadValue("relay.payment.asset", settings.paywall.fees.asset);
        }
        if (settings.ledger_url.empty()) return Missing("relay.payment.xrp.url");
        if (!rails::FromXrpAddress(settings.local.payee)) {
            return BadValue("relay.payment.xrp.account", settings.local.payee);
        }
    }
    const auto& marketplace = settings.marketplace.address;
    if (settings.verifier == VerifierKind::kMarketplace && marketplace.empty()) {
        return Missing("relay.payment.marketplace.address");
    }
    if (!marketplace.empty() && settings.relay_key.empty()) {
        return Missing("relay.payment.key_file");
    }
    if (settings.verifier == VerifierKind::kDassie) {
        if (settings.dassie_url.empty()) return Missing("relay.payment.dassie.url");
        if (settings.dassie_token.empty()) return Missing("relay.payment.dassie.token_file");
    }
    return {};
}

}  // namespace

std::span<const Setting> PaymentSettingsTable() { return kSettings; }

Result<PaymentSettings> ReadPaymentSettings(const config::Config& config, const std::string& owner,
                                            const std::string& relay_url)
{
    const auto verifier = ReadVerifier(config.Text("relay.payment.verifier"));
    if (!verifier) return verifier.error();
    auto paywall = ReadPaywall(config, owner, relay_url);
    if (!paywall) return paywall.error();
    PaymentSettings settings{
        .verifier = *verifier,
        .paywall = std::move(*paywall),
        .local = ReadLocal(config),
        .ledger_url = config.Text("relay.payment.xrp.url"),
        .marketplace = {.address = config.Text("relay.payment.marketplace.address"),
                        .ca_file = config.Text("relay.payment.marketplace.ca_file"),
                        .plaintext = config.Bool("relay.payment.marketplace.plaintext")},
        .report_interval = config.Duration("relay.payment.report_interval"),
        .relay_key = config.SecretOf("relay.payment.key_file"),
        .dassie_url = config.Text("relay.payment.dassie.url"),
        .dassie_token = config.SecretOf("relay.payment.dassie.token_file"),
        .lightning = ReadLightning(config)};
    if (const auto complete = CheckLightning(settings); !complete) return complete.error();
    if (const auto complete = CheckVerifier(settings); !complete) return complete.error();
    return settings;
}

}  // namespace berth::relay
