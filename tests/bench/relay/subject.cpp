#include "tests/bench/relay/subject.hpp"

#include <chrono>
#include <stdexcept>

#include "relay-image/bench/connection.hpp"
#include "relay-image/storage/postgres_connection.hpp"
#include "tests/bench/relay/process_figures.hpp"
#include "tests/bench/relay/running.hpp"
#include "tests/fakes/private_postgres.hpp"
#include "tests/integration/relay/relay_process.hpp"

namespace berth::bench {
namespace {

class Berth final : public Subject {
public:
    Berth(Storage storage, relay::test::RelayProcess::Settings settings)
        : relay_{Url(storage), Completed(std::move(settings), storage)}
    {
    }

    unsigned short port() const override { return relay_.port(); }
    double CpuSeconds() const override
    {
        return CpuSecondsOf(relay_.pid()) + (postmaster_ > 0 ? CpuSecondsOf(postmaster_) : 0);
    }
    std::int64_t PrivateBytes() const override { return PrivateBytesOf(relay_.pid()); }
    std::int64_t ResidentBytes() const override { return ResidentBytesOf(relay_.pid()); }
    std::int64_t Descriptors() const override { return DescriptorsOf(relay_.pid()); }
    std::int64_t StoreBytes() override
    {
        if (!postgres_) return BytesUnder(folder_.path());
        return Number("SELECT pg_database_size(current_database())") - empty_bytes_;
    }
    double RestartSeconds() override
    {
        relay_.Terminate();
        const auto start = Steady::now();
        relay_.Start();
        AwaitAnswer(relay_.port());
        return std::chrono::duration<double>{Steady::now() - start}.count();
    }

private:
    std::string Url(Storage storage)
    {
        if (storage == Storage::kLmdb) return "";
        postgres_ = std::make_unique<test::PrivatePostgres>(test::Durability::kMachine);
        url_ = postgres_->CreateDatabase("bench");
        postmaster_ = ParentOf(static_cast<pid_t>(Number("SELECT pg_backend_pid()")));
        empty_bytes_ = Number("SELECT pg_database_size(current_database())");
        return url_;
    }
    relay::test::RelayProcess::Settings Completed(relay::test::RelayProcess::Settings settings,
                                                  Storage storage)
    {
        settings.emplace("MAX_CONNECTIONS", "20000");
        if (storage == Storage::kPostgres) return settings;
        settings["STORAGE"] = "lmdb";
        settings["LMDB_FOLDER"] = folder_.path();
        return settings;
    }
    std::int64_t Number(const char* sql)
    {
        relay::PostgresConnection connection{Secret{url_}, ""};
        const auto rows = connection.Run({sql, {}});
        if (!rows) throw std::runtime_error{rows.error().message};
        return rows->Number(0, 0);
    }

    const TemporaryFolder folder_;
    std::unique_ptr<test::PrivatePostgres> postgres_;
    std::string url_;
    pid_t postmaster_ = -1;
    std::int64_t empty_bytes_ = 0;
    relay::test::RelayProcess relay_;
};

}  // namespace

std::unique_ptr<Subject> StartBerth(Storage storage, std::map<std::string, std::string> settings)
{
    return std::make_unique<Berth>(storage, std::move(settings));
}

}  // namespace berth::bench
