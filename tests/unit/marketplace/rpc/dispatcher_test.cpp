#include "marketplace/rpc/dispatcher.hpp"

#include <algorithm>
#include <future>
#include <semaphore>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>

#include "berth/v1/order_service.pb.h"
#include "core/nostr/event.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::rpc {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A stream of one message.
class OneMessage final : public call::Feed<MessagePtr> {
public:
    std::string Topic() const override { return "topic"; }
    Result<Part> Pull(Deadline) override
    {
        Part part;
        part.messages.push_back(std::make_unique<v1::WatchOrderResponse>());
        part.last = true;
        return part;
    }
};

class DispatcherTest : public testing::Test {
protected:
    /// What ListPlans is answered when `run` carries it out; `access` asks for nothing.
    Method Plans(std::variant<Unary, Deferred, Streaming, Waiting> run,
                 Access access = Access::kAnybody)
    {
        return {access, &v1::ListPlansRequest::default_instance(), std::move(run)};
    }
    static Result<MessagePtr> PlansOf(const std::string& marketplace)
    {
        auto response = std::make_unique<v1::ListPlansResponse>();
        response->set_marketplace(marketplace);
        return MessagePtr{std::move(response)};
    }
    Arrived Call(const Method& method, std::string body = "")
    {
        return {.method = &method,
                .path = "/berth.v1.OrderService/Any",
                .authority = "here:1",
                .authorization = {},
                .body = std::move(body),
                .deadline = Deadline::After(10s),
                .trace = "cafe",
                .abandoned = [this] { return abandoned_.load(); }};
    }
    Result<MessagePtr> Run(Arrived arrived)
    {
        auto answered = std::make_shared<std::promise<Result<MessagePtr>>>();
        dispatcher_.Run(std::move(arrived), [answered](Result<MessagePtr> result) {
            answered->set_value(std::move(result));
        });
        return answered->get_future().get();
    }
    static std::string MarketplaceOf(const Result<MessagePtr>& answer)
    {
        return static_cast<const v1::ListPlansResponse&>(**answer).marketplace();
    }
    std::string Logged()
    {
        pool_.Stop();
        return lines_.str();
    }

    FakeClock clock_;
    std::ostringstream lines_;
    Log log_{lines_, "test", clock_};
    db::Database database_{{.url = "postgresql:///never_connected"}};
    SessionStore sessions_{database_};
    Authentication authentication_{sessions_, {}};
    WorkPool pool_{{.threads = 1, .queue_max = 1}};
    std::function<void()> wake_;
    std::atomic<bool> abandoned_{false};
    Dispatcher dispatcher_{{authentication_, pool_, clock_, log_,
                            [this](const std::string&, std::function<void()> wake) {
                                wake_ = std::move(wake);
                                return std::make_shared<int>(0);
                            }}};
};

TEST_F(DispatcherTest, TellsTheHandlerWhatItKnowsOfTheCall)
{
    const auto method = Plans(Unary{[&](const call::Call& call, const Message& request) {
        EXPECT_EQ(call.trace, "cafe");
        EXPECT_EQ(call.now, clock_.Now());
        EXPECT_TRUE(call.caller.empty());
        EXPECT_EQ(static_cast<const v1::ListPlansRequest&>(request).page_size(), 7);
        return PlansOf("m");
    }});
    v1::ListPlansRequest request;
    request.set_page_size(7);
    const auto answer = Run(Call(method, request.SerializeAsString()));
    ASSERT_TRUE(answer);
    EXPECT_EQ(MarketplaceOf(answer), "m");
}

TEST_F(DispatcherTest, RefusesWhatIsNotTheMethodsRequest)
{
    const auto method = Plans(Unary{[](const auto&, const auto&) { return PlansOf("never"); }});
    const auto refused = Run(Call(method, "\xff\xff\xff"));
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(refused.error().reason, "BAD_REQUEST");
}

TEST_F(DispatcherTest, AsksForAKeyWhereTheMethodNeedsOne)
{
    const auto method =
        Plans(Unary{[](const auto&, const auto&) { return PlansOf("never"); }}, Access::kKey);
    EXPECT_EQ(Run(Call(method)).error().reason, "NOT_AUTHENTICATED");
}

TEST_F(DispatcherTest, HidesOurOwnFaultsFromTheCallerAndLogsThem)
{
    const auto failing = Plans(Unary{[](const auto&, const auto&) -> Result<MessagePtr> {
        return Fail(ErrorCode::kInternal, "DATABASE_REFUSED", "table secrets_of_ours");
    }});
    const auto throwing = Plans(Unary{[](const auto&, const auto&) -> Result<MessagePtr> {
        throw std::runtime_error("a thrown secret");
    }});
    for (const auto* method : {&failing, &throwing}) {
        const auto refused = Run(Call(*method));
        ASSERT_TRUE(refused.has_error());
        EXPECT_EQ(refused.error().reason, "INTERNAL");
        EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
    }
    const auto logged = Logged();
    EXPECT_THAT(logged, HasSubstr("table secrets_of_ours"));
    EXPECT_THAT(logged, HasSubstr("a thrown secret"));
    EXPECT_THAT(logged, HasSubstr("\"trace\":\"cafe\""));
}

TEST_F(DispatcherTest, RefusesAtOnceWhatFindsAFullQueue)
{
    std::promise<void> busy;
    std::promise<void> release;
    ASSERT_TRUE(pool_.TryPost([&busy, released = release.get_future().share()] {
        busy.set_value();
        released.wait();
    }));
    busy.get_future().wait();
    ASSERT_TRUE(pool_.TryPost([] {}));
    const auto method = Plans(Unary{[](const auto&, const auto&) { return PlansOf("never"); }});
    const auto refused = Run(Call(method));
    release.set_value();
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().code, ErrorCode::kExhausted);
    EXPECT_EQ(refused.error().reason, "SERVER_BUSY");
}

