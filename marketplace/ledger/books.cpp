#include "marketplace/ledger/books.hpp"

#include "marketplace/ledger/entry.hpp"

namespace berth::ledger {

void PostClaimCredit(pqxx::work& tx, const Owner& owner, const std::string& claim_event_id,
                     const Worth& credit, Time now)
{
    Post(tx, owner,
         {.kind = kind::kClaim,
          .what = claim_event_id,
          .debit = kChannelClaims,
          .credit = kUnappliedCredit,
          .worth = credit,
          .time = now});
}

void PostRelayClaim(pqxx::work& tx, const Owner& owner, const std::string& what,
                    const Worth& credit, Time now)
{
    Post(tx, owner,
         {.kind = kind::kRelayClaim,
          .what = what,
          .debit = kChannelClaims,
          .credit = kOwnerPayable,
          .worth = credit,
          .time = now});
}

void PostHold(pqxx::work& tx, const Owner& owner, const Worth& hold, Time now)
{
    Post(tx, owner,
         {.kind = kind::kHold,
          .what = "",
          .debit = kUnappliedCredit,
          .credit = kHeldCredit,
          .worth = hold,
          .time = now});
}

void PostRelease(pqxx::work& tx, const Owner& owner, const Worth& hold, Time now)
{
    Post(tx, owner,
         {.kind = kind::kRelease,
          .what = "",
          .debit = kHeldCredit,
          .credit = kUnappliedCredit,
          .worth = hold,
          .time = now});
}

void PostGas(pqxx::work& tx, const Owner& owner, const std::string& tx_hash, const Worth& gas,
             Time now)
{
    Post(tx, owner,
         {.kind = kind::kGas,
          .what = tx_hash,
          .debit = kNetworkFees,
          .credit = kOperatorWallet,
          .worth = gas,
          .time = now});
}

void PostEscrowDeposit(pqxx::work& tx, const Owner& owner, const std::string& what,
                       const Worth& deposit, Time now)
{
    Post(tx, owner,
         {.kind = kind::kEscrowDeposit,
          .what = what,
          .debit = kLeaseEscrow,
          .credit = kOperatorWallet,
          .worth = deposit,
          .time = now});
}

void PostEscrowReturn(pqxx::work& tx, const Owner& owner, std::uint64_t dseq, const Worth& rest,
                      Time now)
{
    Post(tx, owner,
         {.kind = kind::kEscrowReturn,
          .what = std::to_string(dseq),
          .debit = kOperatorWallet,
          .credit = kLeaseEscrow,
          .worth = rest,
          .time = now});
}

}  // namespace berth::ledger
