#pragma once

#include <array>
#include <string>
#include <string_view>

#include "berth/v1/types.pb.h"

namespace berth::orders {

/// What a move does to money and work, in the transaction of the move.
enum class Consequence {
    kNone,
    kStartProvisioning,  ///< The payment has taken the hold before; the provision job is queued.
    kStartClosing,       ///< What was rented is given back: the close job is queued.
    kReleaseHold,        ///< The hold goes back to unapplied credit.
    kEarnHold,           ///< The hold becomes deferred revenue, the setup price is recognised.
};

/// One allowed move of an order.
struct StateMove {
    v1::OrderState from;
    v1::OrderState to;
    Consequence consequence;
    std::string_view why;
};

/// Every allowed move; there are no others.
inline constexpr std::array kMoves{
    StateMove{v1::ORDER_STATE_AWAITING_PAYMENT, v1::ORDER_STATE_QUEUED,
              Consequence::kStartProvisioning, "A claim covers what is due before the quote ends."},
    StateMove{v1::ORDER_STATE_AWAITING_PAYMENT, v1::ORDER_STATE_CANCELLED, Consequence::kNone,
              "The customer cancels, or the quote ends unpaid."},
    StateMove{v1::ORDER_STATE_QUEUED, v1::ORDER_STATE_PROVISIONING, Consequence::kNone,
              "A wallet and a deployment number are reserved."},
    StateMove{v1::ORDER_STATE_QUEUED, v1::ORDER_STATE_CANCELLED, Consequence::kReleaseHold,
              "The customer cancels before anything was rented."},
    StateMove{v1::ORDER_STATE_QUEUED, v1::ORDER_STATE_FAILED, Consequence::kReleaseHold,
              "Nothing can be reserved for it."},
    StateMove{v1::ORDER_STATE_PROVISIONING, v1::ORDER_STATE_ACTIVE, Consequence::kEarnHold,
              "The marketplace's own probe accepts the relay."},
    StateMove{v1::ORDER_STATE_PROVISIONING, v1::ORDER_STATE_CLOSING, Consequence::kStartClosing,
              "A step fails or the customer cancels after a transaction was signed."},
    StateMove{v1::ORDER_STATE_PROVISIONING, v1::ORDER_STATE_FAILED, Consequence::kReleaseHold,
              "A step fails before any transaction was signed."},
    StateMove{v1::ORDER_STATE_PROVISIONING, v1::ORDER_STATE_CANCELLED, Consequence::kReleaseHold,
              "The customer cancels before any transaction was signed."},
    StateMove{v1::ORDER_STATE_ACTIVE, v1::ORDER_STATE_CLOSING, Consequence::kStartClosing,
              "Its paid time ends, or the customer closes it."},
    StateMove{v1::ORDER_STATE_CLOSING, v1::ORDER_STATE_CLOSED, Consequence::kNone,
              "The chain confirms the close of an order that was active."},
    StateMove{v1::ORDER_STATE_CLOSING, v1::ORDER_STATE_FAILED, Consequence::kReleaseHold,
              "The chain confirms the close of an order that failed."},
    StateMove{v1::ORDER_STATE_CLOSING, v1::ORDER_STATE_CANCELLED, Consequence::kReleaseHold,
              "The chain confirms the close of an order that was cancelled."},
};

/// The move from one state to another; nullptr where there is none.
const StateMove* FindMove(v1::OrderState from, v1::OrderState to);
/// No move leads out of it.
bool IsFinal(v1::OrderState state);
/// `AWAITING_PAYMENT`.
std::string StateName(v1::OrderState state);
/// docs/state-machine.md, from the table.
std::string DescribeStateMachine();

}  // namespace berth::orders
