// What the stand-in makes of volumes in an SDL, as the network's own program does.
#include <fstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "akash/sandbox/cli/node_client.hpp"
#include "akash/sandbox/cli/sdl_file.hpp"

namespace berth::sandbox {
namespace {

namespace json = boost::json;

std::string Sdl(const std::string& params)
{
    return R"(version: "2.0"
services:
  postgres:
    image: postgres:15.13
    expose: [{port: 5432, to: [{global: true}]}])" +
           params + R"(
profiles:
  compute:
    postgres:
      resources:
        cpu: {units: 500m}
        memory: {size: 1Gi}
        storage:
          - size: 256Mi
          - {name: data, size: 50Gi, attributes: {persistent: true, class: beta2}}
  placement:
    berth: {pricing: {postgres: {denom: uact, amount: 1}}}
deployment:
  postgres: {berth: {profile: postgres, count: 1}}
)";
}

SdlDocument Read(const std::string& text)
{
    const auto path = testing::TempDir() + "berth-volumes.yaml";
    std::ofstream{path} << text;
    return ReadSdl(path);
}

TEST(SandboxSdlTest, NamesVolumesAndWhereTheyAreMounted)
{
    const auto document = Read(Sdl("\n    params: {storage: {data: {mount: /var/lib/data}}}"));
    const json::value manifest = document.manifest;
    EXPECT_EQ(manifest.at_pointer("/0/services/0/resources/storage"), json::parse(R"([
        {"name": "default", "size": {"val": "268435456"}},
        {"name": "data", "size": {"val": "53687091200"},
         "attributes": [{"key": "class", "value": "beta2"},
                        {"key": "persistent", "value": "true"}]}])"));
    EXPECT_EQ(
        manifest.at_pointer("/0/services/0/params"),
        json::parse(
            R"({"storage": [{"name": "data", "mount": "/var/lib/data", "readOnly": false}]})"));
    const json::value groups = document.groups;
    EXPECT_EQ(groups.at_pointer("/0/resources/0/resource/storage/1/attributes"),
              manifest.at_pointer("/0/services/0/resources/storage/1/attributes"));
}

TEST(SandboxSdlTest, RefusesAVolumeThatIsNotMounted) { EXPECT_THROW(Read(Sdl("")), CommandFailed); }

}  // namespace
}  // namespace berth::sandbox