TEST_F(DispatcherTest, DoesNotBeginWhatNobodyCanWaitForAnyMore)
{
    const auto method = Plans(Unary{[](const auto&, const auto&) { return PlansOf("never"); }});
    auto late = Call(method);
    late.deadline = Deadline::After(0ms);
    EXPECT_EQ(Run(std::move(late)).error().reason, "DEADLINE_EXCEEDED");
}

TEST_F(DispatcherTest, RunsASignedRequestThatDoesNotBlockOnTheThreadThatReceivedIt)
{
    std::thread::id ran;
    const auto method =
        Inline(Plans(Deferred{.run =
                                  [&](const auto&, const auto&, const auto& answer) {
                                      ran = std::this_thread::get_id();
                                      answer(PlansOf("m"));
                                  }},
                     Access::kSignedEvent));
    ASSERT_TRUE(Run(Call(method)));
    EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST_F(DispatcherTest, PassesOnTheFirstAnswerAlone)
{
    const auto method = Plans(Deferred{.run = [](const auto&, const auto&, const auto& answer) {
        answer(PlansOf("first"));
        answer(PlansOf("second"));
        throw std::runtime_error("too late");
    }});
    EXPECT_EQ(MarketplaceOf(Run(Call(method))), "first");
}

TEST_F(DispatcherTest, LeavesOneLineOfARefusedSignedRequest)
{
    nostr::Event event;
    event.kind = 24410;
    nostr::SignEvent(event, nostr::SecretKey::Generate());
    v1::PlaceOrderRequest request;
    request.set_event(nostr::ToJson(event));
    const Method method{Access::kSignedEvent, &v1::PlaceOrderRequest::default_instance(),
                        Deferred{.run =
                                     [](const auto&, const auto&, const auto& answer) {
                                         answer(Fail(ErrorCode::kInvalid, "BAD_TERMS", "Not so."));
                                     },
                                 .blocks = false}};
    EXPECT_EQ(Run(Call(method, request.SerializeAsString())).error().reason, "BAD_TERMS");
    const auto logged = Logged();
    EXPECT_THAT(logged, HasSubstr("\"reason\":\"BAD_TERMS\""));
    EXPECT_THAT(logged, HasSubstr(event.id));
    EXPECT_THAT(logged, HasSubstr(event.pubkey));
    EXPECT_EQ(std::ranges::count(logged, '\n'), 1);
}

TEST_F(DispatcherTest, OpensAStreamOrSaysWhyNot)
{
    const auto open = [&](const Method& method) {
        std::promise<Dispatcher::Opened> opened;
        dispatcher_.Open(Call(method),
                         [&](Dispatcher::Opened stream) { opened.set_value(std::move(stream)); });
        return opened.get_future().get();
    };
    const auto stream = Plans(Streaming{[](const auto&, const auto&) -> Dispatcher::Opened {
        return std::make_unique<OneMessage>();
    }});
    const auto opened = open(stream);
    ASSERT_TRUE(opened);
    EXPECT_EQ((*opened)->Topic(), "topic");
    const auto refusing = Plans(Streaming{[](const auto&, const auto&) -> Dispatcher::Opened {
        return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "None such.");
    }});
    EXPECT_EQ(open(refusing).error().reason, "UNKNOWN_ORDER");
}

/// A call that waits: each asking is counted; `ready_` makes its answer worth giving.
class WaitingCallTest : public DispatcherTest {
protected:
    Method Waiter(std::chrono::milliseconds wait)
    {
        return Plans(Waiting{.ask =
                                 [this](const auto&, const auto&) {
                                     ++asked_;
                                     asked_once_.release();
                                     return PlansOf(ready_ ? "ready" : "");
                                 },
                             .topic = [](const auto&) { return "topic"; },
                             .wait = [wait](const auto&) { return wait; },
                             .done =
                                 [](const Message& response) {
                                     return !static_cast<const v1::ListPlansResponse&>(response)
                                                 .marketplace()
                                                 .empty();
                                 }});
    }
    std::future<Result<MessagePtr>> Start(const Method& method)
    {
        auto answered = std::make_shared<std::promise<Result<MessagePtr>>>();
        dispatcher_.Run(Call(method), [answered](Result<MessagePtr> result) {
            answered->set_value(std::move(result));
        });
        asked_once_.acquire();
        return answered->get_future();
    }

    std::atomic<int> asked_{0};
    std::atomic<bool> ready_{false};
    std::counting_semaphore<> asked_once_{0};
};

TEST_F(WaitingCallTest, IsAskedAgainWhenItsTopicIsTold)
{
    const auto method = Waiter(1h);
    auto answer = Start(method);
    ready_ = true;
    wake_();
    EXPECT_EQ(MarketplaceOf(answer.get()), "ready");
    EXPECT_EQ(asked_, 2);
}

TEST_F(WaitingCallTest, IsAnsweredWithNothingWhenItsWaitIsOver)
{
    const auto method = Waiter(0ms);
    EXPECT_EQ(MarketplaceOf(Start(method).get()), "");
    EXPECT_EQ(asked_, 1);
}

TEST_F(WaitingCallTest, AsksForNobodyWhoHasGone)
{
    const auto method = Waiter(1h);
    auto answer = Start(method);
    abandoned_ = true;
    wake_();
    EXPECT_EQ(answer.get().error().reason, "SERVER_DRAINING");
    EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace berth::rpc
