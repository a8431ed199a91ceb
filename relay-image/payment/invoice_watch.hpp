#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "core/base/rounds.hpp"
#include "relay-image/payment/invoice_maker.hpp"

namespace berth::relay {

/// How long to wait before looking again at an invoice that was first seen `age` ago: as long as
/// `interval` in its first minute, then as many times as it has minutes, thirty times at most.
std::chrono::milliseconds LookAfter(std::chrono::milliseconds age,
                                    std::chrono::milliseconds interval);

/// Looks at open invoices on a thread of its own until each is settled, which credits its account
/// once, or cannot be paid any more. Only what the node says counts: an invoice past its time that
/// the node has not given up stays open. Thread-safe.
class InvoiceWatch {
public:
    /// `maker` and what stands in `parts` outlive it.
    InvoiceWatch(InvoiceMaker::Parts parts, const InvoiceMaker& maker);
    /// Ends its thread. Idempotent.
    void Stop() { rounds_.Stop(); }

    /// Whether the invoice expired lately, in this process.
    bool HasExpired(const std::string& payment_hash) const;

private:
    using Steady = std::chrono::steady_clock;
    struct Schedule {
        Steady::time_point first_seen{};
        Steady::time_point next_look{};
    };
    struct Due {
        std::string payment_hash;
        std::string pubkey;
    };

    void CheckNode();
    void LookAtDue(const std::atomic<bool>& stopping);
    std::vector<Due> TakeDue(Steady::time_point now);
    bool LookAt(const Due& due);
    void Credit(const Due& due, money::Amount paid);
    void Remember(const Due& due, const std::string& request);
    void Close(const Due& due);
    void Miss(const Due& due);
    void NoteExpired(const std::string& payment_hash);

    const InvoiceMaker::Parts parts_;
    const InvoiceMaker& maker_;
    std::map<std::string, Schedule> schedules_;  ///< Of its thread.
    mutable std::mutex mutex_;                   ///< Guards the one below.
    std::deque<std::string> expired_;
    Rounds rounds_;
};

}  // namespace berth::relay
