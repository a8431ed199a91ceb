#include "cli/stack/stop_signals.hpp"

#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace berth::stack {
namespace {

constexpr int kStopSignals[] = {SIGTERM, SIGINT, SIGHUP};

}  // namespace

void HoldStopSignals()
{
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : kStopSignals) sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

void StopWithParent()
{
    const auto parent = ::getppid();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::raise(SIGTERM);  // It died before the prctl.
}

bool StopRequested()
{
    sigset_t pending;
    if (::sigpending(&pending) != 0) return false;
    for (const int signal : kStopSignals) {
        if (sigismember(&pending, signal) == 1) return true;
    }
    return false;
}

}  // namespace berth::stack
