#include "worker/adapters/haproxy_edge.hpp"

#include <sstream>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "core/base/failpoint.hpp"
#include "core/base/file.hpp"
#include "worker/adapters/dns_name.hpp"

namespace berth::worker {
namespace {

namespace asio = boost::asio;

bool Said(const std::string& answer, const char* words)
{
    return answer.find(words) != std::string::npos;
}

Error Refused(const std::string& answer)
{
    return Fail(ErrorCode::kForbidden, "EDGE_REFUSED", "HAProxy: " + answer.substr(0, 200));
}

Result<void> CheckNames(std::initializer_list<std::string_view> names)
{
    for (const auto name : names) {
        if (!IsHostName(name)) {
            return Fail(ErrorCode::kInvalid, "BAD_DNS_NAME", "The name is not one of host names.");
        }
    }
    return {};
}

}  // namespace

std::filesystem::path HaproxyEdge::FileOf(const std::string& label) const
{
    return settings_.CertificatesFolder() / (label + ".pem");
}

/// One connection a command: HAProxy answers and closes.
Result<std::string> HaproxyEdge::Tell(const std::string& command, Deadline deadline) const
{
    asio::io_context context;
    asio::local::stream_protocol::socket socket{context};
    std::string answer;
    boost::system::error_code failure;
    const auto read = [&](const boost::system::error_code& error, std::size_t) {
        if (error != asio::error::eof) failure = error;
    };
    const auto written = [&](const boost::system::error_code& error, std::size_t) {
        if (error) {
            failure = error;
        } else {
            asio::async_read(socket, asio::dynamic_buffer(answer, 1 << 20), read);
        }
    };
    socket.connect(settings_.socket.string(), failure);
    if (!failure) {
        asio::async_write(socket, asio::buffer(command), written);
        context.run_for(deadline.AtMost(std::chrono::seconds{5}).Left());
    }
    if (failure || !context.stopped()) {
        return Fail(ErrorCode::kUnavailable, "EDGE_UNAVAILABLE",
                    "HAProxy does not answer on " + settings_.socket.string() + ".");
    }
    return answer;
}

Result<void> HaproxyEdge::Ping(Deadline deadline)
{
    const auto answer = Tell("show info\n", deadline);
    if (!answer) return answer.error();
    if (!Said(*answer, "Version:")) return Refused(*answer);
    return {};
}

/// Replaces or adds the line of `key` in a list; an empty line removes it.
Result<void> HaproxyEdge::SetLine(const std::filesystem::path& file, const std::string& key,
                                  const std::string& line) const
{
    const auto before = ReadFile(file);
    if (!before && before.error().code != ErrorCode::kNotFound) return before.error();
    std::istringstream lines{before ? *before : std::string{}};
    std::string after;
    for (std::string old; std::getline(lines, old);) {
        if (old != key && !old.starts_with(key + " ")) after += old + "\n";
    }
    if (!line.empty()) after += line + "\n";
    if (before && after == *before) return {};
    return WriteFileAtomically(file, after);
}

Result<std::optional<std::string>> HaproxyEdge::CertificateOf(const std::string& label)
{
    if (const auto good = CheckNames({label}); !good) return good.error();
    auto pem = ReadFile(FileOf(label), 1 << 20);
    if (!pem && pem.error().code == ErrorCode::kNotFound) return std::optional<std::string>{};
    if (!pem) return pem.error();
    return std::optional{pem->substr(0, pem->find("-----BEGIN PRIVATE KEY-----"))};
}

/// HAProxy has one change of a certificate under way at a time, of whoever began it. One that a
/// killed worker left behind would take in what is meant for other certificates.
Result<void> HaproxyEdge::AbortLeftOver(Deadline deadline) const
{
    const auto shown = Tell("show ssl cert\n", deadline);
    if (!shown) return shown.error();
    std::istringstream lines{*shown};
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('*')) continue;  // Marks the one under way.
        const auto aborted = Tell("abort ssl cert " + line.substr(1) + "\n", deadline);
        if (!aborted) return aborted.error();
    }
    return {};
}

