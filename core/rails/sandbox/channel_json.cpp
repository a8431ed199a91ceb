#include "core/rails/sandbox/channel_json.hpp"

namespace berth::rails::sandbox {

namespace json = boost::json;

json::object ToNode(const Channel& channel)
{
    json::object node{{"Account", channel.account},
                      {"Amount", channel.amount.ToString()},
                      {"Balance", channel.balance.ToString()},
                      {"Destination", channel.destination},
                      {"DestinationNode", "0"},
                      {"Flags", 0},
                      {"LedgerEntryType", "PayChannel"},
                      {"OwnerNode", "0"},
                      {"PreviousTxnID", channel.previous_txn},
                      {"PreviousTxnLgrSeq", channel.previous_index},
                      {"PublicKey", channel.public_key},
                      {"SettleDelay", channel.settle_delay},
                      {"index", channel.id}};
    if (channel.expiration) node["Expiration"] = *channel.expiration;
    if (channel.cancel_after) node["CancelAfter"] = *channel.cancel_after;
    if (channel.destination_tag) node["DestinationTag"] = *channel.destination_tag;
    return node;
}

json::object ToListed(const Channel& channel)
{
    json::object listed{{"account", channel.account},
                        {"amount", channel.amount.ToString()},
                        {"balance", channel.balance.ToString()},
                        {"channel_id", channel.id},
                        {"destination_account", channel.destination},
                        {"public_key_hex", channel.public_key},
                        {"settle_delay", channel.settle_delay}};
    if (channel.expiration) listed["expiration"] = *channel.expiration;
    if (channel.cancel_after) listed["cancel_after"] = *channel.cancel_after;
    if (channel.destination_tag) listed["destination_tag"] = *channel.destination_tag;
    return listed;
}

}  // namespace berth::rails::sandbox
