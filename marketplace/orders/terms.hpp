#pragma once

#include <string>
#include <string_view>

#include "berth/v1/order_service.pb.h"
#include "core/base/error.hpp"

namespace berth::orders {

/// A public host name: lower-case letters, digits and hyphens (LDH), at least two labels of 1 to
/// 63, none of digits only at the end, at most 253 characters. Errors: kInvalid `BAD_HOSTNAME`.
Result<void> CheckHostname(std::string_view name);

/// What can be said of terms by themselves. Errors: kInvalid `BAD_TERMS`, `BAD_HOSTNAME`.
Result<void> CheckTerms(const v1::OrderTerms& terms);
Result<void> CheckTerms(const v1::AmendTerms& terms);

/// `{id}` of `{collection}/{id}`. Errors: kInvalid `BAD_NAME`.
Result<std::string> ReadName(std::string_view collection, std::string_view name);

}  // namespace berth::orders
