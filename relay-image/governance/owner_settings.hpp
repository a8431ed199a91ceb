#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.hpp"

namespace berth::relay {

/// A setting that the owner may change while the relay runs; it wins over the configuration.
struct OwnerSetting {
    enum class Kind { kText, kLongText, kAddress, kSwitch };

    std::string_view name;
    Kind kind = Kind::kText;
    std::size_t most = 0;  ///< Bytes.
    std::string_view label;
    std::string_view help;
};

/// All of them, in the order in which they are shown.
std::span<const OwnerSetting> OwnerSettings();

/// The one of that name, or null.
const OwnerSetting* FindOwnerSetting(std::string_view name);

/// Whether `value` fits. Errors: kInvalid `BAD_SETTING`.
Result<void> CheckOwnerSetting(const OwnerSetting& setting, std::string_view value);

/// Whether text may be stored and shown: no control character but line breaks and tabs.
bool IsPlainText(std::string_view text);

}  // namespace berth::relay
