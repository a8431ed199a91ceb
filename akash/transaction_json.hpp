#pragma once

#include <cstdint>
#include <string>

#include <boost/json/array.hpp>

#include "akash/signer.hpp"

namespace berth::akash {

/// What a transaction says before it is signed.
struct TransactionBody {
    boost::json::array messages;
    Time timeout;                       ///< Of an unordered one; unique within the wallet.
    std::optional<OrderedPlace> place;  ///< Set: ordered, with an end by height.
};

/// The gas that a transaction may use and what it pays for it.
struct TransactionFee {
    std::uint64_t gas = 0;
    money::Amount amount;
    std::string denom;
};

/// The unsigned transaction as `akash tx sign` reads it. An ordered one has no field that nodes
/// before cosmos-sdk 0.53 do not know.
std::string UnsignedJson(const TransactionBody& body, const TransactionFee& fee);

}  // namespace berth::akash
