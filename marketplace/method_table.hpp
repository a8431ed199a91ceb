#pragma once

#include <vector>

#include "marketplace/claims/payment_handlers.hpp"
#include "marketplace/ledger/finance_handlers.hpp"
#include "marketplace/operators/operator_handlers.hpp"
#include "marketplace/orders/order_handlers.hpp"
#include "marketplace/orders/worker_handlers.hpp"
#include "marketplace/relays/relay_handlers.hpp"
#include "marketplace/rpc/authentication.hpp"
#include "marketplace/rpc/method.hpp"

namespace berth::marketplace {

/// Who carries out the contract.
struct Handlers {
    orders::OrderHandlers& orders;
    claims::PaymentHandlers& payments;
    orders::WorkerHandlers& workers;
    operators::OperatorHandlers& operators;
    ledger::FinanceHandlers& finance;
    relays::RelayHandlers& relays;
    rpc::Authentication& authentication;
};

/// Every RPC of the contract: who may call it, and what carries it out. The one place where access
/// is decided; what a caller sees within it (his own) is the handler's. `handlers` outlive the
/// table.
std::vector<rpc::Method> MethodTable(const Handlers& handlers);

}  // namespace berth::marketplace
