#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "relay-image/protocol/filter.hpp"
#include "relay-image/storage/lmdb_entry.hpp"
#include "relay-image/storage/lmdb_record.hpp"

namespace berth::relay {

/// What a filter asks of an event, put to its stored bytes. The filter outlives the object.
class LmdbMatcher {
public:
    /// What has expired at `now` fits nothing.
    LmdbMatcher(const Filter& filter, std::int64_t now);

    /// The conditions that the walked index has settled already are not looked at again.
    void SettleTag(std::size_t condition) { settled_tag_ = condition; }
    /// True if an entry that fits says all: no look at its record is needed.
    bool EntriesSuffice(const LmdbEntry& entry) const
    {
        return !entry.expires() && !looks_into_records_ && entry.kind() != withheld_kind_;
    }

    bool Fits(const LmdbEntry& entry) const;
    bool Fits(const LmdbRecord& record) const;

private:
    bool HasTag(std::string_view body, const TagCondition& condition) const;

    const Filter& filter_;
    std::int64_t now_;
    std::vector<std::string> ids_, authors_;  ///< Bytes, sorted.
    std::size_t settled_tag_;
    bool looks_into_records_;
    int withheld_kind_;  ///< -1: none.
};

/// The single-letter tags of a record's body, one after the other.
class TagScanner {
public:
    /// Begins at a body's `"tags":`.
    explicit TagScanner(std::string_view body);

    /// To the next tag that has a one-letter name and a value; false at the end.
    bool Next();
    char letter() const { return letter_; }
    const std::string& value() const { return value_; }

private:
    bool ReadTag();
    std::string_view ReadText();
    void SkipSpace();

    std::string_view rest_;
    char letter_ = 0;
    std::string value_;
};

}  // namespace berth::relay
