#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "core/base/log.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/retention/retention_rule.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Applies the rules of retention, a bounded piece at a time. Goes through all rules, then rests
/// for ten minutes. Used on one thread.
class Retention {
public:
    /// What the author of this key (hex) is to the relay.
    using Classify = std::function<AuthorClass(const std::string& pubkey)>;

    /// Whether an event may be forgotten now; it is asked again in the next round if not.
    using MayForget = std::function<bool(EventStore& store, const StoredEvent& event)>;

    Retention(RetentionSettings settings, Classify classify, Log& log, MayForget may_forget = {});

    /// Looks at some hundred events at most; true if there is more to do at once.
    Result<bool> Work(EventStore& store, std::int64_t now);
    /// The same; what fails is logged, and tried again later.
    bool WorkOrWarn(EventStore& store, std::int64_t now);

private:
    /// One walk over the events that a rule is for, oldest first.
    struct Walk {
        RetentionRule rule;
        bool counts = false;      ///< First finds out how many are too many.
        bool makes_room = false;  ///< Goes on with the next class of authors.
        std::int64_t excess = 0;  ///< How many go whatever their age.
        bool over = false;        ///< Nothing more goes.
        EventKey at{};
    };

    Result<void> Begin(EventStore& store, std::int64_t now);
    Result<void> PlanForSize(EventStore& store);
    Result<void> Go(EventStore& store, std::int64_t now, Walk& walk);
    void BeginRemoving(Walk& walk);
    std::vector<std::string> ChooseDoomed(EventStore& store, const std::vector<StoredEvent>& page,
                                          std::int64_t now, Walk& walk) const;
    void EndWalk(const Walk& walk);
    Result<void> NoteSize(EventStore& store);
    bool IsFor(const RetentionRule& rule, const StoredEvent& event) const;

    const RetentionSettings settings_;
    const Classify classify_;
    Log& log_;
    const MayForget may_forget_;
    std::deque<Walk> walks_;       ///< What is left of this round.
    std::int64_t next_round_ = 0;  ///< Unix seconds.
    bool notes_size_ = false;      ///< The round made room, and has to remember how much is used.
};

/// Tells owner and members by the rules of the moment, and asks who has paid; `access` outlives it.
Retention::Classify ClassesBy(const AccessPolicy& access,
                              std::function<bool(const std::string& pubkey)> has_paid);

}  // namespace berth::relay
