#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace berth::relay {

/// The fields of a form that was sent as `application/x-www-form-urlencoded`.
class Form {
public:
    struct Field {
        std::string name;
        std::string value;
    };

    /// Errors: kInvalid `BAD_FORM` (bad escapes, no UTF-8, more than 300 fields).
    static Result<Form> Parse(std::string_view body);

    const std::vector<Field>& fields() const { return fields_; }
    /// The first of that name; empty if there is none.
    std::string Value(std::string_view name) const;

private:
    std::vector<Field> fields_;
};

}  // namespace berth::relay
