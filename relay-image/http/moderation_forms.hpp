#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "core/base/error.hpp"
#include "relay-image/governance/management.hpp"
#include "relay-image/http/form.hpp"
#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {

/// A field of a form. The name tells what the method's parameter is, and its place: `key0`,
/// `text1`, `int2`, `flag3`, `item4`.
struct FormField {
    std::string name;
    std::string label;  ///< Empty for a hidden field.
    std::string value = {};
    std::string hint = {};
    bool required = false;
};

/// A form that calls a method of the management API and comes back to `back`.
struct MethodForm {
    std::string_view method;
    DashboardTab back;
    std::string button;
    std::vector<FormField> fields;
    std::string extra = {};  ///< HTML before the button.
};
std::string FormHtml(const MethodForm& form, const ModerationView& view);

/// The call that a form of FormHtml asks for. Errors: kInvalid `BAD_FORM`, `BAD_PUBLIC_KEY`.
Result<ManagementCall> CallOf(const Form& form);

}  // namespace berth::relay
