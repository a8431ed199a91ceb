#include "core/probe/resolver.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>

#include "core/base/assert.hpp"
#include "core/base/lower_case.hpp"

namespace berth::probe {
namespace {

constexpr int kAliasesMax = 8;
constexpr int kRecordsMax = 64;

struct Record {
    std::string owner;
    int type = 0;
    std::string data;  ///< Address, alias target or joined text.
};

struct Answer {
    bool done = false;
    int status = ARES_SUCCESS;
    std::string message;
};

std::string Lower(std::string text)
{
    text = LowerCase(std::move(text));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

bool IsHostname(std::string_view name)
{
    return !name.empty() && name.size() <= 253 &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) || c == '-' || c == '.' || c == '_';
           });
}

Error FromStatus(const std::string& name, int status)
{
    const auto message = name + ": " + ::ares_strerror(status) + ".";
    if (status == ARES_ENOTFOUND || status == ARES_ENODATA) {
        return Fail(ErrorCode::kNotFound, "DNS_NAME_NOT_FOUND", message);
    }
    if (status == ARES_ETIMEOUT || status == ARES_ECANCELLED) {
        return Fail(ErrorCode::kTimeout, "DNS_TIMED_OUT", message);
    }
    return Fail(ErrorCode::kUnavailable, "DNS_SERVER_FAILED", message);
}

/// Reads the answer section of a message of the name system.
class MessageReader {
public:
    explicit MessageReader(const std::string& message) : message_{message} {}

    std::optional<std::vector<Record>> Read()
    {
        if (message_.size() < 12) return std::nullopt;
        const auto questions = Number(4);
        const auto answers = std::min(Number(6), kRecordsMax);
        at_ = 12;
        for (int i = 0; i < questions; ++i) {
            if (!Name(at_, true)) return std::nullopt;
            at_ += 4;
        }
        std::vector<Record> records;
        for (int i = 0; i < answers; ++i) {
            auto record = ReadRecord();
            if (!record) return std::nullopt;
            records.push_back(std::move(*record));
        }
        return records;
    }

private:
    const unsigned char* Bytes() const
    {
        return reinterpret_cast<const unsigned char*>(message_.data());
    }
    int Number(std::size_t at) const { return Bytes()[at] << 8 | Bytes()[at + 1]; }

    std::optional<std::string> Name(std::size_t at, bool advance)
    {
        if (at >= message_.size()) return std::nullopt;
        char* text = nullptr;
        long length = 0;
        if (::ares_expand_name(Bytes() + at, Bytes(), static_cast<int>(message_.size()), &text,
                               &length) != ARES_SUCCESS) {
            return std::nullopt;
        }
        std::string name = text;
        ::ares_free_string(text);
        if (advance) at_ = at + static_cast<std::size_t>(length);
        return Lower(std::move(name));
    }

    std::string Text(std::size_t at, std::size_t end) const
    {
        std::string text;
        while (at < end) {
            const std::size_t length = Bytes()[at];
            text += message_.substr(at + 1, std::min(length, end - at - 1));
            at += 1 + length;
        }
        return text;
    }

    std::string Address(int family, std::size_t at) const
    {
        char text[INET6_ADDRSTRLEN] = "";
        ::inet_ntop(family, Bytes() + at, text, sizeof text);
        return text;
    }

    std::optional<Record> ReadRecord()
    {
        auto owner = Name(at_, true);
        if (!owner || at_ + 10 > message_.size()) return std::nullopt;
        Record record{.owner = std::move(*owner), .type = Number(at_), .data = {}};
        const auto length = static_cast<std::size_t>(Number(at_ + 8));
        const auto data = at_ + 10;
        at_ = data + length;
        if (at_ > message_.size()) return std::nullopt;
        switch (record.type) {
            case ns_t_a:
                if (length != 4) return std::nullopt;
                record.data = Address(AF_INET, data);
                break;
            case ns_t_aaaa:
                if (length != 16) return std::nullopt;
                record.data = Address(AF_INET6, data);
                break;
            case ns_t_cname: {
                auto target = Name(data, false);
                if (!target) return std::nullopt;
                record.data = std::move(*target);
                break;
            }
            case ns_t_txt: record.data = Text(data, at_); break;
            default: break;
        }
        return record;
    }

    const std::string& message_;
    std::size_t at_ = 0;
};

