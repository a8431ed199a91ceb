#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/value.hpp>

#include "akash/chain.hpp"
#include "akash/sandbox/runtime/containers.hpp"
#include "core/base/log.hpp"

namespace berth::sandbox {

struct RuntimeSettings {
    std::filesystem::path folder;            ///< Manifests and logs, mode 0700.
    std::filesystem::path postgres_folder;   ///< Databases; a system user must be able to reach it.
    std::string postgres_bin;                ///< Folder of initdb and postgres.
    std::string postgres_user = "postgres";  ///< Dropped to when we are root.
    std::map<std::string, std::string> images;  ///< Image to program.
    ContainerSettings containers;               ///< Images that run as containers where they can.
};

/// What one service of a lease is doing.
struct ServiceView {
    int total = 0;
    int available = 0;
    bool http = false;                                   ///< Reached through the ingress.
    std::vector<std::string> hosts;                      ///< `accept` of the SDL.
    std::vector<std::pair<int, std::string>> forwarded;  ///< Other global ports and their protocol.
};

/// Runs what manifests ask for on loopback: PostgreSQL as a process for `postgres` images, others
/// as containers, or as the program from the settings where no container can be started. Everything
/// happens on one thread of its own; all of it dies with that, and what was delivered is started
/// again by the next run. Thread-safe.
class Workloads {
public:
    Workloads(RuntimeSettings settings, Log& log);
    ~Workloads();

    /// Takes the manifest's group for a lease; the same again changes nothing.
    void Deliver(const akash::LeaseId& lease, const boost::json::value& group);
    bool Has(const akash::LeaseId& lease) const;
    /// Stops and forgets every lease that is not in `alive`.
    void KeepOnly(const std::vector<akash::LeaseId>& alive);
    std::map<std::string, ServiceView> Status(const akash::LeaseId& lease) const;
    /// Log lines by service.
    std::map<std::string, std::vector<std::string>> Logs(const akash::LeaseId& lease) const;
    /// Loopback port behind a host name of the ingress: 0 unknown, -1 known but not ready.
    int PortOf(const std::string& host) const;
    /// Which images run as containers, and why others do not.
    const std::vector<ImageView>& images() const { return containers_.views(); }
    /// The ingress name of a lease's HTTP service, without the provider's domain.
    static std::string IngressLabel(const akash::LeaseId& lease, const std::string& service);

private:
    struct Service;
    class Running;

    void Work();
    void Tend(Running& running);
    void Start(Running& running, Service& service);
    void StartDatabase(Service& service, const std::string& name);
    void Load();
    void Save() const;

    const RuntimeSettings settings_;
    Log& log_;
    Containers containers_;  ///< Of the thread.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::shared_ptr<Running>> running_;  ///< By lease.
    std::vector<std::shared_ptr<Running>> ending_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace berth::sandbox
