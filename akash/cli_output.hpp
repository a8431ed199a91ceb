#pragma once

#include <boost/json/value.hpp>

#include "akash/chain.hpp"
#include "core/base/command_runner.hpp"

namespace berth::akash {

/// The JSON that a program printed, after lines that do not belong to it (a library of the real
/// programs warns on stdout). Errors: kInternal `NODE_GARBAGE`.
Result<boost::json::value> ParseOutput(const CommandOutput& output);

/// The last `Error: ...` of stderr without its prefix, cut to a readable length.
std::string ErrorText(const CommandOutput& output);

/// True where the text tells of the way to the node or gateway, not of the chain's own answer.
bool IsTransportTrouble(std::string_view text);

/// Reads typed fields out of a program's JSON. Every getter throws the private exception that
/// `ReadFields` turns into kInternal `NODE_GARBAGE`; use it inside `ReadFields` only.
class Fields {
public:
    explicit Fields(const boost::json::value& value) : value_{&value} {}

    Fields at(std::string_view key) const;
    bool has(std::string_view key) const;
    std::vector<Fields> list() const;  ///< `null` is an empty list.
    std::string text() const;
    bool flag() const;
    std::uint64_t unsigned64() const;  ///< A decimal string or a number.
    std::int64_t signed64() const;
    std::uint32_t unsigned32() const;
    DecCoin coin() const;

private:
    const boost::json::value* value_;
};

/// A field that an answer lacks or that is of another type; `ReadFields` catches it.
struct FieldMissing {
    std::string what;
};

/// Runs `read(Fields)` and turns what is missing or of another type into an error.
template <typename Read>
auto ReadFields(const boost::json::value& value, Read read) -> Result<decltype(read(Fields{value}))>
{
    try {
        return read(Fields{value});
    } catch (const FieldMissing& missing) {
        return Fail(ErrorCode::kInternal, "NODE_GARBAGE", "The answer lacks " + missing.what + ".");
    }
}

}  // namespace berth::akash
