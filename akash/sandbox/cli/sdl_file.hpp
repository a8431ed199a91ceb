#pragma once

#include <string>

#include <boost/json/array.hpp>

namespace berth::sandbox {

/// An SDL as the chain and the provider need it.
struct SdlDocument {
    boost::json::array groups;    ///< Of MsgCreateDeployment.
    boost::json::array manifest;  ///< What `sdl-to-manifest` prints.
    std::string hash;             ///< 32 bytes, of the manifest.
    std::string denom;            ///< Of the prices.
};

/// Reads an SDL file. Throws CommandFailed in the real program's words.
SdlDocument ReadSdl(const std::string& path);

}  // namespace berth::sandbox
