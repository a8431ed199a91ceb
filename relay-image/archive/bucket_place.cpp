#include "relay-image/archive/bucket_place.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

constexpr auto kList = "pieces.jsonl";

}  // namespace

Result<std::string> BucketPlace::Keep(const ArchivedPiece& piece, std::string_view bytes)
{
    auto reference = piece.day + "/" + piece.name + ".jsonl.gz";
    if (const auto put = objects_->Put(reference, bytes); !put) return put.error();
    return reference;
}

Result<std::string> BucketPlace::Fetch(const ArchivedPiece& piece)
{
    return objects_->Get(piece.reference);
}

Result<void> BucketPlace::List(const std::vector<ArchivedPiece>& pieces)
{
    auto listed = Listed();
    if (!listed) return listed.error();
    const auto before = listed->size();
    for (const auto& piece : pieces) {
        if (std::ranges::find(*listed, piece.reference, &ArchivedPiece::reference) ==
            listed->end()) {
            listed->push_back(piece);
        }
    }
    return listed->size() == before ? Result<void>{} : objects_->Put(kList, ToLines(*listed));
}

Result<std::vector<ArchivedPiece>> BucketPlace::Listed()
{
    const auto lines = objects_->Get(kList);
    if (lines) return ReadPieces(*lines);
    if (lines.error().code == ErrorCode::kNotFound) return std::vector<ArchivedPiece>{};
    return lines.error();
}

}  // namespace berth::relay
