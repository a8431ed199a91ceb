#include "relay-image/protocol/relay_message.hpp"

#include <boost/json/serialize.hpp>

namespace berth::relay {
namespace {

std::string Quoted(std::string_view text)
{
    return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

std::string TwoPart(std::string_view verb, std::string_view text)
{
    return "[\"" + std::string{verb} + "\"," + Quoted(text) + "]";
}

}  // namespace

std::string OkMessage(std::string_view event_id, bool accepted, std::string_view text)
{
    return "[\"OK\"," + Quoted(event_id) + (accepted ? ",true," : ",false,") + Quoted(text) + "]";
}

std::string ClosedMessage(std::string_view subscription, std::string_view text)
{
    return "[\"CLOSED\"," + Quoted(subscription) + "," + Quoted(text) + "]";
}

std::string EoseMessage(std::string_view subscription) { return TwoPart("EOSE", subscription); }

std::string EoseMessage(std::string_view subscription, std::string_view hint)
{
    return "[\"EOSE\"," + Quoted(subscription) + ",[" + Quoted(hint) + "]]";
}

std::string NoticeMessage(std::string_view text) { return TwoPart("NOTICE", text); }
std::string AuthMessage(std::string_view challenge) { return TwoPart("AUTH", challenge); }

std::string EventMessageHead(std::string_view subscription)
{
    return "[\"EVENT\"," + Quoted(subscription) + ",";
}

}  // namespace berth::relay
