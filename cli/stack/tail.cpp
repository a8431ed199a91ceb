#include "cli/stack/tail.hpp"

#include <fstream>

namespace berth::stack {

std::optional<std::string> Tail::Next()
{
    std::ifstream in{file_, std::ios::binary};
    in.seekg(static_cast<std::streamoff>(position_));
    std::string line;
    if (!std::getline(in, line) || in.eof()) return std::nullopt;  // No line's end yet.
    position_ += line.size() + 1;
    return line;
}

}  // namespace berth::stack
