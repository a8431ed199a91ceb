#include "akash/sandbox/runtime/workloads.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <boost/json.hpp>

#include "akash/sandbox/chain/json_views.hpp"
#include "akash/sandbox/chain/messages.hpp"
#include "akash/sandbox/runtime/postgres.hpp"
#include "akash/sandbox/runtime/service_terms.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::sandbox {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto kLookAgain = 200ms;
constexpr auto kRestartPause = 1s;
constexpr std::size_t kLogBytesMax = 256 * 1024;
constexpr const char* kListenVariable = "BERTH_RELAY_ADDRESS";  // What the relay's image reads.

std::string KeyOf(const akash::LeaseId& lease)
{
    return lease.owner + "/" + std::to_string(lease.dseq) + "/" + std::to_string(lease.gseq) + "/" +
           std::to_string(lease.oseq) + "/" + lease.provider;
}

std::string Label(const std::string& text)
{
    const auto digest = Sha256(text);
    return ToBase32({reinterpret_cast<const char*>(digest.data()), 16});
}

bool IsPostgres(const std::string& image)
{
    const auto slash = image.rfind('/');
    return image.substr(slash == image.npos ? 0 : slash + 1).starts_with("postgres");
}

void ReplaceAll(std::string& text, const std::string& from, const std::string& to)
{
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

}  // namespace

/// One service of a lease and its process.
struct Workloads::Service {
    std::string name;
    std::string image;
    std::map<std::string, std::string> environment;
    ContainerLimits limits;
    bool has_volume = false;
    ServiceView view;
    int inner_port = 0;  ///< The port in the container.
    int port = 0;        ///< The same on loopback.
    fs::path log_file;
    Process process;
    std::chrono::steady_clock::time_point start_at{};
};

/// One lease's services. Touched by the workloads' thread; views, ports and log files by others
/// under the workloads' mutex.
class Workloads::Running {
public:
    Running(akash::LeaseId id, json::value group_json)
        : lease{std::move(id)}, group(std::move(group_json))
    {
        for (const auto& one : group.at("services").as_array()) Add(one);
        // Databases first: the others connect to them.
        std::stable_partition(services.begin(), services.end(),
                              [](const Service& service) { return IsPostgres(service.image); });
    }

    const akash::LeaseId lease;
    const json::value group;
    std::vector<Service> services;

private:
    void Add(const json::value& one)
    {
        Service service;
        service.name = one.at("name").as_string();
        service.image = one.at("image").as_string();
        service.environment = EnvironmentOf(one);
        service.limits = LimitsOf(one.at("resources"));
        service.has_volume = HasVolume(one.at("resources"));
        service.view.total = static_cast<int>(one.at("count").to_number<std::int64_t>());
        for (const auto& expose : one.at("expose").as_array()) {
            const auto port = static_cast<int>(expose.at("port").to_number<std::int64_t>());
            const auto outside =
                static_cast<int>(expose.at("externalPort").to_number<std::int64_t>());
            const std::string protocol{expose.at("proto").as_string()};
            if (service.inner_port == 0) service.inner_port = port;
            if (!expose.at("global").as_bool()) continue;
            if (protocol == "TCP" && outside == 80) {
                service.view.http = true;
                service.inner_port = port;
                if (const auto* hosts = expose.at("hosts").if_array()) {
                    for (const auto& host : *hosts)
                        service.view.hosts.emplace_back(host.as_string());
                }
            } else {
                service.view.forwarded.emplace_back(port, protocol);
            }
        }
        services.push_back(std::move(service));
    }
};

