#pragma once

#include <filesystem>

#include "akash/sandbox/chain/block_log.hpp"
#include "akash/sandbox/chain/queries.hpp"
#include "akash/sandbox/provider/providers.hpp"
#include "akash/sandbox/runtime/workloads.hpp"

namespace berth::sandbox {

/// `yes`, `no` or `unknown`. Throws QueryRefused.
UnorderedSupport ParseUnordered(const std::string& word);

/// How the node misbehaves on command.
struct NodeFaults {
    std::string mode;      ///< Empty, `hang`, `drop`, `garbage`, `502`.
    int lost_answers = 0;  ///< Broadcasts that take effect and get no answer.
    int rejected = 0;      ///< Broadcasts that are answered with `rejection`.
    TxResult rejection;
    bool blocks_stopped = false;
};

/// Chain, providers and running leases as one. Not thread-safe: lives on the node's thread.
class Network {
public:
    struct Settings {
        std::string chain_id;
        std::filesystem::path folder;
        std::chrono::milliseconds block_time;
        bool blocks_stopped = false;
        UnorderedSupport unordered = UnorderedSupport::kYes;
        std::vector<std::string> genesis;  ///< `ADDRESS=AMOUNTdenom+AMOUNTdenom`
    };

    Network(Settings settings, Workloads& workloads);

    /// Makes the next block and tells the workloads which leases live.
    void MakeBlock(std::int64_t time_ns);

    Chain& chain() { return chain_; }
    NodeFaults& node_faults() { return node_faults_; }
    std::chrono::milliseconds block_time() const { return settings_.block_time; }

    /// What the provider's gateway answers to `lease-status` and its like, as
    /// `{"result": ...}` or `{"error": text}`; nothing where it hangs.
    std::optional<boost::json::object> Gateway(const std::string& method,
                                               const boost::json::object& params);
    /// Runs a control command. Throws QueryRefused for one that is not known.
    boost::json::value Control(const std::string& command, const boost::json::object& params);

private:
    const ProviderProfile* ProviderOf(const std::string& address) const;
    std::optional<boost::json::object> SendManifest(const boost::json::object& params,
                                                    const std::string& owner);
    std::optional<boost::json::object> ProviderStatus(const std::string& address) const;
    boost::json::value LeaseStatus(const akash::LeaseId& lease,
                                   const ProviderProfile& provider) const;

    const Settings settings_;
    Workloads& workloads_;
    const std::vector<ProviderProfile> providers_;
    Chain chain_;
    BlockLog log_;
    NodeFaults node_faults_;
    ProviderFaults provider_faults_;
};

}  // namespace berth::sandbox
