#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "relay-image/payment/lightning_node.hpp"

namespace berth::relay::test {

/// A Lightning node whose calls fail as a test tells it, and whose invoices a test pays.
class FakeNode final : public LightningNode {
public:
    /// What becomes of a call that makes an invoice.
    enum class Making {
        kDone,
        kRefused,      ///< Nothing was done.
        kLost,         ///< It was done, and nobody is told.
        kLostAndDown,  ///< The same, and the node is down from then on.
        kLeft,         ///< It was not done, and nobody is told.
    };

    Result<std::string> MakeInvoice(const InvoiceToMake& invoice, Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        ++made_;
        last_ = invoice;
        const auto hash = invoice.PaymentHash();
        if (making_ == Making::kRefused) return Down();
        if (making_ != Making::kLeft) {
            if (invoices_.contains(hash)) {
                return Fail(ErrorCode::kConflict, "INVOICE_EXISTS", "it exists");
            }
            invoices_[hash] = {.request = "lnbcrt" + hash, .amount = invoice.amount, .paid = {}};
        }
        if (on_made_) on_made_();
        if (making_ == Making::kLostAndDown) is_down_ = true;
        if (making_ != Making::kDone) return Fail(ErrorCode::kUnknown, "LND_GAVE_UP", "no answer");
        return invoices_[hash].request;
    }
    Result<NodeInvoice> Look(const std::string& payment_hash, Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        ++looked_;
        if (is_down_) return Down();
        const auto found = invoices_.find(payment_hash);
        if (found == invoices_.end()) {
            return Fail(ErrorCode::kNotFound, "INVOICE_NOT_FOUND", "no such invoice");
        }
        return found->second;
    }
    Result<NodeInformation> Check(Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        if (is_down_) return Down();
        return NodeInformation{.pubkey = "02ab", .network = "regtest", .is_synced = true};
    }

    void Answer(Making making, std::function<void()> on_made = {})
    {
        const std::scoped_lock lock{mutex_};
        making_ = making;
        on_made_ = std::move(on_made);
    }
    void SetDown(bool is_down)
    {
        const std::scoped_lock lock{mutex_};
        is_down_ = is_down;
    }
    void Set(const std::string& payment_hash, NodeInvoiceState state, money::Amount paid = {})
    {
        const std::scoped_lock lock{mutex_};
        invoices_.at(payment_hash).state = state;
        invoices_.at(payment_hash).paid = paid;
    }
    void Forget(const std::string& payment_hash)
    {
        const std::scoped_lock lock{mutex_};
        invoices_.erase(payment_hash);
    }
    std::map<std::string, NodeInvoice> invoices() const
    {
        const std::scoped_lock lock{mutex_};
        return invoices_;
    }
    InvoiceToMake last() const
    {
        const std::scoped_lock lock{mutex_};
        return last_;
    }
    int made() const
    {
        const std::scoped_lock lock{mutex_};
        return made_;
    }
    int looked() const
    {
        const std::scoped_lock lock{mutex_};
        return looked_;
    }

private:
    static Error Down() { return Fail(ErrorCode::kUnavailable, "CONNECT_FAILED", "it is down"); }

    mutable std::mutex mutex_;
    std::map<std::string, NodeInvoice> invoices_;
    InvoiceToMake last_;
    Making making_ = Making::kDone;
    std::function<void()> on_made_;
    bool is_down_ = false;
    int made_ = 0;
    int looked_ = 0;
};

}  // namespace berth::relay::test
