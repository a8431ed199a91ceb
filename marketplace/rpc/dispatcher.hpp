#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "marketplace/rpc/authentication.hpp"
#include "marketplace/rpc/method.hpp"
#include "marketplace/rpc/turns.hpp"
#include "marketplace/rpc/work_pool.hpp"

namespace berth::rpc {

/// A request as it came over some wire.
struct Arrived {
    const Method* method = nullptr;
    std::string path;           ///< `/berth.v1.OrderService/GetOrder`.
    std::string authority;      ///< Host and port that the caller believes to talk to.
    std::string authorization;  ///< Empty for none.
    std::string body;           ///< The request as protobuf.
    Deadline deadline = Deadline::max();
    std::string trace;
    std::function<bool()> abandoned;  ///< True once nobody waits for the answer any more.
};

/// Brings requests to their handlers, whatever wire they came over: reads the request, finds out
/// who calls, keeps the deadline, and runs the handler where it may block. No exception passes it;
/// a refused signed request leaves one line in the log. Thread-safe.
class Dispatcher {
public:
    struct Context {
        Authentication& authentication;
        WorkPool& pool;
        const Clock& clock;
        Log& log;
        Subscribe subscribe;
    };
    using Opened = call::Opened<MessagePtr>;

    explicit Dispatcher(Context context) : context_{std::move(context)} {}

    /// Carries out a unary call; `answer` is called once, on any thread, perhaps before this
    /// returns. Errors beside those of authentication and handler: kInvalid `BAD_REQUEST`;
    /// kExhausted `SERVER_BUSY`; kTimeout `DEADLINE_EXCEEDED`; kInternal `INTERNAL`.
    void Run(Arrived arrived, call::Answer<MessagePtr> answer);
    /// Opens a stream; the same errors.
    void Open(Arrived arrived, std::function<void(Opened)> opened);
    /// What the caller is shown of an error: our own faults are for our log, he gets the trace to
    /// ask about.
    Error Shown(Error error, const std::string& path, const std::string& trace) const;

private:
    struct Pending;
    using Admitted = std::function<void(const call::Call&)>;

    call::Call CallOf(const Arrived& arrived, Caller caller) const;
    void Carry(const std::shared_ptr<Pending>& pending);
    void Defer(const std::shared_ptr<Pending>& pending, const call::Call& call);
    void Wait(const std::shared_ptr<Pending>& pending, const call::Call& call);
    void Ask(Pending& pending);
    void Admit(const std::shared_ptr<Pending>& pending, Admitted admitted);
    void Audit(const Pending& pending, const Error& error);

    Context context_;
};

}  // namespace berth::rpc
