#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::config {

enum class Type {
    kText,
    kInteger,
    kBool,        ///< `true` or `false`; as a flag without a value it is true.
    kDuration,    ///< A whole number with ms, s, m, h or d: `250ms`, `15s`, `10m`.
    kList,        ///< A YAML sequence, or text separated by commas.
    kSecretFile,  ///< Key ends in `_file`: the path of a file that only its owner can read.
};

/// One setting of a program. A program declares all of its own in one table.
struct Setting {
    std::string_view key;  ///< Lower case, dotted: `database.pool_size`.
    Type type = Type::kText;
    std::optional<std::string_view> fallback;  ///< As it would be written; none: it is required.
    std::string_view help;                     ///< One line.
    std::int64_t least =
        std::numeric_limits<std::int64_t>::min();  ///< Integers, and durations in ms.
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// The validated settings of a program. Asking for a key that was not declared with that type is a
/// program error. Immutable, so thread-safe.
class Config {
public:
    using Value = std::variant<std::string, std::int64_t, bool, std::chrono::milliseconds,
                               std::vector<std::string>, Secret>;

    explicit Config(std::map<std::string, Value, std::less<>> values) : values_{std::move(values)}
    {
    }

    const std::string& Text(std::string_view key) const;
    std::int64_t Integer(std::string_view key) const;
    bool Bool(std::string_view key) const;
    std::chrono::milliseconds Duration(std::string_view key) const;
    const std::vector<std::string>& List(std::string_view key) const;
    /// What the file of a kSecretFile setting holds, without a final newline; empty if optional and
    /// not set.
    const Secret& SecretOf(std::string_view key) const;

private:
    template <typename T>
    const T& Get(std::string_view key) const;

    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace berth::config
