#include "marketplace/orders/terms.hpp"

#include <gmock/gmock.h>

namespace berth::orders {
namespace {

TEST(HostnameTest, TakesPublicNames)
{
    for (const auto* name :
         {"relay.example.org", "a.b", "xn--bcher-kva.example", "1.2.3.example"}) {
        EXPECT_TRUE(CheckHostname(name)) << name;
    }
}

TEST(HostnameTest, RefusesWhatIsNoLdhName)
{
    const std::string long_label(64, 'a');
    for (const auto& name :
         {std::string{}, std::string{"localhost"}, std::string{"A.example"},
          std::string{"-a.example"}, std::string{"a-.example"}, std::string{"a..example"},
          std::string{"a.example."}, std::string{"*.example"}, std::string{"a_b.example"},
          std::string{"a.example\n"}, std::string{"a b.example"}, std::string{"127.0.0.1"},
          long_label + ".example", std::string{"b\xc3\xbc.example"}}) {
        const auto checked = CheckHostname(name);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().reason, "BAD_HOSTNAME");
    }
}

TEST(HostnameTest, HasAtMost253Characters)
{
    std::string name = "example";
    while (name.size() + 62 <= 253) name = std::string(61, 'a') + '.' + name;
    EXPECT_TRUE(CheckHostname(name));
    EXPECT_FALSE(CheckHostname(std::string(62, 'b') + '.' + std::string(62, 'b') + '.' + name));
}

TEST(TermsTest, CountCharactersNotBytes)
{
    v1::OrderTerms terms;
    terms.set_plan("plans/small");
    std::string name;
    for (int i = 0; i < 60; ++i) name += "\xc3\xbc";
    terms.set_relay_name(name);
    EXPECT_TRUE(CheckTerms(terms));
    terms.set_relay_name(name + "x");
    EXPECT_EQ(CheckTerms(terms).error().reason, "BAD_TERMS");
}

TEST(TermsTest, HaveNoControlCharacters)
{
    v1::OrderTerms terms;
    terms.set_plan("plans/small");
    terms.set_relay_description("two\nlines");
    EXPECT_EQ(CheckTerms(terms).error().reason, "BAD_TERMS");
}

TEST(NameTest, IsCollectionAndId)
{
    EXPECT_EQ(*ReadName("orders", "orders/abc"), "abc");
    for (const auto* name :
         {"orders", "orders/", "order/abc", "orders/a/b", "orders/../x", "abc"}) {
        EXPECT_FALSE(ReadName("orders", name)) << name;
    }
}

}  // namespace
}  // namespace berth::orders
