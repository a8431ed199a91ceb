#include "core/config/yaml_source.hpp"

#include <yaml-cpp/yaml.h>

#include "core/base/file.hpp"

namespace berth::config {
namespace {

using Values = std::map<std::string, Written>;

/// Walks a document; the first complaint ends it.
class Flattener {
public:
    explicit Flattener(std::string file) : file_{std::move(file)} {}

    Result<void> Add(const YAML::Node& map, const std::string& prefix)
    {
        for (const auto& entry : map) {
            if (!entry.first.IsScalar()) return Bad(entry.first, "a key has to be a word");
            const auto key = prefix + entry.first.Scalar();
            if (entry.second.IsMap()) {
                if (const auto added = Add(entry.second, key + "."); !added) return added.error();
                continue;
            }
            if (const auto added = AddValue(key, entry.first, entry.second); !added) {
                return added.error();
            }
        }
        return {};
    }

    Values&& Take() { return std::move(values_); }

private:
    std::string At(const YAML::Node& node) const
    {
        return file_ + ":" + std::to_string(node.Mark().line + 1);
    }

    Error Bad(const YAML::Node& node, const std::string& message) const
    {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_YAML", At(node) + ": " + message + ".");
    }

    Result<void> AddValue(const std::string& key, const YAML::Node& name, const YAML::Node& node)
    {
        Written written{.items = {}, .is_list = node.IsSequence(), .origin = At(name)};
        if (written.is_list) {
            for (const auto& item : node) {
                if (!item.IsScalar()) return Bad(item, key + " is a list of plain values");
                written.items.push_back(item.Scalar());
            }
        } else {
            written.items.push_back(node.IsNull() ? "" : node.Scalar());
        }
        if (!values_.emplace(key, std::move(written)).second) {
            return Fail(ErrorCode::kInvalid, "CONFIG_DUPLICATE_KEY",
                        At(name) + ": " + key + " is set a second time.");
        }
        return {};
    }

    std::string file_;
    Values values_;
};

}  // namespace

Result<Values> ReadYaml(const std::filesystem::path& path)
{
    const auto text = ReadFile(path, 1 << 20);
    if (!text) return Fail(ErrorCode::kInvalid, "CONFIG_FILE_NOT_READ", text.error().message);
    try {
        const auto document = YAML::Load(*text);
        if (document.IsNull()) return Values{};
        if (!document.IsMap()) {
            return Fail(ErrorCode::kInvalid, "CONFIG_BAD_YAML",
                        path.string() + " has to hold `key: value` lines.");
        }
        Flattener flattener{path.string()};
        if (const auto added = flattener.Add(document, ""); !added) return added.error();
        return flattener.Take();
    } catch (const YAML::Exception& exception) {
        return Fail(ErrorCode::kInvalid, "CONFIG_BAD_YAML",
                    path.string() + ":" + std::to_string(exception.mark.line + 1) + ": " +
                        exception.msg + ".");
    }
}

}  // namespace berth::config
