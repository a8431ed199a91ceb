#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace berth::probe {

/// Which addresses we connect to on behalf of others. Private, loopback, link-local (with the
/// cloud's metadata service), shared, documentation, multicast and embedded-IPv4 ranges are refused
/// unless an allowed network holds them. Immutable, so thread-safe.
class AddressPolicy {
public:
    /// Refuses every special range.
    AddressPolicy() = default;
    /// `allow_networks` are CIDR blocks such as `127.0.0.0/8` or `fd00::/8`.
    /// Errors: kInvalid `BAD_NETWORK`.
    static Result<AddressPolicy> Parse(const std::vector<std::string>& allow_networks);

    /// False for text that is no address at all.
    bool Allows(std::string_view address) const;

private:
    struct Network {
        bool is_v6 = false;
        std::array<std::uint8_t, 16> address{};
        int bits = 0;
    };
    static bool Read(std::string_view text, Network& network);
    static bool ReadBlock(std::string_view text, Network& network);
    static bool Holds(const Network& network, const Network& address);

    std::vector<Network> allowed_;
};

}  // namespace berth::probe
