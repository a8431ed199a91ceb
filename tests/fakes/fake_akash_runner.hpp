#pragma once

#include <deque>
#include <vector>

#include "core/base/command_runner.hpp"

namespace berth::tests {

/// A CommandRunner that answers from a list, in order, and keeps what it was asked.
class FakeAkashRunner final : public CommandRunner {
public:
    void Answer(int exit_code, std::string out, std::string err = {})
    {
        answers_.push_back(CommandOutput{exit_code, std::move(out), std::move(err), false});
    }
    void Answer(Result<CommandOutput> answer) { answers_.push_back(std::move(answer)); }

    Result<CommandOutput> Run(const Command& command, Deadline) override
    {
        commands.push_back(command);
        if (answers_.empty()) {
            return Fail(ErrorCode::kUnavailable, "COMMAND_NOT_STARTED", "No answer was prepared.");
        }
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }

    std::vector<Command> commands;

private:
    std::deque<Result<CommandOutput>> answers_;
};

}  // namespace berth::tests
