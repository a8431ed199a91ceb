#include "cli/session.hpp"

#include <iostream>

#include <boost/json/serialize.hpp>
#include <google/protobuf/util/json_util.h>

#include "cli/text.hpp"
#include "core/base/assert.hpp"
#include "core/base/file.hpp"

namespace berth::cli {

Exit ExitOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::kInvalid:
        case ErrorCode::kNotFound:
        case ErrorCode::kConflict:
        case ErrorCode::kPrecondition:
        case ErrorCode::kUnimplemented: return Exit::kRefused;
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kForbidden: return Exit::kNotAllowed;
        case ErrorCode::kAborted:
        case ErrorCode::kExhausted:
        case ErrorCode::kUnavailable: return Exit::kUnavailable;
        case ErrorCode::kTimeout:
        case ErrorCode::kUnknown: return Exit::kUnknown;
        case ErrorCode::kInternal: return Exit::kFailed;
    }
    return Exit::kFailed;
}

Result<nostr::SecretKey> Session::Key() const
{
    const auto text = ReadFile(options.key_file, 4096);
    if (!text) {
        return Fail(ErrorCode::kPrecondition, "NO_KEY",
                    "There is no key in " + options.key_file.string() +
                        ". Make one with `berth keys create`.");
    }
    return nostr::SecretKey::Parse(text->substr(0, text->find_last_not_of(" \n\r\t") + 1));
}

Result<Client*> Session::Connect()
{
    if (client_) return client_.get();
    std::optional<nostr::SecretKey> key;
    if (std::filesystem::exists(options.key_file)) {
        auto read = Key();
        if (!read) return read.error();
        key = std::move(*read);
    }
    auto client = Client::Connect({.address = options.marketplace,
                                   .ca_file = options.ca_file,
                                   .plaintext = options.plaintext},
                                  std::move(key));
    if (!client) return client.error();
    client_ = std::move(*client);
    return client_.get();
}

Result<std::string> Session::Marketplace()
{
    if (!options.marketplace_key.empty()) return nostr::ParsePubkey(options.marketplace_key);
    if (!marketplace_.empty()) return marketplace_;
    const auto client = Connect();
    if (!client) return client.error();
    const auto plans = (*client)->Unary(&v1::OrderService::Stub::ListPlans, v1::ListPlansRequest{});
    if (!plans) return plans.error();
    return marketplace_ = plans->marketplace();
}

void Session::Print(const boost::json::value& value, const std::string& text) const
{
    if (options.json) {
        std::cout << boost::json::serialize(value) << std::endl;
    } else {
        std::cout << Printable(text) << std::flush;
    }
}

void Session::Print(const google::protobuf::Message& message, const std::string& text) const
{
    if (!options.json) {
        std::cout << Printable(text) << std::flush;
        return;
    }
    google::protobuf::util::JsonPrintOptions print;
    print.always_print_primitive_fields = true;
    print.preserve_proto_field_names = true;
    std::string json;
    BERTH_ASSERT(google::protobuf::util::MessageToJsonString(message, &json, print).ok());
    std::cout << json << std::endl;
}

void Session::Refuse(const Error& error)
{
    exit = ExitOf(error.code);
    if (options.json) {
        std::cout << boost::json::serialize(boost::json::object{
                         {"error", {{"reason", error.reason}, {"message", error.message}}}})
                  << std::endl;
    }
    std::cerr << "berth: " << Printable(error.message) << " (" << Printable(error.reason) << ")\n";
    if (error.code == ErrorCode::kUnknown || error.code == ErrorCode::kTimeout) {
        std::cerr << "berth: it may have been done all the same; look before you repeat it.\n";
    }
}

}  // namespace berth::cli
