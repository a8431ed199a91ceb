#include "relay-image/http/assets.hpp"

#include <algorithm>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/http/asset_files.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kFingerprint = 12;  ///< Characters.
constexpr std::string_view kScript = "text/javascript; charset=utf-8";
constexpr std::string_view kStyle = "text/css; charset=utf-8";

constexpr Asset kAssets[] = {
    {"relay.css", kStyle, kFile_relay_css},         {"uplot.css", kStyle, kFile_uPlot_min_css},
    {"uplot.js", kScript, kFile_uPlot_iife_min_js}, {"icon.svg", "image/svg+xml", kFile_icon_svg},
    {"dashboard.js", kScript, kFile_dashboard_js},  {"join.js", kScript, kFile_join_js},
    {"payments.js", kScript, kFile_payments_js},    {"invoice.js", kScript, kFile_invoice_js},
};

}  // namespace

std::span<const Asset> Assets() { return kAssets; }

std::string AssetPath(std::string_view name)
{
    const auto asset = std::ranges::find(kAssets, name, &Asset::name);
    BERTH_ASSERT(asset != std::end(kAssets));
    return "/assets/" + ToHex(Sha256(asset->content)).substr(0, kFingerprint) + "/" +
           std::string{name};
}

}  // namespace berth::relay
