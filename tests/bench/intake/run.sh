#!/usr/bin/env bash
# Signed orders accepted per second over gRPC, beside pgbench inserting the same rows one
# transaction each on the same PostgreSQL; then the marketplace is killed and every acknowledged
# order looked for.
# Usage: tests/bench/intake/run.sh [--json]
set -euo pipefail

readonly root="$(cd "$(dirname "$0")/../../.." && pwd)"

if [ ! -f "$root/build/release/build.ninja" ]; then
  (cd "$root" && cmake --preset release) >&2
fi
cmake --build "$root/build/release" --target bench_intake >&2
exec "$root/build/release/tests/bench/intake/bench_intake" "$@"
