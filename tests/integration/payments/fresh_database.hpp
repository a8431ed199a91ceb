#pragma once

#include <stdexcept>
#include <string>

#include <pqxx/pqxx>

#include "marketplace/db/database.hpp"
#include "marketplace/db/migrations.hpp"
#include "tests/fakes/private_postgres.hpp"

namespace berth::test {

/// A migrated database of a test's own, on one server for the whole program. `Value` runs a query
/// that a test makes up as superuser, beside what the program under test may do.
class FreshDatabase {
public:
    FreshDatabase() : url_{Server().CreateDatabase("test_" + std::to_string(++made_))}
    {
        const auto migrated = db::Migrate(url_);
        if (!migrated) throw std::runtime_error{migrated.error().message};
    }

    const std::string& url() const { return url_; }
    db::Database& operator*() { return database_; }

    /// The first column of the first row, `` if there is none.
    std::string Value(const std::string& query) const
    {
        pqxx::connection connection{url_};
        pqxx::work tx{connection};
        const auto rows = tx.exec(query);
        const std::string value = rows.empty() || rows[0].empty() ? "" : rows[0][0].c_str();
        tx.commit();
        return value;
    }

    /// Runs `work` in a transaction of role berth_marketplace and commits.
    void Do(const std::function<void(pqxx::work&)>& work)
    {
        const auto done = database_.Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
            work(tx);
            return true;
        });
        if (!done) throw std::runtime_error{done.error().message};
    }

private:
    static PrivatePostgres& Server()
    {
        static PrivatePostgres server;
        return server;
    }

    inline static int made_ = 0;
    const std::string url_;
    db::Database database_{{.url = url_}};
};

}  // namespace berth::test
