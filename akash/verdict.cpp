#include <array>

#include "akash/cli_output.hpp"
#include "akash/signer.hpp"

namespace berth::akash {
namespace {

struct Row {
    std::string_view codespace;
    int code;
    std::string_view text;  ///< Part of the log; empty is any.
    ChainVerdict verdict;
};

// The first row that fits decides. What stands in no row fails.
constexpr std::array kTable{
    Row{"sdk", 2, "errUnknownField \"/cosmos.tx.v1beta1.TxBody\"", ChainVerdict::kUseSequence},
    Row{"sdk", 4, "", ChainVerdict::kWait},  // Also in the seconds after a node's restart.
    Row{"sdk", 5, "", ChainVerdict::kRefill},
    Row{"sdk", 11, "", ChainVerdict::kRefit},
    Row{"sdk", 12, "", ChainVerdict::kFail},
    Row{"sdk", 13, "", ChainVerdict::kRefit},
    Row{"sdk", 18, "already used timeout", ChainVerdict::kLookUp},
    Row{"sdk", 18, "", ChainVerdict::kFail},
    Row{"sdk", 19, "", ChainVerdict::kLookUp},
    Row{"sdk", 20, "", ChainVerdict::kWait},
    Row{"sdk", 21, "", ChainVerdict::kFail},
    Row{"sdk", 30, "", ChainVerdict::kRebuild},
    Row{"sdk", 32, "", ChainVerdict::kRebuild},
    Row{"sdk", 37, "", ChainVerdict::kUseSequence},
    Row{"sdk", 42, "", ChainVerdict::kRebuild},
    Row{"deployment", 3, "", ChainVerdict::kLookUp},
    Row{"deployment", 4, "", ChainVerdict::kAlreadyDone},
    Row{"deployment", 5, "", ChainVerdict::kAlreadyDone},
    Row{"deployment", 10, "", ChainVerdict::kAlreadyDone},
    Row{"deployment", 15, "", ChainVerdict::kAlreadyDone},
    Row{"deployment", 16, "", ChainVerdict::kAlreadyDone},
    Row{"deployment", 20, "", ChainVerdict::kFail},
    Row{"market", 12, "", ChainVerdict::kRefit},
    Row{"market", 18, "", ChainVerdict::kRefit},
    Row{"market", 24, "", ChainVerdict::kAlreadyDone},
    Row{"escrow", 2, "", ChainVerdict::kFail},
    Row{"escrow", 3, "", ChainVerdict::kFail},
    Row{"bank", 5, "", ChainVerdict::kFail},
    Row{"undefined", 1, "insufficient balance", ChainVerdict::kRefill},
    Row{"undefined", 1, "Deployment exists", ChainVerdict::kLookUp},
    Row{"undefined", 1, "Deployment closed", ChainVerdict::kAlreadyDone},
    Row{"undefined", 1, "Deployment not found", ChainVerdict::kAlreadyDone},
    Row{"undefined", 1, "bid not open", ChainVerdict::kRefit},
    Row{"undefined", 1, "bid not found", ChainVerdict::kRefit},
    Row{"undefined", 1, "order closed", ChainVerdict::kAlreadyDone},
};

}  // namespace

ChainVerdict Judge(std::string_view codespace, int code, std::string_view text)
{
    if (code == 0 || IsTransportTrouble(text)) return ChainVerdict::kLookUp;
    for (const auto& row : kTable) {
        if (row.codespace == codespace && row.code == code && text.find(row.text) != text.npos) {
            return row.verdict;
        }
    }
    if (text.find("account sequence mismatch") != text.npos) return ChainVerdict::kRebuild;
    // A simulation may word its refusal without codespace and code.
    for (const std::string_view words : {"unordered transactions are not enabled",
                                         "errUnknownField \"/cosmos.tx.v1beta1.TxBody\""}) {
        if (text.find(words) != text.npos) return ChainVerdict::kUseSequence;
    }
    return ChainVerdict::kFail;
}

}  // namespace berth::akash
