#!/usr/bin/env bash
# berth-relay under every kind of load, beside nostr-rs-relay (SQLite) and rnostr (LMDB) under the
# same in the same run where they can be had: events published and acknowledged, REQs of five
# shapes, fan-out, memory, disk. nostr-bench, a load program that is not ours, drives them too.
# Usage: tests/bench/relay/run.sh [--json] [--events N] [--storage postgres|lmdb] [--alone]
set -euo pipefail

readonly here="$(cd "$(dirname "$0")" && pwd)"
readonly root="$(cd "$here/../../.." && pwd)"
readonly build="$root/build/release"
. "$here/../crates.sh"

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

if [ -z "$alone" ]; then
  add_yardsticks
  if program=$(crate_program nostr-bench@0.4.0); then arguments+=(--nostr-bench "$program"); fi
fi
if [ ! -f "$build/build.ninja" ]; then (cd "$root" && cmake --preset release) >&2; fi
cmake --build "$build" --target bench_relay >&2
exec "$build/tests/bench/relay/bench_relay" --events "$events" \
  --cache "$build/tests/bench/relay/events-$events.jsonl" "${arguments[@]}"
