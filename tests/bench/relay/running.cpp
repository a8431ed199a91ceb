#include "tests/bench/relay/running.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <stdlib.h>

#include "relay-image/bench/connection.hpp"
#include "relay-image/bench/scenarios.hpp"

namespace berth::bench {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto kStartLimit = 30s;

}  // namespace

TemporaryFolder::TemporaryFolder()
{
    char name[] = "/tmp/berth-bench-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"no temporary folder"};
    path_ = name;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

std::int64_t BytesUnder(const fs::path& folder)
{
    std::int64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator{folder}) {
        if (entry.is_regular_file()) bytes += static_cast<std::int64_t>(entry.file_size());
    }
    return bytes;
}

void AwaitAnswer(unsigned short port)
{
    const auto limit = Steady::now() + kStartLimit;
    while (true) {
        try {
            Ask(Target::Loopback(port), {R"({"limit":1})"});
            return;
        } catch (const std::runtime_error&) {
            if (Steady::now() > limit) throw;
            std::this_thread::sleep_for(1ms);
        }
    }
}

}  // namespace berth::bench
