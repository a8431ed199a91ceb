#include "akash/manifest_match.hpp"

#include <boost/json.hpp>

#include "akash/cli_output.hpp"

namespace berth::akash {
namespace {

namespace json = boost::json;

struct Mismatch {
    std::string where;
};

void Expect(bool same, const std::string& where)
{
    if (!same) throw Mismatch{where};
}

/// A manifest names the kind of an endpoint by number, and leaves 0 out.
std::string KindOf(const Fields& endpoint)
{
    return endpoint.has("kind") && endpoint.at("kind").unsigned32() == 1 ? "RANDOM_PORT"
                                                                         : "SHARED_HTTP";
}

/// A manifest leaves out what has none.
void MatchAttributes(const Fields& wanted, const Fields& volume, const std::string& where)
{
    const auto ours = wanted.at("attributes").list();
    const auto theirs =
        volume.has("attributes") ? volume.at("attributes").list() : std::vector<Fields>{};
    Expect(ours.size() == theirs.size(), where);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        for (const auto* part : {"key", "value"}) {
            Expect(ours[i].at(part).text() == theirs[i].at(part).text(), where);
        }
    }
}

void MatchStorage(const Fields& wanted, const Fields& volumes, const std::string& name)
{
    const auto ours = wanted.list();
    const auto theirs = volumes.list();
    Expect(ours.size() == theirs.size(), name + ".storage");
    for (std::size_t i = 0; i < ours.size(); ++i) {
        Expect(ours[i].at("name").text() == theirs[i].at("name").text() &&
                   ours[i].at("quantity").at("val").text() == theirs[i].at("size").at("val").text(),
               name + ".storage");
        MatchAttributes(ours[i], theirs[i], name + ".storage");
    }
}

void MatchEndpoints(const Fields& wanted, const Fields& endpoints, const std::string& name)
{
    const auto ours = wanted.list();
    const auto theirs = endpoints.list();
    Expect(ours.size() == theirs.size(), name + ".endpoints");
    for (std::size_t i = 0; i < ours.size(); ++i) {
        Expect(ours[i].at("kind").text() == KindOf(theirs[i]), name + ".endpoints");
    }
}

void MatchService(const Fields& unit, const Fields& service)
{
    const auto name = service.at("name").text();
    const auto wanted = unit.at("resource");
    const auto theirs = service.at("resources");
    Expect(unit.at("count").unsigned32() == service.at("count").unsigned32(), name + ".count");
    Expect(wanted.at("id").unsigned32() == theirs.at("id").unsigned32(), name + ".id");
    for (const auto* kind : {"cpu", "gpu"}) {
        Expect(wanted.at(kind).at("units").at("val").text() ==
                   theirs.at(kind).at("units").at("val").text(),
               name + "." + kind);
    }
    Expect(wanted.at("memory").at("quantity").at("val").text() ==
               theirs.at("memory").at("size").at("val").text(),
           name + ".memory");
    MatchStorage(wanted.at("storage"), theirs.at("storage"), name);
    MatchEndpoints(wanted.at("endpoints"), theirs.at("endpoints"), name);
}

bool IsNothing(const json::value& value)
{
    return value.is_null() || (value.is_array() && value.as_array().empty());
}

void MatchValue(const json::value& ours, const json::value& theirs, const std::string& where);

void MatchObject(const json::object& ours, const json::object& theirs, const std::string& where)
{
    static const json::value kAbsent;
    const auto member = [](const json::object& object, std::string_view key) -> const auto& {
        const auto* found = object.if_contains({key.data(), key.size()});
        return found ? *found : kAbsent;
    };
    for (const auto& [key, value] : ours)
        MatchValue(value, member(theirs, key), where + "." + std::string{key});
    for (const auto& [key, value] : theirs)
        MatchValue(member(ours, key), value, where + "." + std::string{key});
}

void MatchValue(const json::value& ours, const json::value& theirs, const std::string& where)
{
    if (IsNothing(ours) && IsNothing(theirs)) return;
    if (ours.is_object() && theirs.is_object()) {
        return MatchObject(ours.as_object(), theirs.as_object(), where);
    }
    if (!ours.is_array() || !theirs.is_array()) return Expect(ours == theirs, where);
    Expect(ours.as_array().size() == theirs.as_array().size(), where);
    for (std::size_t i = 0; i < ours.as_array().size(); ++i) {
        MatchValue(ours.as_array()[i], theirs.as_array()[i], where + "[" + std::to_string(i) + "]");
    }
}

template <typename Match>
Result<void> Run(Match match)
{
    try {
        match();
        return {};
    } catch (const Mismatch& mismatch) {
        return Fail(
            ErrorCode::kInvalid, "MESSAGE_MISMATCH",
            "The network's own program makes another message of the SDL: " + mismatch.where);
    } catch (const FieldMissing& missing) {
        return Fail(ErrorCode::kInvalid, "MESSAGE_MISMATCH",
                    "The network's own program printed no " + missing.what + ".");
    }
}

}  // namespace

Result<void> MatchManifest(const json::value& groups, const json::value& manifest)
{
    return Run([&] {
        const auto ours = Fields{groups}.list();
        const auto theirs = Fields{manifest}.list();
        Expect(ours.size() == theirs.size(), "groups");
        for (std::size_t i = 0; i < ours.size(); ++i) {
            Expect(ours[i].at("name").text() == theirs[i].at("name").text(), "group's name");
            const auto units = ours[i].at("resources").list();
            const auto services = theirs[i].at("services").list();
            Expect(units.size() == services.size(), "services");
            for (std::size_t k = 0; k < units.size(); ++k) MatchService(units[k], services[k]);
        }
    });
}

Result<void> MatchMessage(const json::value& ours, const json::value& generated)
{
    return Run([&] { MatchValue(ours, generated, "message"); });
}

}  // namespace berth::akash
