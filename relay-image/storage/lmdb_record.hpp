#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/nostr/event.hpp"
#include "relay-image/protocol/admission.hpp"

namespace berth::relay {

/// An event as it is stored, read where it lies: id (32 bytes), pubkey (32), signature (64),
/// created_at (8), expiry (8), kind (2), then its JSON from `"tags"` to the end of the content.
/// What is hex in the JSON takes half the room; the text is kept as it is sent.
class LmdbRecord {
public:
    /// Reads a record where it lies; the bytes outlive the object.
    explicit LmdbRecord(std::string_view bytes);
    /// The record of an event.
    static std::string Encode(const AdmittedEvent& admitted);

    std::string_view id() const { return bytes_.substr(0, 32); }
    std::string_view pubkey() const { return bytes_.substr(32, 32); }
    std::int64_t created_at() const;
    std::optional<std::int64_t> expires_at() const;
    bool HasExpired(std::int64_t now) const;
    int kind() const;
    /// From `"tags":` to the end of the content.
    std::string_view body() const;
    /// The event as it is sent.
    EventText Json() const;
    nostr::Event Event() const;

private:
    std::string_view bytes_;
};

}  // namespace berth::relay
