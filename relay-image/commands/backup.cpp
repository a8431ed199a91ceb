#include "relay-image/backup/backup.hpp"

#include <ostream>

#include "relay-image/backup/backup_settings.hpp"
#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"

namespace berth::relay {
namespace {

using Act = Result<BackupReport> (*)(const Invocation&, EventStore&, ObjectStore&,
                                     const BackupKey&);

Exit WithBucket(const Invocation& invocation, std::string_view verb, Act act)
{
    const auto settings = ReadBackupSettings(invocation.config);
    if (!settings) return Explain(invocation, settings.error());
    if (!*settings) {
        return Explain(invocation, Fail(ErrorCode::kInvalid, "CONFIG_MISSING",
                                        "relay.backup_bucket names no bucket."));
    }
    const auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    S3ObjectStore objects{(*settings)->bucket};
    const auto report = act(invocation, **store, objects, (*settings)->key);
    if (!report) return Explain(invocation, report.error());
    invocation.out << verb << " " << report->events << " events, " << report->pieces
                   << " pieces of which " << report->moved << " were moved, fingerprint "
                   << report->fingerprint << '\n';
    return Exit::kDone;
}

Result<BackupReport> MakeBackup(const Invocation& invocation, EventStore& store,
                                ObjectStore& objects, const BackupKey& key)
{
    const std::atomic<bool> never = false;
    return BackUp(store, objects, key, BackedUpCollections(), ToUnixSeconds(invocation.clock.Now()),
                  never);
}

Result<BackupReport> BringBack(const Invocation&, EventStore& store, ObjectStore& objects,
                               const BackupKey& key)
{
    return Restore(store, objects, key);
}

}  // namespace

Subcommand BackupCommand()
{
    return {.name = "backup",
            .arguments = "",
            .help = "Copies events and rules, encrypted, to the bucket of relay.backup_bucket.",
            .options = {},
            .most_words = 0,
            .run = [](const Invocation& invocation) {
                return WithBucket(invocation, "backed up", MakeBackup);
            }};
}

Subcommand RestoreCommand()
{
    return {.name = "restore",
            .arguments = "",
            .help = "Brings a backup back; into an empty store it compares count and fingerprint.",
            .options = {},
            .most_words = 0,
            .run = [](const Invocation& invocation) {
                return WithBucket(invocation, "restored", BringBack);
            }};
}

}  // namespace berth::relay
