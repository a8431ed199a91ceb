#include "relay-image/fanout/redis_connection.hpp"

#include <hiredis/hiredis.h>

namespace berth::relay {
namespace {

/// More of one message nobody sends who means well: that much an event may have.
constexpr std::size_t kMostUnread = 18U << 20;

struct ReplyCloser {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

std::string TextOf(const redisReply& reply)
{
    return reply.str ? std::string{reply.str, reply.len} : std::string{};
}

RedisReply Read(const redisReply& reply)
{
    using Kind = RedisReply::Kind;
    switch (reply.type) {
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_STRING:
            return {.kind = Kind::kText, .text = TextOf(reply), .number = 0, .items = {}};
        case REDIS_REPLY_ERROR:
            return {.kind = Kind::kError, .text = TextOf(reply), .number = 0, .items = {}};
        case REDIS_REPLY_INTEGER:
            return {.kind = Kind::kNumber, .text = {}, .number = reply.integer, .items = {}};
        case REDIS_REPLY_ARRAY: break;
        default: return {};
    }
    RedisReply list{.kind = Kind::kList, .text = {}, .number = 0, .items = {}};
    for (std::size_t i = 0; i < reply.elements; ++i) {
        list.items.push_back(TextOf(*reply.element[i]));
    }
    return list;
}

Error Unavailable(std::string message)
{
    return Fail(ErrorCode::kUnavailable, "REDIS_UNAVAILABLE", std::move(message));
}

}  // namespace

void RedisConnection::Closer::operator()(redisContext* context) const { redisFree(context); }

Result<RedisConnection> RedisConnection::Open(const RedisAddress& address)
{
    RedisConnection connection{redisConnectNonBlock(address.host.c_str(), address.port)};
    if (!connection.context_) return Unavailable("No memory.");
    if (connection.context_->err != 0) return connection.Failed();
    return connection;
}

Error RedisConnection::Failed() const { return Unavailable(context_->errstr); }

void RedisConnection::Send(std::initializer_list<std::string_view> words)
{
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const auto word : words) {
        pointers.push_back(word.data());
        lengths.push_back(word.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), pointers.data(),
                           lengths.data());
    unsent_ = true;
}

pollfd RedisConnection::Waiting() const
{
    return {context_->fd, static_cast<short>(POLLIN | (unsent_ ? POLLOUT : 0)), 0};
}

Result<std::vector<RedisReply>> RedisConnection::Work(short events)
{
    if ((events & POLLOUT) != 0) {
        int done = 0;
        if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return Failed();
        unsent_ = done == 0;
    }
    if ((events & (POLLIN | POLLERR | POLLHUP)) == 0) return std::vector<RedisReply>{};
    if (redisBufferRead(context_.get()) != REDIS_OK) return Failed();
    return Collect();
}

Result<std::vector<RedisReply>> RedisConnection::Collect()
{
    std::vector<RedisReply> replies;
    while (true) {
        void* next = nullptr;
        if (redisGetReplyFromReader(context_.get(), &next) != REDIS_OK) return Failed();
        if (!next) break;
        const std::unique_ptr<redisReply, ReplyCloser> reply{static_cast<redisReply*>(next)};
        replies.push_back(Read(*reply));
    }
    const auto* reader = context_->reader;
    if (reader->len - reader->pos > kMostUnread) return Unavailable("It sends without an end.");
    return replies;
}

}  // namespace berth::relay
