#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace berth::relay::test {

/// A Redis server of a test's own: a free port of the loopback, nothing on disk, killed with the
/// object. Throws std::runtime_error if it does not come up.
class PrivateRedis {
public:
    explicit PrivateRedis(std::string password = {});
    PrivateRedis(const PrivateRedis&) = delete;
    PrivateRedis& operator=(const PrivateRedis&) = delete;
    ~PrivateRedis();

    /// `redis://` URL with the password, or with another one.
    std::string Url() const { return Url(password_); }
    std::string Url(const std::string& password) const;

    /// Starts it again after Kill, at the same port.
    void Start();
    /// kill -9, and waits for its end.
    void Kill();
    /// It keeps its connections and does nothing, until Resume.
    void Pause() const;
    void Resume() const;
    /// Sends to the channel, and waits until Redis has taken it.
    void Publish(const std::string& channel, std::string_view message) const;

private:
    bool Answers() const;

    std::string password_;
    std::filesystem::path folder_;
    unsigned short port_ = 0;
    pid_t pid_ = -1;
};

/// What takes connections, if only into the kernel's queue, and never says a word.
class SilentServer {
public:
    SilentServer();
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    ~SilentServer();

    std::string Url() const;

private:
    int handle_ = -1;
    unsigned short port_ = 0;
};

}  // namespace berth::relay::test
