#pragma once

#include <optional>
#include <string>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/money/amount.hpp"
#include "core/money/conversion.hpp"
#include "marketplace/ledger/books.hpp"

namespace berth::payments {

/// The newest price snapshot of an asset, however old; nothing where there is none.
std::optional<money::Price> NewestPrice(pqxx::transaction_base& tx, const std::string& asset);

/// An amount at the newest price snapshot of its asset, floored to micro-dollars; without a
/// snapshot it is booked at zero dollars and names none.
ledger::Worth WorthNow(pqxx::transaction_base& tx, const std::string& asset, money::Amount amount);

/// When the transaction began, by the database's clock.
Time DatabaseNow(pqxx::transaction_base& tx);

}  // namespace berth::payments
