#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace berth {

/// Bytes that must not be printed, logged or copied by accident. Wiped when destroyed. There is no
/// stream operator and no implicit conversion: `Expose()` marks every place that reads one.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string bytes) : bytes_{std::move(bytes)} {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// The bytes, for the one call that needs them.
    const std::string& Expose() const { return bytes_; }
    bool empty() const { return bytes_.empty(); }

    /// Compares in constant time.
    friend bool operator==(const Secret& a, const Secret& b);

private:
    std::string bytes_;
};

/// Compares two byte strings in time that depends on their lengths only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace berth
