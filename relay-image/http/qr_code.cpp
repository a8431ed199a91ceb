#include "relay-image/http/qr_code.hpp"

#include <memory>

#include <qrencode.h>

#include "relay-image/http/html.hpp"

namespace berth::relay {
namespace {

constexpr int kQuiet = 4;  ///< Modules that stay white on each side.
constexpr int kCaseless = 0, kSmallest = 0;

/// One move and one unit square for each dark module.
std::string Path(const QRcode& code)
{
    std::string path;
    for (int y = 0; y < code.width; ++y) {
        for (int x = 0; x < code.width; ++x) {
            const bool is_dark = (code.data[y * code.width + x] & 1) != 0;
            if (!is_dark) continue;
            path +=
                "M" + std::to_string(x + kQuiet) + " " + std::to_string(y + kQuiet) + "h1v1h-1z";
        }
    }
    return path;
}

}  // namespace

std::string QrCodeSvg(const std::string& text, const std::string& label)
{
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code{
        QRcode_encodeString(text.c_str(), kSmallest, QR_ECLEVEL_L, QR_MODE_8, kCaseless),
        &QRcode_free};
    if (!code) return "";
    const auto size = std::to_string(code->width + 2 * kQuiet);
    return "<svg class=\"qr\" role=\"img\" aria-label=\"" + Escaped(label) + "\" viewBox=\"0 0 " +
           size + " " + size + "\" shape-rendering=\"crispEdges\"><rect width=\"" + size +
           "\" height=\"" + size + "\" fill=\"#fff\"/><path fill=\"#000\" d=\"" + Path(*code) +
           "\"/></svg>\n";
}

}  // namespace berth::relay
