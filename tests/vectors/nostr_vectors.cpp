#include <map>
#include <set>
#include <sstream>

#include "core/base/encoding.hpp"
#include "core/nostr/encryption.hpp"
#include "core/nostr/gift_wrap.hpp"
#include "core/nostr/http_auth.hpp"
#include "core/nostr/published_keys.hpp"
#include "core/nostr/relay_auth.hpp"
#include "core/nostr/seen_events.hpp"
#include "tests/vectors/vector_file.hpp"

namespace berth::vectors {
namespace {

namespace json = boost::json;

/// Our reasons that stand for a file's reject code.
const std::map<std::string, std::set<std::string>> kEventReasons{
    {"bad_id", {"BAD_EVENT_ID"}},
    {"bad_hex", {"BAD_EVENT"}},
    {"bad_sig", {"BAD_SIGNATURE", "BAD_EVENT"}},
    {"bad_pubkey", {"BAD_SIGNATURE"}},
    {"bad_type", {"BAD_EVENT", "JSON_NOT_INTEGER"}},
    {"bad_kind", {"BAD_EVENT"}},
    {"missing_field", {"BAD_EVENT"}},
    {"bad_json", {"BAD_JSON", "JSON_DUPLICATE_KEY"}},
};

const std::map<std::string, std::set<std::string>> kAuthReasons{
    {"stale", {"AUTH_EXPIRED"}},
    {"bad_kind", {"AUTH_WRONG_KIND"}},
    {"bad_url", {"AUTH_WRONG_URL"}},
    {"bad_method", {"AUTH_WRONG_METHOD"}},
    {"bad_payload", {"AUTH_WRONG_PAYLOAD"}},
    {"missing_payload", {"AUTH_WRONG_PAYLOAD"}},
    {"bad_sig", {"BAD_SIGNATURE"}},
    {"replayed", {"AUTH_REPLAYED"}},
    {"bad_challenge", {"AUTH_WRONG_CHALLENGE"}},
    {"bad_relay", {"AUTH_WRONG_RELAY"}},
};

void ExpectVerdict(const json::object& vector, const Result<void>& verdict,
                   const std::map<std::string, std::set<std::string>>& reasons)
{
    if (vector.at("valid").as_bool()) {
        EXPECT_TRUE(verdict.has_value()) << verdict.error().reason;
        return;
    }
    const auto code = reasons.find(Text(vector, "reject_code"));
    ASSERT_NE(code, reasons.end()) << Text(vector, "reject_code") << " is an unknown verdict";
    ASSERT_TRUE(verdict.has_error());
    EXPECT_TRUE(code->second.contains(verdict.error().reason)) << verdict.error().reason;
}

Result<void> Judge(const Result<nostr::Event>& event)
{
    if (!event) return event.error();
    return nostr::VerifyEvent(*event);
}

void RunEvent(const json::object& vector)
{
    auto wire = Text(vector, "wire");
    if (const auto hex = Text(vector, "wire_hex"); !hex.empty()) wire = *FromHex(hex);
    const auto event = nostr::ParseEvent(wire, {}, nostr::EventSyntax::kNip01);
    ExpectVerdict(vector, Judge(event), kEventReasons);
    if (!vector.at("valid").as_bool() || !event) return;
    EXPECT_EQ(nostr::SerializeForId(*event), Text(vector, "serialized"));
    EXPECT_EQ(nostr::SerializeForId(*event), *FromHex(Text(vector, "serialized_hex")));
    EXPECT_EQ(nostr::ComputeId(*event), Text(vector, "expected_id"));
    const auto again = nostr::ParseEvent(nostr::ToJson(*event), {}, nostr::EventSyntax::kNip01);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, *event);
}

Result<void> Present(const json::object& vector, nostr::SeenEvents& seen)
{
    const auto scheme = Text(vector, "scheme");
    const auto now = FromUnixSeconds(vector.at("now").as_int64());
    if (scheme == "NIP-42") {
        const auto event = nostr::ParseEvent(vector.at("event"));
        if (!event) return event.error();
        return nostr::VerifyRelayAuth(*event, Text(vector, "relay_url"), Text(vector, "challenge"),
                                      now);
    }
    EXPECT_EQ(scheme, "NIP-98") << "an unknown scheme";
    const auto& request = vector.at("request").as_object();
    const auto body = Text(request, "body");
    const auto event = nostr::VerifyHttpAuth(
        Text(vector, "authorization"),
        {.url = Text(request, "url"), .method = Text(request, "method"), .body = body}, now);
    if (!event) return event.error();
    return seen.Admit(event->id, now);
}

void RunAuth(const json::object& vector)
{
    nostr::SeenEvents seen;
    if (Text(vector, "name") == "same event presented twice") {
        EXPECT_TRUE(Present(vector, seen).has_value()) << "the first time";
    }
    ExpectVerdict(vector, Present(vector, seen), kAuthReasons);
}

int RunMessages(const json::object& document)
{
    const auto& keys = document.at("meta").at("secret_keys").as_object();
    const auto customer = nostr::SecretKey::Parse(Text(keys, "customer"));
    const auto provider = nostr::SecretKey::Parse(Text(keys, "provider"));
    EXPECT_TRUE(customer && provider);
    if (!customer || !provider) return 0;

    const auto& nip44 = document.at("nip44").as_object();
    const auto conversation = nostr::ConversationKey44(*customer, provider->pubkey());
    EXPECT_EQ(ToHex(conversation->Expose()), Text(nip44, "conversation_key"));
    const auto payload = nostr::Encrypt44(Secret{Text(nip44, "plaintext")}, *conversation,
                                          *FromHex(Text(nip44, "nonce")));
    EXPECT_EQ(*payload, Text(nip44, "payload"));
    const auto opened = nostr::Decrypt44(Text(nip44, "payload"), *provider, customer->pubkey());
    EXPECT_TRUE(opened && opened->Expose() == Text(nip44, "plaintext"));

    const auto& nip59 = document.at("nip59").as_object();
    const auto wrap = nostr::ParseEvent(nip59.at("wrap"));
    EXPECT_TRUE(wrap.has_value());
    if (!wrap) return 1;
    const auto rumor = nostr::UnwrapGift(*wrap, *provider);
    EXPECT_TRUE(rumor.has_value()) << rumor.error().message;
    const auto& expected = nip59.at("rumor").as_object();
    EXPECT_EQ(rumor->id, Text(expected, "id"));
    EXPECT_EQ(rumor->pubkey, Text(expected, "pubkey"));
    EXPECT_EQ(rumor->content, Text(expected, "content"));
    EXPECT_EQ(rumor->kind, expected.at("kind").as_int64());
    return 2;
}

std::vector<std::string> SplitLine(const std::string& line)
{
    std::vector<std::string> cells;
    std::stringstream stream{line};
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    cells.resize(std::max<std::size_t>(cells.size(), 8));
    return cells;
}

void RunBip340Line(const std::vector<std::string>& cells)
{
    const auto message = FromHex(cells[4]);
    const auto signature = FromHex(cells[5]);
    ASSERT_TRUE(message && signature);
    ASSERT_TRUE(cells[6] == "TRUE" || cells[6] == "FALSE") << "an unknown verdict";
    EXPECT_EQ(nostr::VerifySchnorr(cells[2], *message, *signature), cells[6] == "TRUE");
    if (cells[1].empty()) return;
    const auto key = nostr::SecretKey::Parse(cells[1]);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(*FromHex(key->pubkey()), *FromHex(cells[2]));
    EXPECT_TRUE(nostr::IsPublishedTestKey(*key));
}

}  // namespace

