#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "relay-image/http/form.hpp"
#include "relay-image/http/moderation_forms.hpp"
#include "relay-image/http/moderation_html.hpp"

namespace berth::relay {
namespace {

const std::string kKey = std::string(63, '0') + "1";
const ModerationView kView{.token = "t0ken", .from = {}};

std::string ReasonOf(std::string_view body)
{
    const auto form = Form::Parse(body);
    const auto call = form ? CallOf(*form) : Result<ManagementCall>{form.error()};
    return call ? boost::json::serialize(boost::json::value(call->params)) : call.error().reason;
}

TEST(FormTest, ReadsFieldsAndTheirEscapes)
{
    const auto form = Form::Parse("a=1&b=two+words&c=%C3%A9%26&empty=&bare");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->Value("a"), "1");
    EXPECT_EQ(form->Value("b"), "two words");
    EXPECT_EQ(form->Value("c"), "\xC3\xA9&");
    EXPECT_EQ(form->Value("empty"), "");
    EXPECT_EQ(form->fields().size(), 5U);
}

TEST(FormTest, RefusesWhatIsNoForm)
{
    std::string many;
    for (int i = 0; i < 301; ++i) many += "a=1&";
    for (const std::string body : {"a=%", "a=%4", "a=%zz", "a=%FF", many.c_str()}) {
        EXPECT_FALSE(Form::Parse(body)) << body.substr(0, 20);
    }
}

TEST(ModerationFormTest, MakesTheParametersThatTheMethodExpects)
{
    EXPECT_EQ(ReasonOf("key0=" + kKey + "&text1=a+b&flag2=on"), "[\"" + kKey + "\",\"a b\",true]");
    EXPECT_EQ(ReasonOf("int0=7"), "[7]");
    EXPECT_EQ(ReasonOf("text0=r&item5=&item5=banevent"),
              "[\"r\",null,null,null,null,[\"banevent\"]]");
    EXPECT_EQ(ReasonOf("text0=r&item1="), "[\"r\",[]]");
    EXPECT_EQ(ReasonOf("text1=&int2="), "[null,null,null]");
}

TEST(ModerationFormTest, RefusesFieldsThatNoFormOfOursHas)
{
    EXPECT_EQ(ReasonOf("key0=nobody"), "BAD_PUBLIC_KEY");
    EXPECT_EQ(ReasonOf("int0=1e3"), "BAD_FORM");
    EXPECT_EQ(ReasonOf("text9=x"), "BAD_FORM");
    EXPECT_EQ(ReasonOf("date0=x"), "BAD_FORM");
}

TEST(ModerationHtmlTest, EscapesWhateverPeopleWrote)
{
    const std::string evil = "<script>alert('x')</script>\"";
    Rules rules;
    rules.banned_pubkeys[kKey] = {.reason = evil, .by = {}};
    rules.members[kKey] = {.note = {.reason = evil, .by = {}}, .roles = {evil}};
    rules.roles[evil] = {.label = evil, .description = evil, .color = evil, .methods = {}};
    rules.invites[evil] = {.by = {}, .role = evil};
    rules.banned_events[evil] = {.reason = evil, .by = {}};
    rules.blocked[evil] = {.reason = evil, .by = {}};
    rules.audit["1"] = {.by = evil, .via = evil, .act = evil, .subject = evil};
    Reported reported{.event_id = evil, .pubkey = evil, .reporters = {evil}, .reasons = {evil}};
    auto view = kView;
    view.problem = evil;
    RelayProfile profile;
    for (auto* text : {&profile.name, &profile.description, &profile.contact, &profile.icon,
                       &profile.banner, &profile.terms_of_service}) {
        *text = evil;
    }
    for (const auto& html :
         {ContentBody(rules, {reported}, view), PeopleBody(rules, view), LogBody(rules),
          AddressesBody(rules, view), SettingsBody(rules, profile, {}, view)}) {
        EXPECT_EQ(html.find("<script"), std::string::npos);
        EXPECT_EQ(html.find("alert('x')"), std::string::npos);
    }
}

TEST(ModerationHtmlTest, ShowsTwoHundredRowsAndALinkToTheNext)
{
    Rules rules;
    for (int i = 100; i < 400; ++i) rules.banned_events[std::to_string(i)] = {};
    const auto first = ContentBody(rules, {}, kView);
    EXPECT_NE(first.find("?from=300"), std::string::npos);
    auto view = kView;
    view.from = "300";
    const auto second = ContentBody(rules, {}, view);
    EXPECT_EQ(second.find("value=\"299\""), std::string::npos);
    EXPECT_NE(second.find("value=\"399\""), std::string::npos);
    EXPECT_EQ(second.find("?from="), std::string::npos);
}

}  // namespace
}  // namespace berth::relay
