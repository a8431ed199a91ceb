#include "core/base/digest.hpp"

#include <algorithm>
#include <climits>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth {

Bytes32 Sha256(std::string_view bytes)
{
    Bytes32 digest;
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    return digest;
}

Bytes32 Sha512Half(std::string_view bytes)
{
    std::array<std::uint8_t, 64> whole;
    SHA512(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), whole.data());
    Bytes32 half;
    std::copy_n(whole.begin(), half.size(), half.begin());
    return half;
}

std::string RandomBytes(std::size_t count)
{
    BERTH_ASSERT(count <= INT_MAX);
    std::string bytes(count, '\0');
    BERTH_ASSERT(
        RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
    return bytes;
}

std::string ToHex(const Bytes32& bytes)
{
    return ToHex(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace berth
