#include "akash/sandbox/runtime/service_terms.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace berth::sandbox {
namespace {

const auto kService = boost::json::parse(R"({
    "env": ["POSTGRES_USER=relay", "ODD", "URL=a=b"],
    "resources": {
        "cpu": {"units": {"val": "500"}},
        "memory": {"size": {"val": "536870912"}},
        "storage": [
            {"name": "default", "size": {"val": "268435456"}},
            {"name": "data", "size": {"val": "1073741824"},
             "attributes": [{"key": "class", "value": "beta2"},
                            {"key": "persistent", "value": "true"}]}]}})");

TEST(ServiceTermsTest, TakesTheEnvironmentApartAtTheFirstSign)
{
    const std::map<std::string, std::string> expected{{"POSTGRES_USER", "relay"}, {"URL", "a=b"}};
    EXPECT_EQ(EnvironmentOf(kService), expected);
    EXPECT_TRUE(EnvironmentOf(boost::json::parse(R"({"env": null})")).empty());
}

TEST(ServiceTermsTest, ReadsWhatAServiceMayUse)
{
    const auto limits = LimitsOf(kService.at("resources"));
    EXPECT_EQ(limits.memory_bytes, 512 << 20);
    EXPECT_EQ(limits.cpu_millis, 500);
}

TEST(ServiceTermsTest, TellsAVolumeFromWhatGoesWithTheContainer)
{
    auto resources = kService.at("resources");
    EXPECT_TRUE(HasVolume(resources));
    resources.at_pointer("/storage/1/attributes/1/value") = "false";
    EXPECT_FALSE(HasVolume(resources));
    resources.at("storage").as_array().pop_back();
    EXPECT_FALSE(HasVolume(resources));
}

}  // namespace
}  // namespace berth::sandbox
