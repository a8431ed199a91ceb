#include "core/base/error.hpp"

#include <stdexcept>

namespace berth {

void throw_exception_from_error(const Error& error, const boost::source_location&)
{
    throw std::logic_error("value() of an error: " + error.reason + ": " + error.message);
}

}  // namespace berth