Result<void> HaproxyEdge::Load(const std::filesystem::path& file, const Secret& pem,
                               Deadline deadline) const
{
    const auto name = file.string();
    const auto made = Tell("new ssl cert " + name + "\n", deadline);
    if (!made) return made.error();
    if (const auto free = AbortLeftOver(deadline); !free) return free.error();
    const auto set = Tell("set ssl cert " + name + " <<\n" + pem.Expose() + "\n", deadline);
    if (!set) return set.error();
    if (!Said(*set, ("certificate " + name + "!").c_str())) return Refused(*set);
    const auto committed = Tell("commit ssl cert " + name + "\n", deadline);
    if (!committed) return committed.error();
    if (!Said(*committed, "Success")) return Refused(*committed);

    const auto list = settings_.CertificateList().string();
    const auto listed = Tell("show ssl crt-list " + list + "\n", deadline);
    if (!listed) return listed.error();
    if (Said(*listed, (name + "\n").c_str())) return {};
    const auto added = Tell("add ssl crt-list " + list + " " + name + "\n", deadline);
    if (!added) return added.error();
    if (!Said(*added, "Success")) return Refused(*added);
    return {};
}

Result<void> HaproxyEdge::InstallCertificate(const std::string& label, const std::string& chain_pem,
                                             const Secret& key_pem, Deadline deadline)
{
    if (const auto good = CheckNames({label}); !good) return good.error();
    const std::scoped_lock lock{mutex_};
    const auto file = FileOf(label);
    std::string lines;
    std::istringstream chain{chain_pem};  // HAProxy ends the payload at an empty line.
    for (std::string line; std::getline(chain, line);) {
        if (!line.empty()) lines += line + "\n";
    }
    const Secret pem{lines + key_pem.Expose()};
    Failpoint("worker.edge.before_install");
    if (const auto written = WriteFileAtomically(file, pem.Expose()); !written)
        return written.error();
    if (const auto listed = SetLine(settings_.CertificateList(), file.string(), file.string());
        !listed) {
        return listed.error();
    }
    const auto loaded = Load(file, pem, deadline);
    Failpoint("worker.edge.after_install");
    return loaded;
}

Result<void> HaproxyEdge::RemoveCertificate(const std::string& label, Deadline deadline)
{
    if (const auto good = CheckNames({label}); !good) return good.error();
    const std::scoped_lock lock{mutex_};
    const auto file = FileOf(label);
    if (const auto unlisted = SetLine(settings_.CertificateList(), file.string(), ""); !unlisted) {
        return unlisted.error();
    }
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    const auto removed = Tell(
        "del ssl crt-list " + settings_.CertificateList().string() + " " + file.string() + "\n",
        deadline);
    if (!removed) return removed.error();
    const auto deleted = Tell("del ssl cert " + file.string() + "\n", deadline);
    if (!deleted) return deleted.error();
    return {};
}

Result<void> HaproxyEdge::Route(const std::string& hostname, const std::string& ingress_host,
                                Deadline deadline)
{
    if (const auto good = CheckNames({hostname, ingress_host}); !good) return good.error();
    const std::scoped_lock lock{mutex_};
    const auto map = settings_.HostsMap();
    Failpoint("worker.edge.before_route");
    const auto written = SetLine(map, hostname, hostname + " " + ingress_host);
    if (!written) return written.error();
    const auto entry = map.string() + " " + hostname + " " + ingress_host + "\n";
    auto answer = Tell("set map " + entry, deadline);
    if (answer && Said(*answer, "not found")) answer = Tell("add map " + entry, deadline);
    Failpoint("worker.edge.after_route");
    if (!answer) return answer.error();
    if (answer->find_first_not_of("\n") != std::string::npos) return Refused(*answer);
    return {};
}

Result<void> HaproxyEdge::Unroute(const std::string& hostname, Deadline deadline)
{
    if (const auto good = CheckNames({hostname}); !good) return good.error();
    const std::scoped_lock lock{mutex_};
    const auto written = SetLine(settings_.HostsMap(), hostname, "");
    if (!written) return written.error();
    const auto answer =
        Tell("del map " + settings_.HostsMap().string() + " " + hostname + "\n", deadline);
    if (!answer) return answer.error();
    const bool gone =
        answer->find_first_not_of("\n") == std::string::npos || Said(*answer, "not found");
    if (!gone) return Refused(*answer);
    return {};
}

}  // namespace berth::worker
