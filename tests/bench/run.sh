#!/usr/bin/env bash
# Runs a benchmark and prints its figures, the yardstick's from the same run, and their ratio: with
# --json as one JSON line. Each benchmark is a folder beside this file with a run.sh of its own.
# Usage: tests/bench/run.sh NAME [--json]
set -euo pipefail

readonly here="$(cd "$(dirname "$0")" && pwd)"
readonly name="${1:-}"

if [ -z "$name" ] || [ ! -x "$here/$name/run.sh" ]; then
  printf 'usage: tests/bench/run.sh NAME [--json]; benchmarks:\n' >&2
  for script in "$here"/*/run.sh; do printf '  %s\n' "$(basename "$(dirname "$script")")" >&2; done
  exit 2
fi
shift
exec "$here/$name/run.sh" "$@"
