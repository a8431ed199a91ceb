#pragma once

#include <string>

#include "relay-image/http/html.hpp"
#include "relay-image/payment/fees.hpp"
#include "relay-image/protocol/information.hpp"
#include "relay-image/protocol/limits.hpp"

namespace berth::relay {

/// What a browser is shown on the relay's own address: name, picture, rules, fees, limits and how
/// to connect. `host` is the Host header, used where no address is configured.
/// `policy` is what the owner wrote about his rules, `fees` what publishing costs.
HtmlPage LandingPage(const RelayProfile& profile, const Limits& limits, std::string_view host,
                     std::string_view policy = {}, const Fees& fees = {});

}  // namespace berth::relay
