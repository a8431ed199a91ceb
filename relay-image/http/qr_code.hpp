#pragma once

#include <string>

namespace berth::relay {

/// A QR code (ISO/IEC 18004) of `text` as SVG that stands in a page; `label` says what it is to who
/// cannot see it. Letters lose their case, so that the code is small: for text that has none.
/// Empty if the text is too long for a code.
std::string QrCodeSvg(const std::string& text, const std::string& label);

}  // namespace berth::relay
