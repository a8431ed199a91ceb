#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace berth::vectors {

/// The folder of the vector files: BERTH_VECTORS, or this one.
std::string Folder();

/// The text of one of them; fails the test if it cannot be read.
std::string ReadText(std::string_view name);

/// The same, parsed. Integers of more than 18 digits, which JSON parsers would round, become
/// strings.
boost::json::object ReadJson(std::string_view name);

/// The text of a member that has to be a string; empty for null.
std::string Text(const boost::json::object& object, std::string_view name);

/// Runs every case of a file and returns how many there were. A case that has no verdict, or one
/// that is not known, fails the test.
int RunBip340(std::string_view file);
int RunNostrEvents(std::string_view file);
int RunNostrAuthAndMessages(std::string_view file);
int RunXrplClaims(std::string_view file);
int RunClaimPolicy(std::string_view file);
int RunFx(std::string_view file);

}  // namespace berth::vectors
