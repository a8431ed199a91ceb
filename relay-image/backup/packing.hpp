#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::relay {

/// One gzip member of `bytes`; the same bytes give the same member.
std::string Gzip(std::string_view bytes);

/// The bytes of one gzip member, of which there may be `limit` at most.
/// Error kInvalid `BAD_GZIP`.
Result<std::string> Gunzip(std::string_view member, std::size_t limit);

}  // namespace berth::relay
