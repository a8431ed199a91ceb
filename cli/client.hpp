#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include "berth/v1/finance_service.grpc.pb.h"
#include "berth/v1/operator_service.grpc.pb.h"
#include "berth/v1/order_service.grpc.pb.h"
#include "berth/v1/payment_service.grpc.pb.h"
#include "berth/v1/relay_service.grpc.pb.h"
#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/nostr/keys.hpp"
#include "core/wire/grpc_error.hpp"

namespace berth::cli {

/// A caller of one marketplace: signs every call (NIP-98), and turns rich gRPC errors back into
/// ours. Thread-safe.
class Client {
public:
    struct Options {
        std::string address;     ///< `host:port`.
        std::string ca_file;     ///< Trust anchors; empty for the system's.
        bool plaintext = false;  ///< Only for loopback.
        std::chrono::seconds timeout{30};
    };

    /// Without a key only what is open to everybody can be called.
    /// Errors: kInvalid `FILE_...` for an unreadable CA file.
    static Result<std::unique_ptr<Client>> Connect(Options options,
                                                   std::optional<nostr::SecretKey> key);

    /// Calls `Stub::Method`, as in `Unary(&v1::OrderService::Stub::GetOrder, request)`.
    template <typename Stub, typename Request, typename Response>
    Result<Response> Unary(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           const Request& request)
    {
        grpc::ClientContext context;
        Prepare(context, request, options_.timeout);
        Response response;
        const auto status =
            (std::get<std::unique_ptr<Stub>>(stubs_).get()->*method)(&context, request, &response);
        if (!status.ok()) return wire::ToError(status);
        return response;
    }

    /// Reads a server stream until it ends, `receive` says false, or `limit` has passed. Returns
    /// true when the server ended it.
    template <typename Stub, typename Request, typename Response, typename Receive>
    Result<bool> Stream(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                            grpc::ClientContext*, const Request&),
                        const Request& request, std::chrono::seconds limit, Receive receive)
    {
        grpc::ClientContext context;
        Prepare(context, request, limit);
        const auto reader =
            (std::get<std::unique_ptr<Stub>>(stubs_).get()->*method)(&context, request);
        Response response;
        while (reader->Read(&response)) {
            if (receive(response)) continue;
            context.TryCancel();
            static_cast<void>(reader->Finish());
            return false;
        }
        const auto status = reader->Finish();
        if (!status.ok()) return wire::ToError(status);
        return true;
    }

private:
    Client(Options options, std::optional<nostr::SecretKey> key,
           std::shared_ptr<grpc::Channel> channel);

    void Prepare(grpc::ClientContext& context, const google::protobuf::Message& request,
                 std::chrono::seconds limit) const;

    const Options options_;
    const std::optional<nostr::SecretKey> key_;
    std::tuple<std::unique_ptr<v1::OrderService::Stub>, std::unique_ptr<v1::PaymentService::Stub>,
               std::unique_ptr<v1::OperatorService::Stub>,
               std::unique_ptr<v1::FinanceService::Stub>, std::unique_ptr<v1::RelayService::Stub>>
        stubs_;
};

}  // namespace berth::cli
