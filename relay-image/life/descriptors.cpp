#include "relay-image/life/descriptors.hpp"

#include <sys/resource.h>

namespace berth::relay {

void AllowManyDescriptors()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace berth::relay
