#!/usr/bin/env bash
# berth-relay under every kind of load, beside nostr-rs-relay under the same in the same run where
# it can be had: events published and acknowledged, REQs of five shapes, fan-out, memory, disk.
# Usage: tests/bench/relay/run.sh [--json] [--events N] [--storage postgres|lmdb] [--alone]
set -euo pipefail

readonly root="$(cd "$(dirname "$0")/../../.." && pwd)"
readonly build="$root/build/release"
readonly cache="${XDG_CACHE_HOME:-$HOME/.cache}/berth-bench"
readonly version=0.8.12
readonly yardstick="$cache/nostr-rs-relay-$version"

events=100000
arguments=()
alone=''
while [ "$#" -gt 0 ]; do
  case "$1" in
    --json) arguments+=(--json); shift ;;
    --alone) alone=yes; shift ;;
    --events) events="$2"; shift 2 ;;
    --storage) arguments+=(--storage "$2"); shift 2 ;;
    *) printf 'unknown: %s\n' "$1" >&2; exit 2 ;;
  esac
done

if [ -z "$alone" ] && [ ! -x "$yardstick/bin/nostr-rs-relay" ] && command -v cargo >/dev/null; then
  cargo install nostr-rs-relay --version "$version" --root "$yardstick" >&2 ||
    printf 'nostr-rs-relay could not be had; going on without\n' >&2
fi
if [ -z "$alone" ] && [ -x "$yardstick/bin/nostr-rs-relay" ]; then
  arguments+=(--yardstick "$yardstick/bin/nostr-rs-relay")
fi
if [ ! -f "$build/build.ninja" ]; then (cd "$root" && cmake --preset release) >&2; fi
cmake --build "$build" --target bench_relay >&2
exec "$build/tests/bench/relay/bench_relay" --events "$events" \
  --cache "$build/tests/bench/relay/events-$events.jsonl" "${arguments[@]}"
