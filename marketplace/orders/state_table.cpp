#include "marketplace/orders/state_table.hpp"

#include <algorithm>

namespace berth::orders {
namespace {

std::string_view Describe(Consequence consequence)
{
    switch (consequence) {
        case Consequence::kNone: return "none";
        case Consequence::kStartProvisioning:
            return "the claim's hold stands; `provision` is queued";
        case Consequence::kStartClosing: return "none yet; `close` is queued";
        case Consequence::kReleaseHold: return "the hold goes back to unapplied credit";
        case Consequence::kEarnHold:
            return "the hold becomes deferred revenue; setup is recognised";
    }
    return "";
}

}  // namespace

const StateMove* FindMove(v1::OrderState from, v1::OrderState to)
{
    const auto found = std::ranges::find_if(
        kMoves, [&](const StateMove& move) { return move.from == from && move.to == to; });
    return found == kMoves.end() ? nullptr : &*found;
}

bool IsFinal(v1::OrderState state)
{
    return std::ranges::none_of(kMoves, [&](const StateMove& move) { return move.from == state; });
}

std::string StateName(v1::OrderState state)
{
    constexpr std::string_view kPrefix = "ORDER_STATE_";
    return v1::OrderState_Name(state).substr(kPrefix.size());
}

std::string DescribeStateMachine()
{
    std::string text =
        "# States of an order\n\n"
        "Generated from `marketplace/orders/state_table.hpp`; a test compares the two. A move and "
        "its\n"
        "consequence are one transaction. There are no other moves.\n\n"
        "| from | to | when | money |\n|---|---|---|---|\n";
    for (const auto& move : kMoves) {
        text += "| " + StateName(move.from) + " | " + StateName(move.to) + " | " +
                std::string{move.why} + " | " + std::string{Describe(move.consequence)} + " |\n";
    }
    return text;
}

}  // namespace berth::orders
