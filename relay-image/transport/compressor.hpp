#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace berth::relay {

/// Compresses and inflates whole messages for permessage-deflate (RFC 7692) without context
/// takeover, so that one pair of zlib states serves all connections. Not thread-safe.
class Compressor {
public:
    Compressor();
    ~Compressor();

    /// The payload of a compressed message.
    std::string Deflate(std::string_view text);

    /// The same for `head` followed by `body`. The body's compressed form is kept until another
    /// body comes, so that an event sent to many subscriptions is compressed once.
    std::string DeflateShared(std::string_view head, std::string_view body);

    enum class Fault { kBroken, kTooBig };
    struct Inflated {
        std::string text;
        std::optional<Fault> fault;
    };
    /// Inflates the payload of a message; stops as soon as it grows over `most` bytes.
    Inflated Inflate(std::string_view payload, std::size_t most);

private:
    struct Streams;
    std::unique_ptr<Streams> streams_;
    std::string last_body_;
    std::string last_deflated_;
};

}  // namespace berth::relay