/// One use of c-ares: one question, then gone.
class Question {
public:
    explicit Question(const std::string& servers)
    {
        static const int initialised = ::ares_library_init(ARES_LIB_INIT_ALL);
        BERTH_ASSERT(initialised == ARES_SUCCESS);
        ares_options options{};
        char lookups[] = "b";  // No hosts file.
        options.lookups = lookups;
        options.timeout = 2000;
        options.tries = 2;
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
        status_ = ::ares_init_options(
            &channel_, &options,
            ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS);
        if (status_ == ARES_SUCCESS && !servers.empty()) {
            status_ = ::ares_set_servers_ports_csv(channel_, servers.c_str());
        }
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    ~Question()
    {
        if (channel_) ::ares_destroy(channel_);
    }

    Result<std::vector<Record>> Ask(const std::string& name, int type, Deadline deadline)
    {
        if (status_ != ARES_SUCCESS) {
            return Fail(ErrorCode::kInvalid, "BAD_DNS_SERVER",
                        "The name servers have to be given as address:port.");
        }
        Answer answer;
        ::ares_query(channel_, name.c_str(), ns_c_in, type, &Question::OnAnswer, &answer);
        while (!answer.done && !deadline.Passed()) Wait(deadline);
        if (!answer.done) ::ares_cancel(channel_);
        if (answer.status != ARES_SUCCESS) return FromStatus(name, answer.status);
        auto records = MessageReader{answer.message}.Read();
        if (!records) return FromStatus(name, ARES_EBADRESP);
        return std::move(*records);
    }

private:
    static void OnAnswer(void* into, int status, int, unsigned char* bytes, int size)
    {
        auto& answer = *static_cast<Answer*>(into);
        answer.done = true;
        answer.status = status;
        if (bytes && size > 0) {
            answer.message.assign(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
        }
    }

    void Wait(Deadline deadline)
    {
        ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
        const auto mask =
            static_cast<unsigned>(::ares_getsock(channel_, sockets, ARES_GETSOCK_MAXNUM));
        std::vector<pollfd> polled;
        for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
            const bool reads = mask & 1U << i;
            const bool writes = mask & 1U << (i + ARES_GETSOCK_MAXNUM);
            if (!reads && !writes) continue;
            const auto events = static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
            polled.push_back({.fd = sockets[i], .events = events, .revents = 0});
        }
        const auto left = std::min<std::int64_t>(deadline.Left().count(), 100);
        ::poll(polled.data(), polled.size(), static_cast<int>(left));
        for (const auto& each : polled) {
            ::ares_process_fd(
                channel_, each.revents & (POLLIN | POLLERR | POLLHUP) ? each.fd : ARES_SOCKET_BAD,
                each.revents & POLLOUT ? each.fd : ARES_SOCKET_BAD);
        }
        ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // Its own time-outs.
    }

    ares_channel channel_ = nullptr;
    int status_ = ARES_SUCCESS;
};

/// Adds what `records` say about `name`, following the aliases among them.
void Collect(const std::vector<Record>& records, std::string name, Addresses& found)
{
    for (int hops = 0; hops <= kAliasesMax; ++hops) {
        std::string target;
        for (const auto& record : records) {
            if (record.owner != name) continue;
            if (record.type == ns_t_cname) target = record.data;
            if (record.type == ns_t_a || record.type == ns_t_aaaa) {
                found.addresses.push_back(record.data);
            }
        }
        if (target.empty()) return;
        if (std::find(found.aliases.begin(), found.aliases.end(), target) == found.aliases.end()) {
            found.aliases.push_back(target);
        }
        name = target;
    }
}

}  // namespace

Resolver::Resolver(std::vector<std::string> servers)
{
    for (const auto& server : servers) servers_ += (servers_.empty() ? "" : ",") + server;
}

Result<Addresses> Resolver::ResolveOnce(const std::string& name, Deadline deadline) const
{
    if (!IsHostname(name))
        return Fail(ErrorCode::kInvalid, "BAD_HOSTNAME", "That is no host name.");
    Addresses found;
    std::optional<Error> error;
    for (const int type : {ns_t_a, ns_t_aaaa}) {
        const auto records = Question{servers_}.Ask(Lower(name), type, deadline);
        if (records) {
            Collect(*records, Lower(name), found);
        } else if (!error || records.error().code != ErrorCode::kNotFound) {
            error = records.error();
        }
    }
    if (error && (error->code != ErrorCode::kNotFound ||
                  (found.addresses.empty() && found.aliases.empty()))) {
        return *error;
    }
    std::sort(found.addresses.begin(), found.addresses.end());
    found.addresses.erase(std::unique(found.addresses.begin(), found.addresses.end()),
                          found.addresses.end());
    return found;
}

Result<Addresses> Resolver::Resolve(const std::string& name, Deadline deadline) const
{
    auto found = ResolveOnce(name, deadline);
    while (found && found->addresses.empty() && found->aliases.size() <= kAliasesMax) {
        auto next = ResolveOnce(found->aliases.back(), deadline);
        if (!next) return next.error();
        found->aliases.insert(found->aliases.end(), next->aliases.begin(), next->aliases.end());
        found->addresses = std::move(next->addresses);
    }
    if (found && found->addresses.empty()) return FromStatus(name, ARES_ENODATA);
    return found;
}

Result<std::string> Resolver::Alias(const std::string& name, Deadline deadline) const
{
    if (!IsHostname(name))
        return Fail(ErrorCode::kInvalid, "BAD_HOSTNAME", "That is no host name.");
    const auto records = Question{servers_}.Ask(Lower(name), ns_t_cname, deadline);
    if (!records) return records.error();
    for (const auto& record : *records) {
        if (record.type == ns_t_cname && record.owner == Lower(name)) return record.data;
    }
    return FromStatus(name, ARES_ENODATA);
}

Result<std::vector<std::string>> Resolver::Texts(const std::string& name, Deadline deadline) const
{
    if (!IsHostname(name))
        return Fail(ErrorCode::kInvalid, "BAD_HOSTNAME", "That is no host name.");
    const auto records = Question{servers_}.Ask(name, ns_t_txt, deadline);
    if (!records) return records.error();
    std::vector<std::string> texts;
    for (const auto& record : *records) {
        if (record.type == ns_t_txt) texts.push_back(record.data);
    }
    return texts;
}

}  // namespace berth::probe
