#pragma once

#include <boost/json/object.hpp>

#include "core/rails/sandbox/ledger.hpp"

namespace berth::rails::sandbox {

/// A channel as `ledger_entry` shows it.
boost::json::object ToNode(const Channel& channel);
/// A channel as `account_channels` lists it.
boost::json::object ToListed(const Channel& channel);

}  // namespace berth::rails::sandbox
