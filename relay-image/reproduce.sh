#!/usr/bin/env bash
# Shows that the relay's image depends on its sources alone: clones the commit that is checked out
# twice, into folders of different names and depths, compiles berth-relay in each from nothing, and
# compares the digests of the two images. Takes as long as two builds of it. Prints both digests;
# the exit code is 0 only if they are one. Needs `setup/packages.sh run`.
# Usage: reproduce.sh [JOBS]    (compilers at a time; all cores by default)
set -euo pipefail
shopt -s inherit_errexit

readonly root="$(cd "$(dirname "$0")/.." && pwd)"
readonly jobs="${1:-$(nproc)}"
export CCACHE_DISABLE=1  # A compile is to be one.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {  # build SOURCE BUILD: prints the digest of the image made there.
  local source="$1" folder="$2"
  git clone --quiet --no-hardlinks "$root" "$source"
  cmake -S "$source" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
  cmake --build "$folder" -j "$jobs" --target berth-relay >&2
  "$source/relay-image/build-image.sh" "$folder/relay-image/berth-relay" "$folder/image" 0
}

first=$(build "$work/a" "$work/a/build/release")
second=$(build "$work/some/where/else/sources" "$work/objects")
printf '%s\n%s\n' "$first" "$second"
[ "$first" = "$second" ]
