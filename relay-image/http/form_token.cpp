#include "relay-image/http/form_token.hpp"

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/secret.hpp"
#include "relay-image/http/html.hpp"

namespace berth::relay {

FormToken::FormToken() : text_{ToHex(RandomBytes(32))} {}

std::string FormToken::Field() const
{
    return "<input type=\"hidden\" name=\"token\" value=\"" + Escaped(text_) + "\">";
}

bool FormToken::IsIn(const Form& form) const
{
    return ConstantTimeEqual(form.Value("token"), text_);
}

}  // namespace berth::relay
