#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/base/clock.hpp"
#include "relay-image/http/form_token.hpp"
#include "relay-image/http/routes.hpp"
#include "relay-image/protocol/filter.hpp"
#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {

/// The owner's way to take his events with him: a form, and what it asks for as JSON lines, oldest
/// first, plain or gzip. They are read a few hundred at a time as fast as the client takes them;
/// who ends the connection ends the export. Used on the I/O thread only.
class ExportPage {
public:
    /// All outlive it. `readers` do the reading.
    ExportPage(boost::asio::io_context& io, EventReaders& readers, const FormToken& token,
               const Clock& clock)
        : io_{io}, readers_{readers}, token_{token}, clock_{clock}
    {
    }

    /// A filter that could not be read, and why.
    struct Refused {
        std::string filter;
        std::string problem;
    };
    /// The page with the form, filled again with what was refused.
    Answer Show(const std::string& relay_name, const Refused& refused = {}) const;
    /// The events that the form asks for; 403 if it is none of ours, 400 if its filter cannot be
    /// read, 429 while too many exports are under way.
    Answer Send(const HttpCall& call, const std::string& relay_name);

private:
    Answer Begin(Filter filter, bool compressed);

    boost::asio::io_context& io_;
    EventReaders& readers_;
    const FormToken& token_;
    const Clock& clock_;
    /// Its uses beyond this one are exports under way.
    const std::shared_ptr<int> running_ = std::make_shared<int>(0);
};

}  // namespace berth::relay
