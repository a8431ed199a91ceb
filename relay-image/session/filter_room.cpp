#include "relay-image/session/filter_room.hpp"

namespace berth::relay {

FilterRoom::Part FilterRoom::Take(std::size_t bytes, std::size_t most)
{
    auto before = taken_->load();
    do {
        if (bytes > most || before > most - bytes) return nullptr;
    } while (!taken_->compare_exchange_weak(before, before + bytes));
    const auto give_back = [taken = taken_, bytes](const void*) { *taken -= bytes; };
    return {taken_.get(), give_back};
}

}  // namespace berth::relay
