#pragma once

#include <string_view>

namespace berth::relay::fuzz {

/// A message of a client to a relay with some hundred events: answered within the frame by what
/// the other side can read, or refused.
void AnswerSync(std::string_view bytes);
/// An answer of another relay to ours: whatever it says, what we lack was named in it, and what it
/// lacks is ours.
void ContinueSync(std::string_view bytes);
/// Two sets, four bytes an event (time, two for the id, who has it): both sides come to an end, and
/// know exactly what either lacks.
void ReconcileSets(std::string_view bytes);

}  // namespace berth::relay::fuzz
