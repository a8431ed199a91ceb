#pragma once

#include "akash/sandbox/chain/queries.hpp"

namespace berth::sandbox {

/// What the answers to questions have in common. Errors: QueryRefused, in the real program's words.
[[noreturn]] void RefuseNotFound(const std::string& what);
[[noreturn]] void RefuseArgument(const std::string& what);
std::uint64_t NumberFlag(const Question& question, const std::string& name, std::uint64_t fallback);
/// One page of a list. The key of the next page is the number of the first item on it.
boost::json::object Page(const Question& question, const char* name, const boost::json::array& all);
/// The deployment that `--owner` and `--dseq` name; null where there is none.
const DeploymentState* FindDeployment(const Chain& chain, const Question& question);

/// Answers one kind of question.
using QueryHandler = boost::json::value (*)(const Chain&, const Question&);
/// Handlers by path, `market bid list`, of one subject each.
const std::map<std::string, QueryHandler>& DeploymentQueries();
const std::map<std::string, QueryHandler>& MarketQueries();
const std::map<std::string, QueryHandler>& BlockQueries();

}  // namespace berth::sandbox
