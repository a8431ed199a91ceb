#include <future>
#include <ostream>
#include <thread>

#include "relay-image/commands/chosen_events.hpp"
#include "relay-image/commands/command.hpp"
#include "relay-image/commands/line_reader.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kBatch = 1000;   ///< Events of one transaction.
constexpr std::int64_t kMaxTold = 20;  ///< Refused lines that are named one by one.

constexpr std::array<config::Setting, 1> kImportOptions{{
    {"verify", config::Type::kBool, "true", "check ids and signatures; false trusts the file"},
}};

/// A line as it was read, and what it turned out to be.
struct Line {
    std::int64_t number = 0;
    std::string text;
    EventPtr event{};  ///< Nothing: it is refused.
    std::string fault{};
};

struct Tally {
    std::int64_t stored = 0, duplicate = 0, outdated = 0, deleted = 0, refused = 0;
};

Result<EventPtr> Examine(const std::string& text, bool verify)
{
    auto event =
        nostr::ParseEvent(text, {.bytes = LineReader::kMaxLine}, nostr::EventSyntax::kNip01);
    if (!event) return event.error();
    if (IsEphemeral(event->kind)) {
        return Fail(ErrorCode::kInvalid, "EPHEMERAL", "Events of ephemeral kinds are not stored.");
    }
    const auto expires_at = ExpirationOf(*event);
    if (!expires_at) return expires_at.error();
    if (verify) {
        if (const auto sound = nostr::VerifyEvent(*event); !sound) return sound.error();
    }
    auto json = nostr::ToJson(*event);
    return EventPtr{std::make_shared<const AdmittedEvent>(
        AdmittedEvent{std::move(*event), std::move(json), *expires_at})};
}

void ExamineSome(std::span<Line> lines, bool verify)
{
    for (auto& line : lines) {
        auto event = Examine(line.text, verify);
        if (event) line.event = std::move(*event);
        if (!event) line.fault = event.error().message;
        line.text = {};
    }
}

/// Examines lines on all cores.
void ExamineAll(std::vector<Line>& lines, bool verify)
{
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    const auto share = (lines.size() + threads - 1) / threads;
    std::vector<std::future<void>> running;
    for (std::size_t at = 0; at < lines.size(); at += share) {
        const std::span<Line> some{&lines[at], std::min(share, lines.size() - at)};
        running.push_back(
            std::async(std::launch::async, [some, verify] { ExamineSome(some, verify); }));
    }
    for (auto& examined : running) examined.get();
}

class Importer {
public:
    Importer(EventStore& store, LineReader& reader, bool verify, std::ostream& err)
        : store_{store}, reader_{reader}, verify_{verify}, err_{err}
    {
    }

    /// Reads to the end; stores a batch while the next one is examined.
    Result<void> Run()
    {
        auto next = Read();
        while (next && !next->empty()) {
            auto batch = std::move(*next);
            auto reading = std::async(std::launch::async, [this] { return Read(); });
            const auto stored = Store(batch);
            next = reading.get();
            if (!stored) return stored.error();
        }
        if (!next) return next.error();
        return {};
    }
    const Tally& tally() const { return tally_; }

private:
    Result<std::vector<Line>> Read()
    {
        std::vector<Line> lines;
        std::string text;
        while (lines.size() < kBatch) {
            const auto more = reader_.Next(text);
            if (!more) return more.error();
            if (!*more) break;
            ++line_number_;
            if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
            lines.push_back({.number = line_number_, .text = std::move(text)});
        }
        ExamineAll(lines, verify_);
        return lines;
    }

    Result<void> Store(const std::vector<Line>& lines)
    {
        std::vector<EventPtr> events;
        for (const auto& line : lines) {
            if (line.event) events.push_back(line.event);
            if (!line.event) Tell(line);
        }
        const auto verdicts = store_.Store(events);
        if (!verdicts) return verdicts.error();
        for (const auto verdict : *verdicts) Count(verdict);
        return {};
    }

    void Tell(const Line& line)
    {
        if (++tally_.refused <= kMaxTold) {
            err_ << "line " << line.number << ": " << line.fault << '\n';
        }
        if (tally_.refused == kMaxTold) err_ << "further refused lines are only counted\n";
    }

    void Count(Verdict verdict)
    {
        switch (verdict) {
            case Verdict::kStored: ++tally_.stored; break;
            case Verdict::kDuplicate: ++tally_.duplicate; break;
            case Verdict::kOutdated: ++tally_.outdated; break;
            case Verdict::kDeleted: ++tally_.deleted; break;
            case Verdict::kForeign: ++tally_.refused; break;
        }
    }

    EventStore& store_;
    LineReader& reader_;
    bool verify_;
    std::ostream& err_;
    std::int64_t line_number_ = 0;
    Tally tally_;
};

Exit Import(const Invocation& invocation)
{
    LineReader reader{invocation.words.empty() ? "-" : invocation.words[0]};
    if (const auto opened = reader.Open(); !opened) return Explain(invocation, opened.error());
    const auto store = OpenStore(invocation.config);
    if (!store) return Explain(invocation, store.error());
    Importer importer{**store, reader, invocation.config.Bool("verify"), invocation.err};
    const auto done = importer.Run();
    const auto& tally = importer.tally();
    invocation.out << "stored " << tally.stored << ", duplicate " << tally.duplicate
                   << ", outdated " << tally.outdated << ", deleted " << tally.deleted
                   << ", refused " << tally.refused << '\n';
    if (!done) return Explain(invocation, done.error());
    return tally.refused > 0 ? Exit::kRefused : Exit::kDone;
}

}  // namespace

Subcommand ImportCommand()
{
    return {.name = "import",
            .arguments = "[FILE]",
            .help = "Stores the events of a file or of standard input: JSON lines, plain or gzip.",
            .options = kImportOptions,
            .most_words = 1,
            .run = Import};
}

}  // namespace berth::relay
