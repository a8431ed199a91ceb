#pragma once

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>

#include <gtest/gtest.h>

#include "core/nostr/event.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay::test {

/// What a test wants an event to be.
struct Draft {
    int kind = 1;
    std::vector<nostr::Tag> tags = {};
    std::string content = "hello";
};

inline nostr::Event Sign(const nostr::SecretKey& key, Draft draft = {})
{
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = 1'700'000'000,
                       .kind = draft.kind,
                       .tags = std::move(draft.tags),
                       .content = std::move(draft.content),
                       .sig = {}};
    nostr::SignEvent(event, key);
    return event;
}

inline nostr::Tag ClaimTag(const std::string& channel, int amount, int nonce)
{
    return {"payment", "ilp", channel, std::to_string(amount), std::to_string(nonce), "ab", "XRP"};
}

/// Records in memory, which can fail as a database does.
class FakeJournal {
public:
    PaymentJournalFactory Factory()
    {
        return [this] { return std::make_unique<Half>(*this); };
    }

    std::map<std::string, std::string> Records()
    {
        const std::scoped_lock lock{mutex_};
        return records_;
    }
    void AddEvent(const std::string& id)
    {
        const std::scoped_lock lock{mutex_};
        events_.insert(id);
    }

    std::atomic<bool> fails = false;
    std::atomic<int> puts = 0;

private:
    struct Half final : PaymentJournal {
        explicit Half(FakeJournal& shared) : all{shared} {}

        Result<Accounts> Load() override
        {
            const std::scoped_lock lock{all.mutex_};
            Accounts accounts;
            for (const auto& [pubkey, json] : all.records_) {
                accounts.emplace_back(pubkey, ReadAccount(json).value());
            }
            return accounts;
        }
        Result<Known> Find(const std::string& pubkey) override
        {
            const std::scoped_lock lock{all.mutex_};
            const auto found = all.records_.find(pubkey);
            if (found == all.records_.end()) return Known{};
            return Known{ReadAccount(found->second).value()};
        }
        Result<bool> Replace(const std::string& pubkey, const Known& known,
                             const PaymentAccount& account) override
        {
            if (all.fails) return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE", "Down.");
            const std::scoped_lock lock{all.mutex_};
            const auto found = all.records_.find(pubkey);
            const bool current =
                known ? found != all.records_.end() && found->second == WriteAccount(*known)
                      : found == all.records_.end();
            if (!current) return false;
            if (account.IsBlank()) all.records_.erase(pubkey);
            if (!account.IsBlank()) all.records_[pubkey] = WriteAccount(account);
            ++all.puts;
            return true;
        }
        Result<bool> HoldChannel(const std::string& channel, const std::string& pubkey) override
        {
            const std::scoped_lock lock{all.mutex_};
            return all.channels_.try_emplace(channel, pubkey).first->second == pubkey;
        }
        Result<bool> HasEvent(const std::string& event_id, std::int64_t) override
        {
            const std::scoped_lock lock{all.mutex_};
            return all.events_.contains(event_id);
        }

        FakeJournal& all;
    };

    std::mutex mutex_;
    std::map<std::string, std::string> records_;
    std::map<std::string, std::string> channels_;
    std::set<std::string> events_;
};

/// Says what a test tells it to.
class FakeVerifier final : public PaymentVerifier {
public:
    Result<money::Amount> Verify(const ClaimToVerify& claim, Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        ++asked_;
        last_ = claim;
        if (error_) return *error_;
        return std::max(claim.accepted, floor_);
    }
    Result<PaymentTerms> Check(Deadline) override
    {
        const std::scoped_lock lock{mutex_};
        if (error_ && IsOutage(*error_)) return *error_;
        return PaymentTerms{.network = "xrpl:1", .payee = "rPayee"};
    }

    void Answer(std::optional<Error> error)
    {
        const std::scoped_lock lock{mutex_};
        error_ = std::move(error);
    }
    void SetFloor(money::Amount floor)
    {
        const std::scoped_lock lock{mutex_};
        floor_ = floor;
    }
    int asked() const
    {
        const std::scoped_lock lock{mutex_};
        return asked_;
    }

private:
    mutable std::mutex mutex_;
    int asked_ = 0;
    money::Amount floor_{};
    std::optional<Error> error_;
    ClaimToVerify last_;
};

class FixedClock final : public Clock {
public:
    Time Now() const override { return FromUnixSeconds(seconds); }

    std::atomic<std::int64_t> seconds = 1'700'000'000;
};

}  // namespace berth::relay::test
