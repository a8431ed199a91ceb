#pragma once

#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>

#include "core/probe/connection.hpp"

namespace berth::probe {

/// Lets Beast's synchronous calls read and write a Connection. Only for .cpp files of this folder.
class BlockingStream {
public:
    using executor_type = boost::asio::io_context::executor_type;
    using error_code = boost::beast::error_code;

    BlockingStream(Connection& connection, boost::asio::io_context& context)
        : connection_{connection}, context_{context}
    {
    }

    executor_type get_executor() { return context_.get_executor(); }
    /// What went wrong below Beast, if anything.
    const std::optional<Error>& error() const { return error_; }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, error_code& code)
    {
        code = {};
        for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
            if (buffer.size() == 0) continue;
            const auto count =
                connection_.ReadSome(static_cast<char*>(buffer.data()), buffer.size());
            if (!count) return Failed(count.error(), code);
            if (*count == 0) code = boost::asio::error::eof;
            return *count;
        }
        return 0;
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, error_code& code)
    {
        code = {};
        std::size_t total = 0;
        for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
            const auto written =
                connection_.Write({static_cast<const char*>(buffer.data()), buffer.size()});
            if (!written) return Failed(written.error(), code);
            total += buffer.size();
        }
        return total;
    }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers)
    {
        return OrThrow([&](error_code& code) { return read_some(buffers, code); });
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers)
    {
        return OrThrow([&](error_code& code) { return write_some(buffers, code); });
    }

private:
    std::size_t Failed(const Error& error, error_code& code)
    {
        error_ = error;
        code = boost::asio::error::connection_aborted;
        return 0;
    }

    template <typename Call>
    std::size_t OrThrow(Call call)
    {
        error_code code;
        const auto count = call(code);
        if (code) throw boost::beast::system_error{code};
        return count;
    }

    Connection& connection_;
    boost::asio::io_context& context_;
    std::optional<Error> error_;
};

/// Beast's hooks to end a stream; the Connection closes when it is destroyed.
inline void teardown(boost::beast::role_type, BlockingStream&, BlockingStream::error_code& code)
{
    code = {};
}
inline void beast_close_socket(BlockingStream&) {}

}  // namespace berth::probe
