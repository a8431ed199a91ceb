#include "relay-image/fanout/redis_link.hpp"

#include <algorithm>
#include <array>

#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;
using Kind = RedisReply::Kind;

constexpr std::size_t kShownOfError = 100;  ///< Bytes.

int MillisecondsTo(RedisLink::Steady::time_point time)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - RedisLink::Steady::now());
    return static_cast<int>(std::clamp(left, 0ms, 60'000ms).count());
}

Error Silent()
{
    return Fail(ErrorCode::kUnavailable, "REDIS_UNAVAILABLE", "Redis does not answer.");
}

/// Redis starts, or is held up by a script: that passes.
bool WillPass(const std::string& error)
{
    return error.starts_with("LOADING") || error.starts_with("BUSY") ||
           error.starts_with("MASTERDOWN");
}

Error Refused(const std::string& error)
{
    if (WillPass(error)) return Silent();
    return Fail(ErrorCode::kForbidden, "REDIS_REFUSED", error.substr(0, kShownOfError));
}

/// Says who we are; returns how many answers will come.
std::size_t Introduce(RedisConnection& connection, const RedisAddress& address)
{
    if (address.password.empty()) return 0;
    if (address.user.empty()) {
        connection.Send({"AUTH", address.password.Expose()});
    } else {
        connection.Send({"AUTH", address.user, address.password.Expose()});
    }
    return 1;
}

}  // namespace

Result<void> RedisLink::Open()
{
    publishing_.reset();
    listening_.reset();
    pinged_.reset();
    const auto limit = Steady::now() + options_.patience;
    for (auto* connection : {&publishing_, &listening_}) {
        auto opened = RedisConnection::Open(options_.address);
        if (!opened) return opened.error();
        connection->emplace(std::move(*opened));
    }
    auto answers = Introduce(*publishing_, options_.address);
    if (options_.address.database != 0) {
        publishing_->Send({"SELECT", std::to_string(options_.address.database)});
        ++answers;
    }
    publishing_->Send({"PING"});
    if (auto greeted = Greet(*publishing_, answers + 1, limit); !greeted) return greeted;
    answers = Introduce(*listening_, options_.address);
    listening_->Send({"SUBSCRIBE", options_.channel});
    if (auto greeted = Greet(*listening_, answers + 1, limit); !greeted) return greeted;
    next_ping_ = Steady::now() + options_.ping_every;
    return {};
}

Result<void> RedisLink::Greet(RedisConnection& connection, std::size_t answers,
                              Steady::time_point limit)
{
    while (answers > 0) {
        auto waiting = connection.Waiting();
        if (Steady::now() >= limit) return Silent();
        ::poll(&waiting, 1, MillisecondsTo(limit));
        const auto replies = connection.Work(waiting.revents);
        if (!replies) return replies.error();
        for (const auto& reply : *replies) {
            if (reply.kind == Kind::kError) return Refused(reply.text);
            answers -= answers > 0 ? 1 : 0;  // Behind them the first messages may stand.
        }
    }
    return {};
}

void RedisLink::Publish(EventPtr event, std::string_view message)
{
    publishing_->Send({"PUBLISH", options_.channel, message});
    unanswered_.push_back({std::move(event), Steady::now()});
}

Result<std::vector<std::string>> RedisLink::Exchange(int wake, Steady::time_point until)
{
    if (auto there = LookAfter(Steady::now()); !there) return there.error();
    std::array waiting{publishing_->Waiting(), listening_->Waiting(), pollfd{wake, POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), MillisecondsTo(std::min(until, NextLook())));
    const auto answers = publishing_->Work(waiting[0].revents);
    if (!answers) return answers.error();
    if (auto taken = TakeAnswers(*answers); !taken) return taken.error();
    auto replies = listening_->Work(waiting[1].revents);
    if (!replies) return replies.error();
    return TakeMessages(std::move(*replies));
}

Result<void> RedisLink::TakeAnswers(const std::vector<RedisReply>& replies)
{
    for (const auto& reply : replies) {
        if (reply.kind == Kind::kError) return Refused(reply.text);
        if (unanswered_.empty()) continue;
        const auto event = std::move(unanswered_.front().event);
        unanswered_.pop_front();
        ++answered_;
        if (reply.number < 2 && IsEphemeral(event->event.kind)) unheard_.push_back(event);
    }
    return {};
}

Result<std::vector<std::string>> RedisLink::TakeMessages(std::vector<RedisReply> replies)
{
    std::vector<std::string> messages;
    for (auto& reply : replies) {
        if (reply.kind == Kind::kError) return Refused(reply.text);
        if (reply.kind != Kind::kList || reply.items.empty()) continue;
        if (reply.items[0] == "pong") pinged_.reset();
        if (reply.items[0] == "message" && reply.items.size() == 3) {
            messages.push_back(std::move(reply.items[2]));
        }
    }
    return messages;
}

RedisLink::Steady::time_point RedisLink::NextLook() const
{
    auto next = next_ping_;
    if (pinged_) next = std::min(next, *pinged_ + options_.patience);
    if (!unanswered_.empty()) next = std::min(next, unanswered_.front().asked + options_.patience);
    return next;
}

Result<void> RedisLink::LookAfter(Steady::time_point now)
{
    const auto overdue = now - options_.patience;
    if (pinged_ && *pinged_ <= overdue) return Silent();
    if (!unanswered_.empty() && unanswered_.front().asked <= overdue) return Silent();
    if (now >= next_ping_) {
        listening_->Send({"PING"});
        pinged_ = now;
        next_ping_ = now + options_.ping_every;
    }
    return {};
}

std::vector<EventPtr> RedisLink::TakeUnanswered()
{
    std::vector<EventPtr> events;
    for (auto& question : unanswered_) events.push_back(std::move(question.event));
    unanswered_.clear();
    return events;
}

}  // namespace berth::relay
