#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace berth::relay {

/// The JSON of an event as it is sent. All who hold it share it: a copy costs a count, however long
/// the event is. Never changes; thread-safe.
class EventText {
public:
    EventText() = default;
    EventText(std::string_view json) : EventText{json.size()} { json.copy(bytes_.get(), size_); }
    EventText(const std::string& json) : EventText{std::string_view{json}} {}
    /// Of parts in their order.
    static EventText Joined(std::initializer_list<std::string_view> parts)
    {
        std::size_t size = 0;
        for (const auto part : parts) size += part.size();
        EventText text{size};
        auto* end = text.bytes_.get();
        for (const auto part : parts) end += part.copy(end, part.size());
        return text;
    }

    operator std::string_view() const { return {bytes_.get(), size_}; }
    std::size_t size() const { return size_; }

    friend bool operator==(const EventText& text, std::string_view json)
    {
        return std::string_view{text} == json;
    }

private:
    explicit EventText(std::size_t size)
        : bytes_{std::make_shared_for_overwrite<char[]>(size)}, size_{size}
    {
    }

    std::shared_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace berth::relay
