#include "relay-image/payment/lightning_node.hpp"

#include "core/base/digest.hpp"

namespace berth::relay {

std::string InvoiceToMake::PaymentHash() const { return ToHex(Sha256(preimage.Expose())); }

}  // namespace berth::relay
