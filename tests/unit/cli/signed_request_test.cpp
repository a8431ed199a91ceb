#include "cli/signed_request.hpp"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "berth/v1/order_service.pb.h"
#include "core/nostr/event.hpp"

namespace berth::cli {
namespace {

TEST(SignTermsTest, MakesAnEventThatNamesTheMarketplaceAndEndsInFiveMinutes)
{
    const auto key = nostr::SecretKey::Generate();
    const auto marketplace = nostr::SecretKey::Generate().pubkey();
    v1::OrderTerms terms;
    terms.set_plan("plans/small");
    const auto event = nostr::ParseEvent(
        SignTerms(kOrderKind, terms, marketplace, key, FromUnixSeconds(1'767'225'600)));
    ASSERT_TRUE(event);
    EXPECT_TRUE(nostr::VerifyEvent(*event));
    EXPECT_EQ(event->pubkey, key.pubkey());
    EXPECT_EQ(event->kind, 24410);
    EXPECT_EQ(event->TagValue("p"), marketplace);
    EXPECT_EQ(event->TagValue("v"), "1");
    EXPECT_EQ(event->TagValue("expiration"), "1767225900");
    v1::OrderTerms read;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(event->content, &read).ok());
    EXPECT_EQ(read.plan(), "plans/small");
}

}  // namespace
}  // namespace berth::cli
