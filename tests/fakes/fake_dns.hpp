#pragma once

#include <map>
#include <optional>
#include <utility>

#include "worker/ports/dns.hpp"

namespace berth::test {

/// A zone in memory.
class FakeDns final : public worker::Dns {
public:
    std::map<std::pair<std::string, std::string>, worker::DnsRecord>
        records;                 ///< By name and type.
    std::optional<Error> fails;  ///< What every call answers, if set.

    Result<void> Upsert(const worker::DnsRecord& record, Deadline) override
    {
        if (fails) return *fails;
        Forget(record.name);
        records[{record.name, record.type}] = record;
        return {};
    }
    Result<void> Remove(const std::string& name, Deadline) override
    {
        if (fails) return *fails;
        Forget(name);
        return {};
    }

private:
    void Forget(const std::string& name)
    {
        std::erase_if(records, [&](const auto& record) { return record.first.first == name; });
    }
};

}  // namespace berth::test
