#include "relay-image/protocol/relay_message.hpp"

#include <boost/json/serialize.hpp>

#include "core/base/encoding.hpp"

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

std::string CountMessage(std::string_view query, std::int64_t count, bool approximate,
                         std::string_view hll)
{
    auto text = "[\"COUNT\"," + Quoted(query) + ",{\"count\":" + std::to_string(count);
    if (approximate) text += ",\"approximate\":true";
    if (!hll.empty()) text += ",\"hll\":" + Quoted(hll);
    return text + "}]";
}

std::string SyncMessage(std::string_view sync, std::string_view bytes)
{
    return "[\"NEG-MSG\"," + Quoted(sync) + "," + Quoted(ToHex(bytes)) + "]";
}

std::string SyncErrorMessage(std::string_view sync, std::string_view text)
{
    return "[\"NEG-ERR\"," + Quoted(sync) + "," + Quoted(text) + "]";
}

std::string SyncTooLargeMessage(std::string_view sync, std::int64_t most)
{
    return "[\"NEG-ERR\"," + Quoted(sync) + ",\"blocked: this query is too big\"," +
           std::to_string(most) + "]";
}

std::string NoticeMessage(std::string_view text) { return TwoPart("NOTICE", text); }
std::string AuthMessage(std::string_view challenge) { return TwoPart("AUTH", challenge); }

std::string EventMessageHead(std::string_view subscription)
{
    return "[\"EVENT\"," + Quoted(subscription) + ",";
}

}  // namespace berth::relay
