#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "tests/fuzz/targets.hpp"

// libFuzzer's entry points. BERTH_FUZZ_TARGET in the environment names the target.
namespace {

const berth::relay::fuzz::Target* chosen = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    const char* name = std::getenv("BERTH_FUZZ_TARGET");
    for (const auto& target : berth::relay::fuzz::Targets()) {
        if (name && target.name == name) chosen = &target;
    }
    if (chosen) return 0;
    std::cerr << "BERTH_FUZZ_TARGET has to name one of:";
    for (const auto& target : berth::relay::fuzz::Targets()) std::cerr << ' ' << target.name;
    std::cerr << '\n';
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    chosen->run({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
