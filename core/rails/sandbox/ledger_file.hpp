#pragma once

#include <filesystem>

#include "core/rails/sandbox/ledger.hpp"

namespace berth::rails::sandbox {

/// Reads what WriteLedger wrote; a new ledger if there is no file.
/// Errors: kInvalid `BAD_LEDGER_FILE`.
Result<LedgerState> ReadLedger(const std::filesystem::path& path);

/// Errors: those of WriteFileAtomically.
Result<void> WriteLedger(const std::filesystem::path& path, const LedgerState& state);

}  // namespace berth::rails::sandbox
