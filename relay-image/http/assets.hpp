#pragma once

#include <span>
#include <string>
#include <string_view>

namespace berth::relay {

/// A file that the pages need, part of the program.
struct Asset {
    std::string_view name;  ///< As `dashboard.js`.
    std::string_view type;  ///< Media type.
    std::string_view content;
};

/// All of them.
std::span<const Asset> Assets();

/// Where an asset is served: the path changes with the content, so that a browser may keep it.
/// `name` is one of Assets().
std::string AssetPath(std::string_view name);

}  // namespace berth::relay
