#pragma once

#include <map>
#include <string>
#include <vector>

namespace berth::sandbox {

/// A command line as the real programs take it: words and `--flag value` in any order. Every flag
/// may also come from the environment: `--gas-prices` from `AKASH_GAS_PRICES`.
class Arguments {
public:
    /// Thrown with the real program's words for a flag that is not known.
    struct UnknownFlag {
        std::string text;
    };

    static Arguments FromMain(int argc, char** argv);

    const std::vector<std::string>& words() const { return words_; }
    bool Has(const std::string& flag) const;
    std::string Get(const std::string& flag, const std::string& fallback = "") const;
    const std::map<std::string, std::string>& given() const { return flags_; }

private:
    std::vector<std::string> words_;
    std::map<std::string, std::string> flags_;
};

}  // namespace berth::sandbox
