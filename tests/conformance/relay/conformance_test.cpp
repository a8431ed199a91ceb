#include <cstdio>
#include <map>

#include <gtest/gtest.h>

#include "tests/conformance/relay/check.hpp"

namespace berth::relay::conformance {
namespace {

std::vector<Check> AllChecks()
{
    std::vector<Check> all;
    for (const auto checks :
         {ChecksOfAdmission(), ChecksOfReading(), ChecksOfReplacing(), ChecksOfUsers()}) {
        all.insert(all.end(), checks.begin(), checks.end());
    }
    return all;
}

/// One relay for all checks, as the tester does it; at the end it prints what came of each.
class Table : public testing::Environment {
public:
    static World& world()
    {
        static World world;
        return world;
    }
    static std::map<std::string_view, bool>& outcomes()
    {
        static std::map<std::string_view, bool> outcomes;
        return outcomes;
    }

    void TearDown() override
    {
        int required = 0;
        int passed = 0;
        std::printf("%-52s %-12s %s\n", "check", "need", "relay");
        for (const auto& check : AllChecks()) {
            const auto outcome = outcomes().find(check.name);
            if (outcome == outcomes().end()) continue;
            const bool needed = check.need == Need::kRequired;
            required += needed ? 1 : 0;
            passed += needed && outcome->second ? 1 : 0;
            std::printf("%-52s %-12s %s\n", check.name.data(), needed ? "required" : "informative",
                        outcome->second ? "yes" : "no");
        }
        std::printf("note: relay tester: %d of %d required checks pass, %zu in all\n", passed,
                    required, outcomes().size());
    }
};

const auto* const kTable = testing::AddGlobalTestEnvironment(new Table);

class ConformanceTest : public testing::TestWithParam<Check> {};

TEST_P(ConformanceTest, BehavesAsItsTableSays)
{
    const auto& check = GetParam();
    const bool outcome = check.run(Table::world());
    Table::outcomes()[check.name] = outcome;
    EXPECT_EQ(outcome, check.expected) << check.name;
    EXPECT_TRUE(check.expected || check.need == Need::kInformative) << "what is required is true";
}

INSTANTIATE_TEST_SUITE_P(RelayTester, ConformanceTest, testing::ValuesIn(AllChecks()),
                         [](const auto& given) { return std::string{given.param.name}; });

}  // namespace
}  // namespace berth::relay::conformance
