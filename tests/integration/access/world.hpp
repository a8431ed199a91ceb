#pragma once

#include <map>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "core/nostr/keys.hpp"
#include "tests/integration/access/raw_client.hpp"
#include "tests/integration/access/running_marketplace.hpp"

namespace berth::test {

/// A customer and the operator who serves him, with one of everything that is theirs.
struct Side {
    nostr::SecretKey customer = nostr::SecretKey::Generate();
    nostr::SecretKey operator_key = nostr::SecretKey::Generate();
    nostr::SecretKey relay_key = nostr::SecretKey::Generate();  ///< Bound to the order.
    std::string plan;                                           ///< `plans/...`
    std::string order;                                          ///< `orders/...`
    std::string mark;  ///< In the order's relay name, its log, its sealed secret, its claim.
    std::string channel_id;
    std::string wallet;  ///< Akash address.
    std::string job;     ///< `jobs/...`
    std::string worker;

    std::string OrderId() const { return order.substr(order.find('/') + 1); }
    /// What nobody else may ever be told.
    std::vector<std::string> Secrets() const
    {
        return {OrderId(),
                mark,
                channel_id,
                wallet,
                job.substr(job.find('/') + 1),
                customer.pubkey(),
                relay_key.pubkey()};
    }
};

/// Two customers and two operators on a running marketplace, strangers to each other.
class World {
public:
    /// `settings` are the marketplace's, beside those that it needs.
    explicit World(RunningMarketplace::Settings settings = {});

    RunningMarketplace& marketplace() { return marketplace_; }
    const RawClient& client() const { return client_; }
    const Side& one() const { return one_; }
    const Side& two() const { return two_; }

    /// Calls with a NIP-98 event of that key.
    RawAnswer CallAs(const nostr::SecretKey& key, const std::string& path, const std::string& body,
                     std::chrono::seconds limit = std::chrono::seconds{20});
    /// All rows that belong to a side, as text: to see that nobody has changed them.
    std::string RowsOf(const Side& side);

private:
    std::string Act(const nostr::SecretKey& key, const google::protobuf::Message& action);
    void Fill(Side& side, const std::string& name);
    void InsertWhatTakesAChain(const Side& side);

    RunningMarketplace marketplace_;
    RawClient client_{marketplace_.address()};
    Side one_;
    Side two_;
};

}  // namespace berth::test
