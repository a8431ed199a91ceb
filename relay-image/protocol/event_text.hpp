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
    EventText(std::string json) : json_{std::make_shared<const std::string>(std::move(json))} {}

    operator std::string_view() const { return json_ ? *json_ : std::string_view{}; }
    std::size_t size() const { return json_ ? json_->size() : 0; }

    friend bool operator==(const EventText& text, std::string_view json)
    {
        return std::string_view{text} == json;
    }

private:
    std::shared_ptr<const std::string> json_;
};

}  // namespace berth::relay
