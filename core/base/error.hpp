#pragma once

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace berth {

/// What a caller can do about an error. Mapped once to a gRPC code (marketplace/rpc/status.cpp) and
/// once to a retry (worker/retry.cpp), both by a total switch.
enum class ErrorCode {
    kInvalid,          ///< The input is wrong; the same input fails again.
    kUnauthenticated,  ///< Nobody, or not who he says.
    kForbidden,        ///< Known, but not allowed.
    kNotFound,         ///< No such thing, or not the caller's.
    kConflict,         ///< It exists already with other content.
    kPrecondition,     ///< Not in this state; another call has to come first.
    kAborted,          ///< Another holds the lease or was quicker; nothing was done: start over.
    kUnimplemented,    ///< Not served here, whatever the input.
    kExhausted,        ///< A limit or a queue is full; later it may work.
    kUnavailable,      ///< The other side cannot be reached or is not ready; nothing was done.
    kTimeout,          ///< No answer to a question; nothing was changed.
    kUnknown,          ///< An act's outcome is not known: look before acting again.
    kInternal,         ///< Our own fault.
};

struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string reason;   ///< UPPER_SNAKE_CASE and stable: part of the API.
    std::string message;  ///< One sentence for a person; free to change.

    bool operator==(const Error&) const = default;
};

/// Makes `value()` on an error throw std::logic_error: calling it unchecked is a program error.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

/// A value or an Error, with the verbs of std::expected; the base changes when C++23 does.
template <typename T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
public:
    using boost::system::result<T, Error>::result;
};

/// An Error with its three parts, to `return` from a function that returns a Result.
inline Error Fail(ErrorCode code, std::string reason, std::string message)
{
    return Error{code, std::move(reason), std::move(message)};
}

}  // namespace berth
