#pragma once

#include <CLI/CLI.hpp>

#include "cli/session.hpp"

namespace berth::cli {

/// Each adds its commands to `app`; `session` outlives it.
void AddKeyCommands(CLI::App& app, Session& session);      ///< keys create|show|xrpl
void AddOrderCommands(CLI::App& app, Session& session);    ///< plans, quote, order ...
void AddPaymentCommands(CLI::App& app, Session& session);  ///< channel ..., pay
void AddRelayCommands(CLI::App& app, Session& session);    ///< relay test|access
/// Below `relay`: what its users pay.
void AddRelayPaymentCommands(CLI::App& relay, Session& session);
void AddFinanceCommands(CLI::App& app, Session& session);   ///< margin, statement, export
void AddWalletCommands(CLI::App& app, Session& session);    ///< wallet create|import|balance
void AddOperatorCommands(CLI::App& app, Session& session);  ///< operator ...
void AddDatabaseCommands(CLI::App& app, Session& session);  ///< db migrate|status

/// The string that an option reads into, owned by the command's callbacks.
template <typename T>
std::shared_ptr<T> Slot(T initial = {})
{
    return std::make_shared<T>(std::move(initial));
}

}  // namespace berth::cli
