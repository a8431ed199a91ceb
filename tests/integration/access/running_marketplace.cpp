#include "tests/integration/access/running_marketplace.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include <stdlib.h>

#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "marketplace/db/migrations.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;

std::filesystem::path MakeFolder()
{
    std::string path = "/tmp/berth-access-XXXXXX";
    if (!::mkdtemp(path.data())) throw std::runtime_error("no temporary folder");
    return path;
}

void Write(const std::filesystem::path& path, const std::string& text)
{
    if (const auto written = WriteFileAtomically(path, text); !written) {
        throw std::runtime_error(written.error().message);
    }
}

}  // namespace

RunningMarketplace::RunningMarketplace(Settings settings, Durability durability)
    : postgres_{durability},
      folder_{MakeFolder()},
      database_url_{postgres_.CreateDatabase("marketplace")}
{
    if (const auto migrated = db::Migrate(database_url_); !migrated) {
        throw std::runtime_error(migrated.error().message);
    }
    Write(folder_ / "key", ToHex(key_.bytes().Expose()));
    Write(folder_ / "url", database_url_);
    settings.insert({{"address", "127.0.0.1:0"},
                     {"ready_file", folder_ / "ready"},
                     {"key_file", folder_ / "key"},
                     {"database.url_file", folder_ / "url"},
                     {"admins", admin_.pubkey()},
                     {"finance", finance_.pubkey()}});
    std::vector<std::string> argv{BERTH_BINARY_DIR "/marketplace/berth-marketplace"};
    for (const auto& [key, value] : settings) argv.push_back("--" + key + "=" + value);
    process_ = std::make_unique<stack::Child>(stack::ChildSpec{.name = "berth-marketplace",
                                                               .argv = argv,
                                                               .environment = {},
                                                               .log = folder_ / "log",
                                                               .directory = {},
                                                               .user = {}});
    Start();
}

RunningMarketplace::~RunningMarketplace()
{
    process_->Stop();
    std::filesystem::remove_all(folder_);
}

void RunningMarketplace::Start()
{
    const auto ready = folder_ / "ready";
    std::filesystem::remove(ready);
    auto up = process_->Start();
    if (up) {
        up = process_->WaitUntil([&] { return std::filesystem::exists(ready); },
                                 Deadline::After(20s));
    }
    if (!up) throw std::runtime_error(up.error().message);
    std::getline(std::ifstream{ready}, address_);
}

void RunningMarketplace::Restart()
{
    process_->Stop();
    Start();
}

std::string RunningMarketplace::Log() const
{
    std::ostringstream text;
    text << std::ifstream{folder_ / "log"}.rdbuf();
    return text.str();
}

}  // namespace berth::test
