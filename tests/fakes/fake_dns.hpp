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
        records[{record.name, record.type}] = record;
        return {};
    }
    Result<void> Remove(const std::string& name, const std::string& type, Deadline) override
    {
        if (fails) return *fails;
        records.erase({name, type});
        return {};
    }
};

}  // namespace berth::test
