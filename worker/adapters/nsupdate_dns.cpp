#include "worker/adapters/nsupdate_dns.hpp"

#include <array>

#include <arpa/inet.h>

#include "core/base/failpoint.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {
namespace {

constexpr std::array kTypes{"A", "AAAA", "CNAME"};  // Whatever an edge is published by.

bool IsAddress(int family, const std::string& text)
{
    unsigned char bytes[16];
    return ::inet_pton(family, text.c_str(), bytes) == 1;
}

Result<void> CheckValue(const DnsRecord& record)
{
    const bool good = record.type == "A"       ? IsAddress(AF_INET, record.value)
                      : record.type == "AAAA"  ? IsAddress(AF_INET6, record.value)
                      : record.type == "CNAME" ? IsHostName(record.value)
                                               : false;
    if (good) return {};
    return Fail(ErrorCode::kInvalid, "BAD_DNS_VALUE",
                "The value is no " + record.type + " record's that may be published.");
}

std::string WrittenValue(const std::string& type, const std::string& value)
{
    return type == "CNAME" ? value + "." : value;
}

std::string Deletion(const std::string& name, const std::string& type)
{
    return "update delete " + name + ". " + type + "\n";
}

/// That a name still has exactly what was seen.
std::string Prerequisites(const std::string& name,
                          const std::map<std::string, std::vector<std::string>>& seen)
{
    if (seen.empty()) return "prereq nxdomain " + name + ".\n";
    std::string lines;
    for (const auto& [type, values] : seen) {
        for (const auto& value : values) {
            lines +=
                "prereq yxrrset " + name + ". " + type + " " + WrittenValue(type, value) + "\n";
        }
    }
    return lines;
}

/// nsupdate ends with 2 and the server's own word on a refusal, with 1 on a syntax error.
Error Refusal(const CommandOutput& output)
{
    const auto said = [&](const char* word) { return output.err.find(word) != std::string::npos; };
    if (said("NXRRSET") || said("YXDOMAIN") || said("YXRRSET") || said("NXDOMAIN")) {
        return Fail(ErrorCode::kConflict, "DNS_CHANGED_MEANWHILE",
                    "Somebody changed the record between look and update.");
    }
    if (said("REFUSED") || said("NOTAUTH") || said("BADKEY") || said("BADSIG")) {
        return Fail(ErrorCode::kForbidden, "DNS_REFUSED",
                    "The name server refused the update: " + output.err.substr(0, 200));
    }
    if (said("could not talk") || said("connection refused")) {
        return Fail(ErrorCode::kUnavailable, "DNS_UNAVAILABLE", "The name server does not answer.");
    }
    return Fail(ErrorCode::kUnknown, "DNS_OUTCOME_UNKNOWN",
                "nsupdate ended with " + std::to_string(output.exit_code) + ": " +
                    output.err.substr(0, 200));
}

}  // namespace

Result<void> NsupdateDns::CheckName(const std::string& name) const
{
    if (!IsHostName(name)) {
        return Fail(ErrorCode::kInvalid, "BAD_DNS_NAME", "The name is not one of host names.");
    }
    if (!IsWithin(name, settings_.zone)) {
        return Fail(ErrorCode::kInvalid, "NAME_OUTSIDE_ZONE",
                    name + " is not within " + settings_.zone + ".");
    }
    return {};
}

Result<void> NsupdateDns::Update(const std::string& changes, Deadline deadline)
{
    const auto colon = settings_.primary.rfind(':');
    const auto script = "server " + settings_.primary.substr(0, colon) + " " +
                        settings_.primary.substr(colon + 1) + "\nzone " + settings_.zone + "\n" +
                        changes + "send\n";
    Failpoint("worker.dns.before_update");
    const auto output = runner_.Run(
        {.argv = {settings_.program, "-v", "-t", "3", "-k", settings_.tsig_file.string()},
         .environment = {},
         .stdin_bytes = script,
         .directory = {}},
        deadline.AtMost(std::chrono::seconds{10}));
    Failpoint("worker.dns.after_update");
    if (!output) return output.error();
    if (output->exit_code != 0) return Refusal(*output);
    return {};
}

Result<NsupdateDns::Records> NsupdateDns::Published(const std::string& server,
                                                    const std::string& name, Deadline deadline)
{
    Records records;
    for (const auto* type : kTypes) {
        auto values = ask_(server, name, type, deadline);
        if (!values) return values.error();
        if (!values->empty()) records.emplace(type, std::move(*values));
    }
    return records;
}

Result<void> NsupdateDns::Proven(const std::string& name, const Records& wanted, Deadline deadline)
{
    for (const auto& server : settings_.servers) {
        const auto published = Published(server, name, deadline);
        if (!published) return published.error();
        if (*published != wanted) {
            return Fail(ErrorCode::kUnavailable, "DNS_NOT_EVERYWHERE",
                        server + " does not answer with the new record yet.");
        }
    }
    return {};
}

Result<void> NsupdateDns::Upsert(const DnsRecord& record, Deadline deadline)
{
    if (const auto good = CheckName(record.name); !good) return good.error();
    if (const auto good = CheckValue(record); !good) return good.error();
    const auto before = Published(settings_.primary, record.name, deadline);
    if (!before) return before.error();
    const Records wanted{{record.type, {record.value}}};
    if (*before != wanted) {
        auto changes = Prerequisites(record.name, *before);
        for (const auto& [type, values] : *before) changes += Deletion(record.name, type);
        changes += "update add " + record.name + ". " + std::to_string(record.ttl.count()) + " " +
                   record.type + " " + WrittenValue(record.type, record.value) + "\n";
        const auto updated = Update(changes, deadline);
        if (!updated && updated.error().code != ErrorCode::kUnknown) return updated.error();
    }
    return Proven(record.name, wanted, deadline);
}

Result<void> NsupdateDns::Remove(const std::string& name, Deadline deadline)
{
    if (const auto good = CheckName(name); !good) return good.error();
    const auto before = Published(settings_.primary, name, deadline);
    if (!before) return before.error();
    if (!before->empty()) {
        std::string changes;
        for (const auto& [type, values] : *before) changes += Deletion(name, type);
        const auto updated = Update(changes, deadline);
        if (!updated && updated.error().code != ErrorCode::kUnknown) return updated.error();
    }
    return Proven(name, {}, deadline);
}

}  // namespace berth::worker
