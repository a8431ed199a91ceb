#include "core/nostr/published_keys.hpp"

#include <algorithm>
#include <array>

#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

constexpr std::array<std::string_view, 16> kSecretKeys{
    "0000000000000000000000000000000000000000000000000000000000000003",
    "0340034003400340034003400340034003400340034003400340034003400340",
    "0b432b2677937381aef05bb02a66ecd012773062cf3fa2549e44f58ed2401710",
    "1d59114ede05ae702ac5cefefefadb4586f86108059fd88619951e465a6a64d9",
    "2551dc73f542d1200501b62577a92a6f2b46a061b160556799b422244d7290c8",
    "618ad66e54714d023eadb9ad7e70d7b30457aedacf8d232a61732af4d96acc4d",
    "658a149a99130833c853936182fe0a23c4fa84a2df60eb008a376d92de0ffa0f",
    "8093d6da4a106d154d7c726d222bf75708cc9099ab3e55f645afaffa05b4ab6b",
    "a5b480a1e92a1843cd9b6fea77b7bfd53410d96db5f0091c0e337b61c48102ed",
    "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef",
    "c491ea801f9ffd3e0893992dbf23905b20a74f0fc663e0d99bd93903aed9df74",
    "c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b14e5c9",
    "e40cd83ed33ca7bb9011da944ef89a08fef7cc9e72e55dac78b7225c28a5435f",
    "fa0e5882792a29c96e45f479a73367e01df2011a5296b5067f3ce70888c30c58",
    "fbbfc15a368b92298b9324e345ee34026d99df14c9207dd848ac2b0c959f7ac9",
    "fe32fb5dd91bd920c9497c2b07571dc5e0065c2c119ddda36770a9205f5caffa",
};

constexpr std::array<std::string_view, 4> kXrpSeeds{
    "sEdSLj1y14mrWhnPxwRyrLmSms8gKwt",
    "sp538Hpb8qa1pcZUzPq8KcAMzNGpq",
    "sp5AqBazVUEo1zPnEb8TnGbreQezX",
    "spFdBTdjMkLRqdw9asP3LF3PGWkPu",
};

constexpr std::array<std::string_view, 3> kXrpPublicKeys{
    "027e61fb7d355eec4e2d66ed9d8ad1a0086adfbbc1e89c8e7ecc0c03f87e62e663",
    "035336a488e95b7dd6239fe3aa7f1f4e528e50a7e8d61136a1bdcf419eb086e5e2",
    "ed49879e14925adf3657c202d7ac8f692c2180b3a9c449d4030b3f1d01f1110473",
};

bool Lists(const auto& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool IsPublishedTestKey(std::string_view text)
{
    if (Lists(kXrpSeeds, text)) return true;
    if (text.starts_with("0x")) text.remove_prefix(2);
    const auto bytes = FromHex(text);
    if (!bytes) return false;
    const auto hex = ToHex(*bytes);
    return Lists(kSecretKeys, hex) || Lists(kXrpPublicKeys, hex);
}

bool IsPublishedTestKey(const SecretKey& key)
{
    return IsPublishedTestKey(ToHex(key.bytes().Expose()));
}

}  // namespace berth::nostr
