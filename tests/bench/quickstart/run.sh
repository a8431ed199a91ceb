#!/usr/bin/env bash
# Seconds from payment to ACTIVE less those of blocks and of the bid window, beside these, which
# nobody can save; the median of five whole worlds on programs that are built already.
# Usage: tests/bench/quickstart/run.sh [--json]
set -euo pipefail

readonly root="$(cd "$(dirname "$0")/../../.." && pwd)"

if [ ! -f "$root/build/release/build.ninja" ]; then
  (cd "$root" && cmake --preset release) >&2
fi
cmake --build "$root/build/release" --target berth_programs >&2
exec node "$root/tests/bench/quickstart/measure.js" "$@"
