#include "akash/sandbox/chain/block_log.hpp"

#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

#include <boost/json.hpp>

namespace berth::sandbox {

BlockLog::BlockLog(const std::filesystem::path& file)
    : fd_{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)}
{
    if (fd_ < 0) throw std::runtime_error{"The block log cannot be opened: " + file.string()};
}

BlockLog::~BlockLog() { ::close(fd_); }

void BlockLog::Replay(Chain& chain)
{
    std::string text;
    char buffer[65536];
    for (ssize_t got = 0; (got = ::read(fd_, buffer, sizeof buffer)) > 0;) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', begin)) {
        chain.Apply(boost::json::parse(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    if (::ftruncate(fd_, static_cast<off_t>(begin)) != 0 ||
        ::lseek(fd_, static_cast<off_t>(begin), SEEK_SET) < 0) {
        throw std::runtime_error{"The block log cannot be cut to its last whole block."};
    }
}

void BlockLog::Append(const boost::json::value& block)
{
    const auto line = boost::json::serialize(block) + "\n";
    std::string_view left = line;
    while (!left.empty()) {
        const auto written = ::write(fd_, left.data(), left.size());
        if (written < 0 && errno != EINTR) throw std::runtime_error{"A block cannot be written."};
        if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace berth::sandbox
