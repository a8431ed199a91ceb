#!/usr/bin/env bash
# Fuzzes one target, or each in turn, by clang's libFuzzer with the address and undefined-behaviour
# sanitizers. New inputs go to build/fuzz/found; what crashed stands in build/fuzz/crashes.
# Usage: tests/fuzz/run.sh [SECONDS] [TARGET...]      (60 seconds each; `setup/packages.sh fuzz`)
set -euo pipefail

readonly root="$(cd "$(dirname "$0")/../.." && pwd)"
readonly build="$root/build/fuzz"
readonly seconds="${1:-60}"
shift || true

command -v clang++-16 >/dev/null || { echo 'run `setup/packages.sh fuzz` first' >&2; exit 2; }
if [ ! -f "$build/build.ninja" ]; then
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_COMPILER=clang++-16 \
    -DBERTH_SANITIZE=fuzzer-no-link,address,undefined >"$root/build/fuzz.configure.log"
fi
cmake --build "$build" --target berth-fuzz >&2

targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
  for corpus in "$root"/tests/fuzz/corpus/*/; do targets+=("$(basename "$corpus")"); done
fi
mkdir -p "$build/crashes"
for target in "${targets[@]}"; do
  mkdir -p "$build/found/$target"
  printf '%s: %s seconds\n' "$target" "$seconds"
  BERTH_FUZZ_TARGET="$target" "$build/tests/fuzz/berth-fuzz" "$build/found/$target" \
    "$root/tests/fuzz/corpus/$target" -max_total_time="$seconds" -max_len=16384 -timeout=5 \
    -artifact_prefix="$build/crashes/$target-" -print_final_stats=1 2>&1 | tail -n 12
done
