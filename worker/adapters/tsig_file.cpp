#include "worker/adapters/tsig_file.hpp"

#include <regex>

#include <sys/stat.h>

#include "core/base/file.hpp"

namespace berth::worker {
namespace {

std::string Match(const std::string& text, const char* pattern)
{
    std::smatch found;
    return std::regex_search(text, found, std::regex{pattern}) ? found[1].str() : std::string{};
}

}  // namespace

Result<TsigKey> ReadTsigFile(const std::filesystem::path& file)
{
    const auto text = ReadFile(file, 4096);
    if (!text) return text.error();
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0 || (status.st_mode & 077) != 0) {
        return Fail(ErrorCode::kInvalid, "BAD_TSIG_FILE",
                    file.string() + " can be read by others; run `chmod 600` on it.");
    }
    TsigKey key{.name = Match(*text, R"re(key\s+"?([A-Za-z0-9._-]+)"?\s*\{)re"),
                .algorithm = Match(*text, R"re(algorithm\s+"?([a-z0-9-]+)"?\s*;)re"),
                .secret = Secret{Match(*text, R"re(secret\s+"?([A-Za-z0-9+/=]+)"?\s*;)re")}};
    if (key.name.empty() || key.algorithm.empty() || key.secret.empty()) {
        return Fail(ErrorCode::kInvalid, "BAD_TSIG_FILE", file.string() + " holds no TSIG key.");
    }
    return key;
}

}  // namespace berth::worker
