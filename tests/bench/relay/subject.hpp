#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <sys/types.h>

namespace berth::bench {

/// A relay that is measured, running on a free port with a fresh store.
class Subject {
public:
    virtual ~Subject() = default;

    virtual unsigned short port() const = 0;
    /// Processor time so far, of the relay and of its database.
    virtual double CpuSeconds() const = 0;
    /// Memory of the relay itself that is nobody else's and in no file.
    virtual std::int64_t PrivateBytes() const = 0;
    /// The same with the pages of files that it maps.
    virtual std::int64_t ResidentBytes() const = 0;
    /// Files and sockets that the relay itself has open.
    virtual std::int64_t Descriptors() const = 0;
    /// What the store takes on the disk, without a log of changes that is recycled.
    virtual std::int64_t StoreBytes() = 0;
    /// Ends it in good order and starts it again; seconds until it answers a REQ.
    virtual double RestartSeconds() = 0;
};

enum class Storage { kPostgres, kLmdb };

/// Our relay, with everything as a customer gets it except the limits of clients and `settings`
/// (BERTH_RELAY_<key> = value).
std::unique_ptr<Subject> StartBerth(Storage storage,
                                    std::map<std::string, std::string> settings = {});

}  // namespace berth::bench
