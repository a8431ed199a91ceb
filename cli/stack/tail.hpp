#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace berth::stack {

/// Reads the lines that somebody appends to a file. Not thread-safe.
class Tail {
public:
    explicit Tail(std::filesystem::path file) : file_{std::move(file)} {}

    /// The next whole line, without its end; nothing while there is none.
    std::optional<std::string> Next();

private:
    std::filesystem::path file_;
    std::size_t position_ = 0;
};

}  // namespace berth::stack
