#include "tests/vectors/vector_file.hpp"

#include <cstdlib>
#include <regex>

#include "core/base/file.hpp"

namespace berth::vectors {

std::string Folder()
{
    const auto* folder = std::getenv("BERTH_VECTORS");
    return folder && *folder ? folder : BERTH_SOURCE_DIR "/tests/vectors";
}

std::string ReadText(std::string_view name)
{
    auto text = ReadFile(Folder() + "/" + std::string{name});
    EXPECT_TRUE(text.has_value()) << name;
    return text ? *text : std::string{};
}

boost::json::object ReadJson(std::string_view name)
{
    static const std::regex wide{R"(:(\s*)(\d{18,})(\s*[,}\n]))"};
    boost::system::error_code error;
    const auto value =
        boost::json::parse(std::regex_replace(ReadText(name), wide, R"(:$1"$2"$3)"), error);
    EXPECT_FALSE(error) << name << ": " << error.message();
    return error || !value.is_object() ? boost::json::object{} : value.as_object();
}

std::string Text(const boost::json::object& object, std::string_view name)
{
    const auto* found = object.if_contains(name);
    if (found && found->is_string()) return std::string{found->get_string()};
    EXPECT_TRUE(!found || found->is_null()) << name << " is no text";
    return {};
}

}  // namespace berth::vectors
