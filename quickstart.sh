#!/usr/bin/env bash
# Brings all of Berth up on this machine's loopback and orders a first relay: installs the packages
# that are missing, builds release, starts everything in .berth/, places an order as a new customer
# and pays it by a signed claim. Keeps running until Ctrl-C. Works as root, or as a user with sudo.
# Usage: ./quickstart.sh [--once] [--json]
#   --once   ends by itself and stops all that it started
#   --json   the last line is one JSON object with the outcome
set -euo pipefail
cd "$(dirname "$0")"

readonly build=build/release
readonly log="$build/quickstart-build.log"
readonly least_mib=3000  # For a first build with its packages; a later run needs a third.

say() { printf 'quickstart: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

for argument in "$@"; do
  case "$argument" in
    --once | --json) ;;
    *) die "unknown argument $argument; usage: ./quickstart.sh [--once] [--json]" ;;
  esac
done

check_disk() {
  local free_mib needed="$least_mib"
  free_mib=$(df --output=avail -m . | tail -n 1)
  if [ -e "$build/cli/stack/berth-stack" ]; then needed=$((least_mib / 3)); fi
  [ "$free_mib" -ge "$needed" ] ||
    die "only ${free_mib} MiB are free here, ${needed} MiB are needed; nothing was started"
}

build_programs() {
  mkdir -p "$build" || die "$build cannot be made; may this folder be written to?"
  if [ ! -e "$build/build.ninja" ]; then
    say "configuring the build"
    cmake --preset release >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "CMake failed"; }
  fi
  say "building (the first time takes some minutes; $log tells how far it is)"
  cmake --build "$build" -j "$(nproc)" --target berth_programs >"$log" 2>&1 ||
    { tail -n 30 "$log" >&2; die "the build failed; nothing was started"; }
}

check_disk
setup/packages.sh run || die "the packages could not be installed; nothing was started"
build_programs
exec "$build/cli/stack/berth-stack" quickstart --folder .berth "$@"
