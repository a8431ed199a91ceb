#pragma once

#include <string>

#include "berth/v1/finance_service.pb.h"
#include "berth/v1/order_service.pb.h"
#include "berth/v1/payment_service.pb.h"

namespace berth::cli {

/// What people read, for what machines read with --json. Each ends without a line break unless it
/// is of several lines.
std::string Describe(const v1::Plan& plan);
std::string Describe(const v1::Quote& quote);
std::string Describe(const v1::Order& order);
std::string Describe(const v1::OrderEvent& event);
std::string Describe(const v1::Channel& channel);
std::string Describe(const v1::AcceptanceReport& report);
std::string Describe(const v1::Margin& margin);
std::string DescribeShort(const v1::Order& order);

/// Text for a terminal: control characters of whoever wrote it, but for line breaks, as `?`.
std::string Printable(std::string text);
/// `$12.34` or, where cents do not say it, `$0.001234`.
std::string Dollars(std::int64_t usd_micros);
/// Local-time-free clock time of microseconds since 1970, `2026-11-23 21:05:09`.
std::string ClockTime(std::int64_t micros);
/// `ORDER_STATE_ACTIVE` as `active`.
std::string StateName(v1::OrderState state);
/// True when an order can change no more.
bool Ended(v1::OrderState state);

/// `orders/{id}` of an id or a name; `plans/{plan}` likewise.
std::string OrderName(const std::string& id_or_name);
std::string PlanName(const std::string& id_or_name);

}  // namespace berth::cli
