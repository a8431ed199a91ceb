#include "core/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace berth {

void AssertionFailed(const char* condition, const char* file, int line) noexcept
{
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace berth
