#!/usr/bin/env bash
# A day of a busy relay in minutes, an hour's worth of clients at a time, good and hostile: does
# the relay's memory stay level? Beside it nostr-rs-relay and rnostr under the same, where they can
# be had. Exits with 1 if ours grows.
# Usage: tests/bench/soak/run.sh [--json] [--hours N] [--storage postgres|lmdb] [--alone]
set -euo pipefail

readonly here="$(cd "$(dirname "$0")" && pwd)"
readonly root="$(cd "$here/../../.." && pwd)"
readonly build="$root/build/release"
. "$here/../crates.sh"

arguments=()
alone=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --json) arguments+=(--json); shift ;;
    --alone) alone=yes; shift ;;
    --hours) arguments+=(--hours "$2"); shift 2 ;;
    --storage) arguments+=(--storage "$2"); shift 2 ;;
    *) printf 'unknown: %s\n' "$1" >&2; exit 2 ;;
  esac
done

if [ -z "$alone" ]; then add_yardsticks; fi
if [ ! -f "$build/build.ninja" ]; then (cd "$root" && cmake --preset release) >&2; fi
cmake --build "$build" --target bench_soak >&2
exec "$build/tests/bench/soak/bench_soak" "${arguments[@]}"
