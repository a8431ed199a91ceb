#include "tests/vectors/vector_file.hpp"

#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <set>

namespace berth::vectors {
namespace {

using Runner = std::function<int(std::string_view)>;

const std::map<std::string, Runner> kFiles{
    {"bip340.csv", RunBip340},
    {"claim_policy.json", RunClaimPolicy},
    {"fx.json", RunFx},
    {"nostr_auth_dm.json", RunNostrAuthAndMessages},
    {"nostr_events.json", RunNostrEvents},
    {"xrpl_claims.json", RunXrplClaims},
};

/// Files of rails that are not built yet.
const std::set<std::string> kNotYet{
    "bolt11.json",
    "cosmos_adr036.json",
    "evm_eip3009.json",
    "evm_upstream_dassie.json",
    "evm_x402_vouchers.json",
    "upstream_claims.json",
    "xrpl_redeem_tx.json",
};

/// What stands beside the vectors.
bool IsOurs(const std::filesystem::path& path)
{
    const auto extension = path.extension();
    return extension == ".cpp" || extension == ".hpp" || path.filename() == "CMakeLists.txt" ||
           path.filename() == "README.md";
}

TEST(VectorsTest, EveryCaseOfEveryFileHasItsVerdict)
{
    int total = 0;
    std::set<std::string> run;
    for (const auto& entry : std::filesystem::directory_iterator{Folder()}) {
        const auto name = entry.path().filename().string();
        if (kNotYet.contains(name)) {
            std::cout << name << ": not yet\n";
            continue;
        }
        if (IsOurs(entry.path())) continue;
        const auto file = kFiles.find(name);
        if (file == kFiles.end()) {
            ADD_FAILURE() << name << " is an unknown file";
            continue;
        }
        const auto count = file->second(name);
        EXPECT_GT(count, 0) << name << " holds no case";
        std::cout << name << ": " << count << " cases\n";
        total += count;
        run.insert(name);
    }
    EXPECT_EQ(run.size(), kFiles.size()) << "a file is missing from " << Folder();
    std::cout << "vectors: " << total << " cases\n";
}

}  // namespace
}  // namespace berth::vectors