int RunBip340(std::string_view file)
{
    int count = 0;
    std::stringstream lines{ReadText(file)};
    std::string line;
    std::getline(lines, line);  // The names of the columns.
    while (std::getline(lines, line)) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty()) continue;
        SCOPED_TRACE(line.substr(0, line.find(',')));
        RunBip340Line(SplitLine(line));
        ++count;
    }
    return count;
}

int RunNostrEvents(std::string_view file)
{
    int count = 0;
    const auto document = ReadJson(file);
    for (const auto& value : document.at("vectors").as_array()) {
        SCOPED_TRACE(Text(value.as_object(), "name"));
        RunEvent(value.as_object());
        ++count;
    }
    return count;
}

int RunNostrAuthAndMessages(std::string_view file)
{
    const auto document = ReadJson(file);
    static const std::set<std::string_view> kSections{"meta", "auth", "nip44", "nip59"};
    for (const auto& [section, cases] : document) {
        EXPECT_TRUE(kSections.contains(section)) << section << " is an unknown section";
    }
    int count = 0;
    for (const auto& value : document.at("auth").as_array()) {
        SCOPED_TRACE(Text(value.as_object(), "name"));
        RunAuth(value.as_object());
        ++count;
    }
    return count + RunMessages(document);
}

}  // namespace berth::vectors
