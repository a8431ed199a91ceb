#include "worker/provision/step.hpp"

namespace berth::worker {

StepOutcome StepOutcome::Done(v1::Facts facts)
{
    StepOutcome outcome{std::move(facts)};
    outcome.report_.mutable_done();
    return outcome;
}

StepOutcome StepOutcome::NotYet(std::chrono::milliseconds again, std::string waiting_for,
                                v1::Facts facts)
{
    StepOutcome outcome{std::move(facts)};
    outcome.report_.mutable_not_yet()->set_again_in_millis(again.count());
    outcome.report_.mutable_not_yet()->set_waiting_for(std::move(waiting_for));
    return outcome;
}

StepOutcome StepOutcome::Failed(const Error& error, v1::Facts facts)
{
    StepOutcome outcome{std::move(facts)};
    outcome.report_.mutable_failed()->set_reason(error.reason);
    outcome.report_.mutable_failed()->set_message(error.message);
    return outcome;
}

StepOutcome StepOutcome::Transact(std::string kind, std::string body, v1::Facts facts)
{
    StepOutcome outcome{std::move(facts)};
    outcome.report_.mutable_transact()->set_kind(std::move(kind));
    outcome.report_.mutable_transact()->set_body(std::move(body));
    return outcome;
}

}  // namespace berth::worker
