#pragma once

#include <memory>

#include "relay-image/archive/archive_place.hpp"
#include "relay-image/backup/object_store.hpp"

namespace berth::relay {

/// An archive in an object store: pieces as `DAY/NAME.jsonl.gz`, and the list `pieces.jsonl`.
class BucketPlace final : public ArchivePlace {
public:
    explicit BucketPlace(std::unique_ptr<ObjectStore> objects) : objects_{std::move(objects)} {}

    Result<std::string> Keep(const ArchivedPiece& piece, std::string_view bytes) override;
    Result<std::string> Fetch(const ArchivedPiece& piece) override;
    Result<void> List(const std::vector<ArchivedPiece>& pieces) override;
    Result<std::vector<ArchivedPiece>> Listed() override;

private:
    const std::unique_ptr<ObjectStore> objects_;
};

}  // namespace berth::relay
