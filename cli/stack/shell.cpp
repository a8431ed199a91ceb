#include "cli/stack/shell.hpp"

#include "core/base/command_runner.hpp"
#include "core/base/strict_json.hpp"

namespace berth::stack {

std::vector<std::string> Shell::Argv(const std::filesystem::path& key_file,
                                     const std::vector<std::string>& words) const
{
    std::vector<std::string> argv{settings_.program};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--marketplace", settings_.marketplace, "--ca-file", settings_.ca_file,
                             "--key-file", key_file});
    return argv;
}

Result<boost::json::value> Shell::Run(const std::filesystem::path& key_file,
                                      std::vector<std::string> words, Deadline deadline) const
{
    ProcessRunner runner{1};
    words.push_back("--json");
    const auto output = runner.Run({.argv = Argv(key_file, words)}, deadline);
    if (!output) return output.error();
    if (output->exit_code != 0) {
        return Fail(ErrorCode::kPrecondition, "COMMAND_REFUSED",
                    "berth " + words.front() + " ended with " + std::to_string(output->exit_code) +
                        ": " + output->err + output->out);
    }
    return ParseJsonStrict(output->out);
}

}  // namespace berth::stack
