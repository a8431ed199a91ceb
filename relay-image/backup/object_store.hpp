#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::relay {

/// Named blobs at somebody else's place. Calls block. Errors of all: kUnavailable
/// `OBJECTS_UNAVAILABLE` (later it may work), kForbidden `OBJECTS_REFUSED`.
class ObjectStore {
public:
    virtual ~ObjectStore() = default;

    /// Keeps a blob under its name, in place of an older one.
    virtual Result<void> Put(const std::string& name, std::string_view bytes) = 0;
    /// Error kNotFound `NO_SUCH_OBJECT`.
    virtual Result<std::string> Get(const std::string& name) = 0;
    /// Forgets a blob; none is no error.
    virtual Result<void> Erase(const std::string& name) = 0;
};

}  // namespace berth::relay
