#include <csignal>

#include "relay-image/commands/command.hpp"

int main(int argc, char** argv)
{
    std::signal(SIGPIPE, SIG_IGN);
    const berth::SystemClock clock;
    const auto arguments = berth::config::Arguments::FromMain(argc, argv);
    return static_cast<int>(berth::relay::RunProgram(arguments, clock));
}
