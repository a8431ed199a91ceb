#pragma once

#include <string>

#include "relay-image/http/form.hpp"

namespace berth::relay {

/// A random text that stands in each form of the dashboard, as its field `token`: other sites
/// cannot know it, and so cannot have the owner's browser send a form of theirs.
class FormToken {
public:
    FormToken();

    const std::string& text() const { return text_; }
    /// The hidden field for a form.
    std::string Field() const;
    bool IsIn(const Form& form) const;

private:
    const std::string text_;
};

}  // namespace berth::relay
