#pragma once

#include <deque>

#include <boost/json/object.hpp>

#include "akash/sandbox/chain/state.hpp"
#include "akash/sandbox/chain/tx_encoding.hpp"

namespace berth::sandbox {

/// A transaction in a block.
struct StoredTx {
    boost::json::value tx;
    std::string hash;
    TxResult result;
    std::int64_t height = 0;
    std::int64_t time_ns = 0;
};

/// A block: its time and its transactions in order.
struct BlockRecord {
    std::int64_t time_ns = 0;
    std::vector<std::string> hashes;
};

/// What a node makes of unordered transactions: takes them, has them switched off, or is of an
/// older version that does not know their fields.
enum class UnorderedSupport { kYes, kRefused, kUnknown };

/// The ledger of the sandbox network: a deterministic machine that is fed blocks. The same blocks
/// give the same state, so the list of blocks is all that has to be kept. Not thread-safe.
class Chain {
public:
    explicit Chain(std::string chain_id) : chain_id_{std::move(chain_id)} {}

    const std::string& chain_id() const { return chain_id_; }
    std::int64_t height() const { return height_; }
    std::int64_t time_ns() const { return time_ns_; }
    const ChainState& state() const { return state_; }
    /// A node that was started on a chain that is there: until its next block it checks signatures
    /// against account number 0.
    void MarkRestarted() { restarted_ = height_ > 0; }
    void SetUnordered(UnorderedSupport support) { unordered_ = support; }
    const StoredTx* FindTx(const std::string& hash) const;
    const StoredTx* FindTx(const std::string& address, std::uint64_t sequence) const;
    /// The block of a height; null where there is none.
    const BlockRecord* BlockAt(std::int64_t height) const;
    bool IsPending(const std::string& hash) const;
    std::size_t pending_count() const { return pending_hashes_.size(); }

    /// Takes a transaction into the mempool, or says why not. Messages are not run.
    TxResult Submit(const boost::json::value& tx, const EncodedTx& encoded);
    /// Runs a transaction on a copy of the state.
    TxResult Simulate(const boost::json::value& tx) const;

    /// Queues what is no signed transaction for the next block: `{"bid": ...}`, `{"withdraw":
    /// ...}`,
    /// `{"faucet": ...}`, `{"provider": ...}`.
    void Enqueue(boost::json::object operation);
    /// The next block from all that is queued.
    boost::json::value NextBlock(std::int64_t time_ns) const;
    /// Applies a block; it must follow the last one. The queue is emptied of what it holds.
    void Apply(const boost::json::value& block);

private:
    struct Ante {
        std::string signer;
        Amount fee;
        std::uint64_t gas_wanted = 0;
        std::uint64_t sequence = 0;
        bool unordered = false;
        std::int64_t timeout_ns = 0;
    };

    Ante ReadAnte(const boost::json::value& tx) const;
    static void CheckTimeout(const Ante& ante, std::int64_t time_ns);
    void CheckFields(const Ante& ante) const;
    void CheckEnvelope(const boost::json::value& tx, const Ante& ante, std::int64_t time_ns) const;
    void CheckFee(const Ante& ante) const;
    void CheckSignature(const boost::json::value& tx, const EncodedTx& encoded,
                        const Ante& ante) const;
    void CheckOrder(const Ante& ante, const AccountState& account, std::int64_t time_ns) const;
    TxResult RunMessages(ChainState& state, const boost::json::value& tx,
                         std::int64_t height) const;
    TxResult Deliver(const boost::json::value& tx);
    void ApplyOperation(const boost::json::object& operation);

    const std::string chain_id_;
    UnorderedSupport unordered_ = UnorderedSupport::kYes;
    bool restarted_ = false;
    std::int64_t height_ = 0;
    std::int64_t time_ns_ = 0;
    ChainState state_;
    std::map<std::string, StoredTx> txs_;
    std::vector<BlockRecord> blocks_;  ///< From height 1.
    std::deque<boost::json::object> queue_;
    std::set<std::string> pending_hashes_;
    std::map<std::string, std::uint64_t> next_sequences_;  ///< After what is pending.
    std::set<std::pair<std::string, std::int64_t>> pending_timeouts_;
};

}  // namespace berth::sandbox
