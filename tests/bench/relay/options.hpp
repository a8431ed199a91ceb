#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/relay/subject.hpp"
#include "tests/bench/relay/yardstick.hpp"

namespace berth::bench {

/// What every benchmark of the relay is told: `--json`, `--storage postgres|lmdb` and
/// `--yardstick NAME=PATH`, as often as there are some.
struct RelayOptions {
    Storage storage = Storage::kPostgres;
    bool json = false;
    std::vector<Yardstick> yardsticks;
};

/// Takes an option of the benchmark's own; false if it has none of that name.
using TakeOption = std::function<bool(const std::string& name, const std::string& value)>;

/// Reads the arguments into `options`; what is not among them goes to `take`. Throws
/// std::runtime_error for what nobody takes.
void ReadOptions(const std::vector<std::string>& arguments, RelayOptions& options,
                 const TakeOption& take);

}  // namespace berth::bench
