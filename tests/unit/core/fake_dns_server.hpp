#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace berth::probe {

/// A name server on a free UDP port of loopback that knows a few A and CNAME records.
class FakeDnsServer {
public:
    FakeDnsServer();
    ~FakeDnsServer();

    const std::string& address() const { return address_; }  ///< `127.0.0.1:port`.
    void SetAddress(const std::string& name, const std::string& ipv4);
    void SetAlias(const std::string& name, const std::string& target);

private:
    std::string Answer(const std::string& question);

    int socket_ = -1;
    std::string address_;
    std::mutex mutex_;
    std::map<std::string, std::string> addresses_;
    std::map<std::string, std::string> aliases_;
    std::thread thread_;
};

}  // namespace berth::probe
