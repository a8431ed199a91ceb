#pragma once

#include "relay-image/archive/archive_place.hpp"
#include "relay-image/archive/data_item.hpp"

namespace berth::relay {

/// Where data items are sent and read, and who signs them.
struct ArweaveSettings {
    std::string bundler;  ///< Address that takes data items by POST.
    std::string gateway;  ///< Address below which items lie under their ids.
    DataItemKey key;
};

/// An archive on Arweave: each piece a signed data item, which a bundler takes and puts there. What
/// is there can be erased by nobody. It has no list: gateways find the items of a key by their tags
/// `App-Name`, `Day` and `Piece`. Errors: kUnavailable `BUNDLER_UNAVAILABLE`, kForbidden
/// `BUNDLER_REFUSED`.
class ArweavePlace final : public ArchivePlace {
public:
    explicit ArweavePlace(ArweaveSettings settings) : settings_{std::move(settings)} {}

    Result<std::string> Keep(const ArchivedPiece& piece, std::string_view bytes) override;
    Result<std::string> Fetch(const ArchivedPiece& piece) override;
    Result<void> List(const std::vector<ArchivedPiece>&) override { return {}; }
    Result<std::vector<ArchivedPiece>> Listed() override { return std::vector<ArchivedPiece>{}; }

private:
    const ArweaveSettings settings_;
};

}  // namespace berth::relay