namespace {

/// A container's name for another one, and its own listening address, as loopback addresses.
template <typename Service>
std::map<std::string, std::string> LoopbackEnvironment(const Service& own,
                                                       const std::vector<Service>& all)
{
    auto environment = own.environment;
    const auto own_address = "127.0.0.1:" + std::to_string(own.port);
    for (auto& [name, value] : environment) {
        for (const auto& other : all) {
            const auto inner = std::to_string(other.inner_port);
            const auto outer = std::to_string(other.port);
            for (const std::string before : {"@", "/", ""}) {
                const auto from = before + other.name + ":" + inner;
                if (before.empty() ? value == from : value.find(from) != value.npos) {
                    ReplaceAll(value, from, before + "127.0.0.1:" + outer);
                }
            }
            if (value.find("host=" + other.name) != value.npos) {
                ReplaceAll(value, "host=" + other.name, "host=127.0.0.1");
                ReplaceAll(value, "port=" + inner, "port=" + outer);
            }
        }
        // A container listens on all of its addresses; a process here on one of loopback.
        if (value.find("0.0.0.0:") != value.npos) value = own_address;
    }
    environment[kListenVariable] = own_address;
    environment["HOSTNAME"] = own.name + "-6d5f8c7b9-x2x4z";  // Its pod, as Kubernetes has it.
    return environment;
}

/// Databases last: the others are connected to them.
template <typename Service>
void StopAll(std::vector<Service>& services)
{
    for (auto service = services.rbegin(); service != services.rend(); ++service) {
        service->process.Stop();
    }
}

}  // namespace

std::string Workloads::IngressLabel(const akash::LeaseId& lease, const std::string& service)
{
    return Label(KeyOf(lease) + "/" + service);
}

Workloads::Workloads(RuntimeSettings settings, Log& log)
    : settings_{std::move(settings)}, log_{log}, containers_{settings_.containers, log}
{
    fs::create_directories(settings_.folder);
    fs::create_directories(settings_.postgres_folder);
    Load();
    thread_ = std::thread{[this] { Work(); }};
}

Workloads::~Workloads()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Workloads::Load()
{
    const auto text = ReadFile(settings_.folder / "manifests.json");
    if (!text) return;
    const auto all = json::parse(*text);
    for (const auto& one : all.as_array()) {
        const auto lease = ReadLeaseId(one.at("lease"));
        running_[KeyOf(lease)] = std::make_shared<Running>(lease, one.at("group"));
    }
}

void Workloads::Save() const
{
    json::array all;
    for (const auto& [key, one] : running_) {
        all.push_back(json::object{{"lease", BidIdJson(one->lease)}, {"group", one->group}});
    }
    const auto written =
        WriteFileAtomically(settings_.folder / "manifests.json", json::serialize(all), 0600);
    if (!written) log_.Error("The manifests were not stored.", {{"why", written.error().message}});
}

void Workloads::Deliver(const akash::LeaseId& lease, const json::value& group)
{
    const std::scoped_lock lock{mutex_};
    auto& slot = running_[KeyOf(lease)];
    if (slot && slot->group == group) return;
    if (slot) ending_.push_back(slot);
    slot = std::make_shared<Running>(lease, group);
    Save();
    changed_.notify_all();
}

bool Workloads::Has(const akash::LeaseId& lease) const
{
    const std::scoped_lock lock{mutex_};
    return running_.contains(KeyOf(lease));
}

void Workloads::KeepOnly(const std::vector<akash::LeaseId>& alive)
{
    std::set<std::string> keys;
    for (const auto& lease : alive) keys.insert(KeyOf(lease));
    const std::scoped_lock lock{mutex_};
    const auto before = running_.size();
    for (auto one = running_.begin(); one != running_.end();) {
        if (keys.contains(one->first)) {
            ++one;
        } else {
            ending_.push_back(one->second);
            one = running_.erase(one);
        }
    }
    if (running_.size() == before) return;
    Save();
    changed_.notify_all();
}

std::map<std::string, ServiceView> Workloads::Status(const akash::LeaseId& lease) const
{
    const std::scoped_lock lock{mutex_};
    std::map<std::string, ServiceView> views;
    const auto found = running_.find(KeyOf(lease));
    if (found == running_.end()) return views;
    for (const auto& service : found->second->services) views[service.name] = service.view;
    return views;
}

std::map<std::string, std::vector<std::string>> Workloads::Logs(const akash::LeaseId& lease) const
{
    std::map<std::string, fs::path> files;
    {
        const std::scoped_lock lock{mutex_};
        const auto found = running_.find(KeyOf(lease));
        if (found == running_.end()) return {};
        for (const auto& service : found->second->services) files[service.name] = service.log_file;
    }
    std::map<std::string, std::vector<std::string>> logs;
    for (const auto& [name, file] : files) {
        std::ifstream in{file, std::ios::binary | std::ios::ate};
        if (!in) continue;
        const auto size = static_cast<std::size_t>(in.tellg());
        in.seekg(static_cast<std::streamoff>(size > kLogBytesMax ? size - kLogBytesMax : 0));
        for (std::string line; std::getline(in, line);) logs[name].push_back(line);
    }
    return logs;
}

