#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/fuzz/targets.hpp"

namespace berth::relay::fuzz {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

class ReplayTest : public testing::TestWithParam<Target> {};

std::string NameOf(const testing::TestParamInfo<Target>& info)
{
    return std::string{info.param.name};
}

TEST_P(ReplayTest, HoldsItsPromisesOnTheCorpusAndWhatIsNearIt)
{
    const fs::path folder = fs::path{BERTH_SOURCE_DIR "/tests/fuzz/corpus"} / GetParam().name;
    int inputs = 0;
    for (const auto& file : fs::directory_iterator{folder}) {
        const auto whole = ReadAll(file.path());
        SCOPED_TRACE(file.path().filename().string());
        GetParam().run(whole);
        for (std::size_t i = 0; i < std::min<std::size_t>(whole.size(), 200); ++i) {
            GetParam().run(whole.substr(0, i));
            auto flipped = whole;
            flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
            GetParam().run(flipped);
        }
        ++inputs;
    }
    EXPECT_GT(inputs, 0) << "the corpus of " << GetParam().name << " is empty";
}

INSTANTIATE_TEST_SUITE_P(Targets, ReplayTest, testing::ValuesIn(Targets().begin(), Targets().end()),
                         NameOf);

}  // namespace
}  // namespace berth::relay::fuzz
