#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/integration/access/world.hpp"

namespace berth::test {

/// Who may call an RPC at all.
enum class Door { kOpen, kSigned, kKey };

/// Whose thing a request names.
enum class Whose { kCustomers, kOperators, kNobodys };

/// How an intruder tries an RPC on somebody else's things.
struct Attempt {
    Door door;
    Whose whose;
    /// The request's bytes: the intruder's own key, the victim's things, the marketplace's key.
    std::function<std::string(const nostr::SecretKey& intruder, const Side& victim,
                              const std::string& marketplace)>
        request;
    bool owner_sees_it = false;  ///< The owner is shown one of his secrets by the same request.
    bool refused = true;         ///< Else the intruder is shown what is his own: nothing of these.
};

/// By full name, `berth.v1.OrderService.GetOrder`: every RPC of the contract has to be here.
const std::map<std::string, Attempt>& Attempts();

}  // namespace berth::test
