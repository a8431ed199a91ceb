// One side of a reconciliation over standard input; src/main.rs says how to talk to it.
#include <algorithm>
#include <iostream>

#include "core/base/encoding.hpp"
#include "relay-image/negentropy/reconciliation.hpp"

namespace {

namespace negentropy = berth::relay::negentropy;
using berth::FromHex;
using berth::ToHex;

std::string Listed(std::vector<negentropy::Id> ids)
{
    std::ranges::sort(ids);
    std::string text;
    for (const auto& id : ids) {
        text += (text.empty() ? "" : ",") + ToHex(std::string{id.begin(), id.end()});
    }
    return text;
}

std::vector<negentropy::Item> ReadItems()
{
    std::vector<negentropy::Item> items;
    for (std::string line; std::getline(std::cin, line) && line != "end";) {
        const auto space = line.find(' ');
        items.push_back({std::stoull(line.substr(0, space)),
                         negentropy::IdOf(*FromHex(line.substr(space + 1)))});
    }
    return items;
}

}  // namespace

int main(int, char** argv)
{
    const negentropy::Reconciliation side{negentropy::ItemSet{ReadItems()}, std::stoul(argv[1])};
    negentropy::Differences found;
    for (std::string line; std::getline(std::cin, line);) {
        const auto space = std::min(line.find(' '), line.size());
        const auto verb = line.substr(0, space);
        const auto message = *FromHex(line.substr(std::min(space + 1, line.size())));
        if (verb == "begin") {
            std::cout << ToHex(side.Begin());
        } else if (verb == "answer") {
            std::cout << ToHex(side.Answer(message).value());
        } else if (verb == "continue") {
            const auto next = side.Continue(message, found).value();
            std::cout << (next.empty() ? "done" : ToHex(next));
        } else {
            std::cout << Listed(found.have) << "|" << Listed(found.need);
        }
        std::cout << std::endl;
    }
}
