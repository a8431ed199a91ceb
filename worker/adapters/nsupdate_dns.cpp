#include "worker/adapters/nsupdate_dns.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include "core/base/failpoint.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {
namespace {

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

Result<void> NsupdateDns::Proven(const DnsRecord& record, const Values& wanted, Deadline deadline)
{
    for (const auto& server : settings_.servers) {
        const auto values = ask_(server, record.name, record.type, deadline);
        if (!values) return values.error();
        if (*values != wanted) {
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
    const auto before = ask_(settings_.primary, record.name, record.type, deadline);
    if (!before) return before.error();
    const Values wanted{record.value};
    if (*before != wanted) {
        std::string changes;
        if (before->empty()) changes = "prereq nxdomain " + record.name + ".\n";
        for (const auto& value : *before) {
            changes += "prereq yxrrset " + record.name + ". " + record.type + " " +
                       WrittenValue(record.type, value) + "\n";
        }
        changes += "update delete " + record.name + ". " + record.type + "\nupdate add " +
                   record.name + ". " + std::to_string(record.ttl.count()) + " " + record.type +
                   " " + WrittenValue(record.type, record.value) + "\n";
        const auto updated = Update(changes, deadline);
        if (!updated && updated.error().code != ErrorCode::kUnknown) return updated.error();
    }
    return Proven(record, wanted, deadline);
}

Result<void> NsupdateDns::Remove(const std::string& name, const std::string& type,
                                 Deadline deadline)
{
    if (const auto good = CheckName(name); !good) return good.error();
    const auto before = ask_(settings_.primary, name, type, deadline);
    if (!before) return before.error();
    if (!before->empty()) {
        const auto updated = Update("update delete " + name + ". " + type + "\n", deadline);
        if (!updated && updated.error().code != ErrorCode::kUnknown) return updated.error();
    }
    return Proven({.name = name, .type = type, .value = {}}, {}, deadline);
}

}  // namespace berth::worker
