#pragma once

#include <map>

#include "worker/ports/customer_names.hpp"

namespace berth::test {

/// Customers' records in memory.
class FakeCustomerNames final : public worker::CustomerNames {
public:
    std::map<std::string, std::string> records;  ///< Name to target.
    std::optional<Error> fails;

    Result<void> Check(const worker::CustomerRecord& record, Deadline) override
    {
        if (fails) return *fails;
        const auto found = records.find(record.name);
        if (found != records.end() && found->second == record.target) return {};
        return Fail(ErrorCode::kPrecondition, "CNAME_MISSING",
                    record.name + " CNAME " + record.target + " is missing.");
    }
};

}  // namespace berth::test
