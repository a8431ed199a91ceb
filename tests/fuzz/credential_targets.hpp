#pragma once

#include <string_view>

namespace berth::relay::fuzz {

/// An `Authorization` header as the dashboard takes it (HTTP Basic).
void ReadBasic(std::string_view bytes);
/// One as the management API takes it (NIP-98).
void ReadHttpAuth(std::string_view bytes);
/// Tags of an event, items with tabs between, one a line: those that pay.
void ReadPayment(std::string_view bytes);

}  // namespace berth::relay::fuzz
