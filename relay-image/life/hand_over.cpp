#include "relay-image/life/hand_over.hpp"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>

#include "relay-image/transport/listening.hpp"

namespace berth::relay {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kVariable = "RELAY_HANDED_OVER";
constexpr auto kPatience = 60s;
constexpr int kFirst = 3;         // The first after the standard descriptors.
constexpr int kOutOfTheWay = 64;  // Where descriptors wait before they get their places.

/// Where the program stands on the disk, also if its file was replaced while it ran.
std::string ProgramPath()
{
    constexpr std::string_view kReplaced = " (deleted)";
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error).string();
    if (path.ends_with(kReplaced)) path.resize(path.size() - kReplaced.size());
    return path;
}

std::vector<std::string> OwnArguments()
{
    std::ostringstream text;
    text << std::ifstream{"/proc/self/cmdline"}.rdbuf();
    std::vector<std::string> arguments;
    std::istringstream parts{text.str()};
    for (std::string part; std::getline(parts, part, '\0');) arguments.push_back(part);
    return arguments;
}

std::vector<std::string> Environment(std::size_t sockets)
{
    std::vector<std::string> lines;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view line{*entry};
        if (!line.starts_with("LISTEN_") && !line.starts_with(kVariable)) lines.emplace_back(line);
    }
    lines.push_back(std::string{kVariable} + "=" + std::to_string(sockets));
    return lines;
}

std::vector<char*> Pointers(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

Error NotStarted(const std::string& why)
{
    return Fail(ErrorCode::kUnavailable, "HAND_OVER_NOT_STARTED", why);
}

/// Descriptors on their way to a child, closed here when it has them.
class Parcel {
public:
    Parcel() { ::posix_spawn_file_actions_init(&actions_); }
    Parcel(const Parcel&) = delete;
    Parcel& operator=(const Parcel&) = delete;
    ~Parcel()
    {
        ::posix_spawn_file_actions_destroy(&actions_);
        for (const int copy : copies_) ::close(copy);
    }

    void Add(int descriptor)
    {
        copies_.push_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, kOutOfTheWay));
        ::posix_spawn_file_actions_adddup2(&actions_, copies_.back(), next_++);
    }
    /// All other descriptors stay here.
    const posix_spawn_file_actions_t* Seal()
    {
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, next_);
        return &actions_;
    }

private:
    posix_spawn_file_actions_t actions_{};
    std::vector<int> copies_;
    int next_ = kFirst;
};

}  // namespace

Result<void> HandOver::Spawn(const std::vector<int>& listening, int told_by)
{
    Parcel parcel;
    for (const int descriptor : listening) parcel.Add(descriptor);
    parcel.Add(told_by);
    const auto program = ProgramPath();
    auto arguments = OwnArguments();
    auto environment = Environment(listening.size());
    const auto error = ::posix_spawn(&pid_, program.c_str(), parcel.Seal(), nullptr,
                                     Pointers(arguments).data(), Pointers(environment).data());
    if (error == 0) return {};
    pid_ = -1;
    return NotStarted(program + ": " + std::generic_category().message(error));
}

Result<void> HandOver::Start(const std::vector<int>& listening, Done done)
{
    if (pid_ > 0) {
        return Fail(ErrorCode::kInvalid, "HAND_OVER_UNDER_WAY", "A successor is starting already.");
    }
    if (::getpid() == 1) {
        return Fail(ErrorCode::kInvalid, "HAND_OVER_AS_INIT",
                    "The end of process 1 would end the container, and the successor with it.");
    }
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return NotStarted("There is no descriptor left for a pipe.");
    const auto spawned = Spawn(listening, ends[1]);
    ::close(ends[1]);
    if (!spawned) {
        ::close(ends[0]);
        return spawned;
    }
    reading_.assign(ends[0]);
    AwaitWord(std::move(done));
    return {};
}

void HandOver::AwaitWord(Done done)
{
    timer_.expires_after(kPatience);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) reading_.close();
    });
    reading_.async_read_some(
        asio::buffer(&word_, 1),
        [this, done = std::move(done)](boost::system::error_code error, std::size_t) {
            timer_.cancel();
            boost::system::error_code ignored;
            reading_.close(ignored);
            if (error) return GiveUp(done);
            done_ = true;
            done(pid_);
        });
}

void HandOver::GiveUp(const Done& done)
{
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {}
    pid_ = -1;
    done(NotStarted("The successor did not come to serve; its log says why."));
}

Result<Inheritance> TakeInheritance()
{
    const char* text = std::getenv(kVariable);
    if (!text) {
        const auto sockets = SocketsFromSystemd();
        if (!sockets) return sockets.error();
        return Inheritance{.sockets = *sockets};
    }
    Inheritance inheritance;
    const std::string_view digits{text};
    std::from_chars(digits.data(), digits.data() + digits.size(), inheritance.sockets);
    inheritance.told_by = kFirst + inheritance.sockets;
    ::fcntl(inheritance.told_by, F_SETFD, FD_CLOEXEC);
    return inheritance;
}

void TellPredecessor(const Inheritance& inheritance)
{
    if (inheritance.told_by < 0) return;
    [[maybe_unused]] const auto told = ::write(inheritance.told_by, "!", 1);
    ::close(inheritance.told_by);
}

}  // namespace berth::relay
