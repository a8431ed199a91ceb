#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::call {

/// A server stream as its handler gives it. The transport pulls: first at once, then whenever it
/// was woken or its poll is due, so that a thousand watches need no thread of their own. A handler
/// of a stream is a function (Call, Request) → Result<std::unique_ptr<Feed<Response>>>.
template <typename Response>
class Feed {
public:
    struct Part {
        std::vector<Response> messages;  ///< In order; empty where there is nothing new.
        bool last = false;               ///< The stream ends after these.
    };

    virtual ~Feed() = default;
    /// The topic of db::Notify that may mean something new; empty where only the poll tells.
    virtual std::string Topic() const { return {}; }
    /// What has come since the part before. Blocks for a query at most; never called by two threads
    /// at once. An Error ends the stream with it.
    virtual Result<Part> Pull(Deadline deadline) = 0;
};

/// What a handler of a stream returns.
template <typename Response>
using Opened = Result<std::unique_ptr<Feed<Response>>>;

}  // namespace berth::call