int Workloads::PortOf(const std::string& host) const
{
    const auto label = host.substr(0, host.find('.'));
    const std::scoped_lock lock{mutex_};
    for (const auto& [key, one] : running_) {
        for (const auto& service : one->services) {
            if (!service.view.http) continue;
            const auto& hosts = service.view.hosts;
            if (IngressLabel(one->lease, service.name) == label ||
                std::find(hosts.begin(), hosts.end(), host) != hosts.end()) {
                return service.view.available > 0 ? service.port : -1;
            }
        }
    }
    return 0;
}

void Workloads::StartDatabase(Service& service, const std::string& name)
{
    const auto get = [&](const char* key, const std::string& fallback) {
        const auto found = service.environment.find(key);
        return found == service.environment.end() ? fallback : found->second;
    };
    const auto user = get("POSTGRES_USER", "postgres");
    const auto folder = settings_.postgres_folder / name;
    if (!service.has_volume) fs::remove_all(folder);
    service.process = StartPostgres({.bin = settings_.postgres_bin,
                                     .folder = folder,
                                     .log_file = service.log_file,
                                     .system_user = settings_.postgres_user,
                                     .user = user,
                                     .password = get("POSTGRES_PASSWORD", ""),
                                     .database = get("POSTGRES_DB", user),
                                     .port = service.port});
}

void Workloads::Start(Running& running, Service& service)
{
    service.start_at = std::chrono::steady_clock::now() + kRestartPause;
    const auto name = Label(KeyOf(running.lease) + "/" + service.name);
    {
        const std::scoped_lock lock{mutex_};
        service.log_file = settings_.folder / (name + ".log");
        if (service.port == 0) service.port = FreePort();
    }
    if (IsPostgres(service.image)) return StartDatabase(service, name);
    const auto environment = LoopbackEnvironment(service, running.services);
    if (containers_.Runs(service.image)) {
        service.process = Process{containers_.Prepare(service.image, name, environment,
                                                      service.limits, service.log_file)};
        return;
    }
    const auto program = settings_.images.find(service.image);
    if (program == settings_.images.end()) {
        std::ofstream{service.log_file, std::ios::app}
            << "no program is configured for this image\n";
        service.start_at = std::chrono::steady_clock::time_point::max();
        return;
    }
    service.process = Process{{.argv = {program->second},
                               .environment = environment,
                               .log_file = service.log_file,
                               .user = {}}};
}

void Workloads::Tend(Running& running)
{
    bool databases_ready = true;
    for (auto& service : running.services) {
        const bool alive = service.process.Running();
        const bool ready = alive && Listens(service.port);
        {
            const std::scoped_lock lock{mutex_};
            service.view.available = ready ? service.view.total : 0;
        }
        if (!alive && databases_ready && std::chrono::steady_clock::now() >= service.start_at) {
            try {
                Start(running, service);
            } catch (const std::exception& error) {
                log_.Error("A service was not started.",
                           {{"service", service.name}, {"why", error.what()}});
            }
        }
        if (IsPostgres(service.image)) databases_ready = databases_ready && ready;
    }
}

void Workloads::Work()
{
    for (;;) {
        std::vector<std::shared_ptr<Running>> current;
        std::vector<std::shared_ptr<Running>> ended;
        {
            std::unique_lock lock{mutex_};
            changed_.wait_for(lock, kLookAgain);
            for (const auto& [key, one] : running_) current.push_back(one);
            ended.swap(ending_);
            if (stopping_) break;
        }
        for (const auto& one : ended) StopAll(one->services);
        for (const auto& one : ended) {
            for (const auto& service : one->services) {  // A closed lease's data is gone.
                std::error_code ignored;
                const auto name = Label(KeyOf(one->lease) + "/" + service.name);
                containers_.Remove(name);
                if (!Has(one->lease)) fs::remove_all(settings_.postgres_folder / name, ignored);
            }
        }
        for (const auto& one : current) Tend(*one);
    }
    for (const auto& [key, one] : running_) StopAll(one->services);
}

}  // namespace berth::sandbox
