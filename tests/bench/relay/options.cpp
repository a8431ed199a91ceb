#include "tests/bench/relay/options.hpp"

#include <stdexcept>

namespace berth::bench {

void ReadOptions(const std::vector<std::string>& arguments, RelayOptions& options,
                 const TakeOption& take)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& name = arguments[i];
        if (name == "--json") {
            options.json = true;
            continue;
        }
        if (++i == arguments.size()) throw std::runtime_error{name + " needs a value"};
        const auto& value = arguments[i];
        if (name == "--storage" && (value == "postgres" || value == "lmdb")) {
            options.storage = value == "lmdb" ? Storage::kLmdb : Storage::kPostgres;
        } else if (name == "--yardstick") {
            options.yardsticks.push_back(ReadYardstick(value));
        } else if (!take(name, value)) {
            throw std::runtime_error{"unknown: " + name + " " + value};
        }
    }
}

}  // namespace berth::bench
