#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <boost/json/value.hpp>
#include <google/protobuf/message.h>

#include "cli/client.hpp"
#include "core/base/error.hpp"

namespace berth::cli {

/// What every command takes, from flags or the environment.
struct Options {
    std::string marketplace = "127.0.0.1:7443";  ///< BERTH_MARKETPLACE
    std::string marketplace_key;                 ///< BERTH_MARKETPLACE_KEY; asked for when empty.
    std::string ca_file;                         ///< BERTH_CA_FILE
    std::filesystem::path key_file;              ///< BERTH_KEY_FILE
    bool plaintext = false;                      ///< BERTH_PLAINTEXT
    bool json = false;
};

/// Exit codes of `berth`, the same for every command.
enum class Exit {
    kDone = 0,
    kFailed = 1,  ///< It ran and the outcome is bad: order failed, relay refused.
    kUsage = 2,
    kRefused = 3,  ///< The request is wrong or does not fit the state.
    kNotAllowed = 4,
    kUnavailable = 5,  ///< Nothing was done; try again.
    kUnknown = 6,      ///< It may have been done: look before trying again.
};
Exit ExitOf(ErrorCode code);

/// One run of a command: its options, and the client and key that it needs, made when first asked
/// for.
class Session {
public:
    Options options;
    Exit exit = Exit::kDone;

    /// The caller's key from `key_file`. Errors: kPrecondition `NO_KEY`; kInvalid `BAD_SECRET_KEY`.
    Result<nostr::SecretKey> Key() const;
    /// A client that signs with the key if there is one.
    Result<Client*> Connect();
    /// The marketplace's public key. Errors: those of ListPlans.
    Result<std::string> Marketplace();

    /// Prints `value` as one line of JSON with --json, else `text`.
    void Print(const boost::json::value& value, const std::string& text) const;
    /// Prints a message as protobuf-JSON with --json, else `text`.
    void Print(const google::protobuf::Message& message, const std::string& text) const;
    /// Tells why a command did not work and sets the exit code.
    void Refuse(const Error& error);

private:
    std::unique_ptr<Client> client_;
    std::string marketplace_;
};

/// Runs a command's body and tells its error, if it has one.
template <typename Body>
void Run(Session& session, Body body)
{
    if (const Result<void> done = body(); !done) session.Refuse(done.error());
}

}  // namespace berth::cli
