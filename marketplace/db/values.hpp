#pragma once

#include <optional>
#include <string>

#include <google/protobuf/message_lite.h>
#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"

namespace berth::db {

/// A time as a TIMESTAMPTZ parameter, exact to the microsecond.
std::string ToSql(Time time);
std::optional<std::string> ToSql(const std::optional<Time>& time);
/// A TIMESTAMPTZ column of a session in UTC; `infinity` reads as Time::max(), `-infinity` as min().
Time ReadTime(const pqxx::field& field);
std::optional<Time> ReadOptionalTime(const pqxx::field& field);

/// A NUMERIC(n, 0) column.
money::Amount ReadAmount(const pqxx::field& field);

/// Any bytes as a BYTEA parameter.
pqxx::binarystring ToBytes(const std::string& bytes);
/// A message as a BYTEA parameter.
pqxx::binarystring ToBytes(const google::protobuf::MessageLite& message);
std::string ReadBytes(const pqxx::field& field);
/// A message from its BYTEA column; what we wrote ourselves always parses.
template <typename Message>
Message ReadMessage(const pqxx::field& field)
{
    Message message;
    message.ParseFromString(ReadBytes(field));
    return message;
}

}  // namespace berth::db
