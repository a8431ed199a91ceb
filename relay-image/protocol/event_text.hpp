#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace berth::relay {

/// The JSON of an event as it is sent. All who hold it share it: a copy costs a count, however long
/// the event is. Never changes; thread-safe.
class EventText {
public:
    EventText() = default;
    EventText(std::string_view json)
        : bytes_{std::make_shared_for_overwrite<char[]>(json.size())}, size_{json.size()}
    {
        json.copy(bytes_.get(), json.size());
    }
    EventText(const std::string& json) : EventText{std::string_view{json}} {}

    operator std::string_view() const { return {bytes_.get(), size_}; }
    std::size_t size() const { return size_; }

    friend bool operator==(const EventText& text, std::string_view json)
    {
        return std::string_view{text} == json;
    }

private:
    std::shared_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace berth::relay
