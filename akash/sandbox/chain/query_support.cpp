#include "akash/sandbox/chain/query_support.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "core/base/encoding.hpp"

namespace berth::sandbox {

namespace json = boost::json;

namespace {
constexpr std::size_t kLimitDefault = 100;
}  // namespace

[[noreturn]] void RefuseNotFound(const std::string& what)
{
    throw QueryRefused{"rpc error: code = NotFound desc = " + what + ": key not found"};
}

[[noreturn]] void RefuseArgument(const std::string& what)
{
    constexpr const char* kPrefix = "rpc error: code = InvalidArgument desc = ";
    throw QueryRefused{std::string{kPrefix} + kPrefix + what + ": invalid request"};
}

std::uint64_t NumberFlag(const Question& question, const std::string& name, std::uint64_t fallback)
{
    const auto text = question.Flag(name);
    if (text.empty()) return fallback;
    if (!IsPlainDecimal(text) || text.size() > 20) {
        throw QueryRefused{"invalid argument \"" + text + "\" for \"--" + name +
                           "\" flag: strconv.ParseUint: parsing \"" + text + "\": invalid syntax"};
    }
    return std::strtoull(text.c_str(), nullptr, 10);
}

json::object Page(const Question& question, const char* name, const json::array& all)
{
    const auto limit = NumberFlag(question, "limit", kLimitDefault);
    const auto key = FromBase64(question.Flag("page-key")).value_or("");
    const auto first = std::min<std::size_t>(std::strtoull(key.c_str(), nullptr, 10), all.size());
    const auto last = std::min<std::size_t>(first + limit, all.size());
    const bool more = last < all.size();
    const bool counts = !question.Flag("count-total").empty() || !more;
    json::value next_key;
    if (more) next_key = ToBase64(std::to_string(last));
    return {
        {name, json::array(all.begin() + static_cast<std::ptrdiff_t>(first),
                           all.begin() + static_cast<std::ptrdiff_t>(last))},
        {"pagination", json::object{{"next_key", next_key},
                                    {"total", counts ? std::to_string(all.size() - first) : "0"}}}};
}

const DeploymentState* FindDeployment(const Chain& chain, const Question& question)
{
    const auto& all = chain.state().deployments;
    const auto found = all.find({question.Flag("owner"), NumberFlag(question, "dseq", 0)});
    return found == all.end() ? nullptr : &found->second;
}

}  // namespace berth::sandbox
