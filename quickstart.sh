#!/usr/bin/env bash
# Brings all of Berth up on this machine's loopback and orders a first relay: installs the packages
# that are missing, builds release, starts everything in .berth/, places an order as a new customer
# and pays it by a signed claim. Keeps running until Ctrl-C. Works as root, or as a user with sudo;
# without a network too, where the packages are there.
# Usage: ./quickstart.sh [--once] [--json]
#   --once   ends by itself and stops all that it started
#   --json   the last line is one JSON object with the outcome
set -euo pipefail
cd "$(dirname "$0")"

readonly build=build/release
readonly log="$build/quickstart-build.log"
readonly least_mib=3000  # For a first build with its packages; a later run needs a third.
group=''  # Of the command under way.

say() { printf 'quickstart: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

stop() {
  trap '' INT TERM HUP
  if [ -n "$group" ] && kill -TERM -- "-$group" 2>/dev/null; then
    wait "$group" 2>/dev/null || true
  fi
  say "stopped; nothing was started"
  exit 130
}

# Runs a command in a process group of its own, so that a stop reaches all of it; what it says goes
# into the log alone.
stoppable() {
  set -m
  "$@" >"$log" 2>&1 9>&- &
  group=$!
  set +m
  local code=0
  wait "$group" || code=$?
  group=''
  return "$code"
}

check_disk() {
  local free_mib needed="$least_mib"
  free_mib=$(df --output=avail -m . | tail -n 1)
  if [ -e "$build/cli/stack/berth-stack" ]; then needed=$((least_mib / 3)); fi
  [ "$free_mib" -ge "$needed" ] ||
    die "only ${free_mib} MiB are free here, ${needed} MiB are needed; nothing was started"
}

# Held until berth-stack ends, which takes the descriptor over.
take_lock() {
  mkdir -p "$build" 2>/dev/null && exec 9>"$build/quickstart.lock" ||
    die "$build cannot be written to; nothing was started"
  flock -n 9 || die "another quickstart runs in this folder; stop it first"
}

build_programs() {
  if [ ! -e "$build/build.ninja" ]; then
    say "configuring the build"
    stoppable cmake --preset release ||
      { tail -n 30 "$log" >&2; die "CMake failed; nothing was started"; }
  fi
  say "building (the first time takes some minutes; $log tells how far it is)"
  stoppable cmake --build "$build" -j "$(nproc)" --target berth_programs ||
    { tail -n 30 "$log" >&2; die "the build failed; nothing was started"; }
}

# Some seconds after each change of the relay; without it relays run as plain programs.
build_image() {
  stoppable cmake --build "$build" --target berth_image ||
    say "the relay's image could not be made ($log says why)"
}

for argument in "$@"; do
  case "$argument" in
    --once | --json) ;;
    *) say "unknown argument $argument; usage: ./quickstart.sh [--once] [--json]"; exit 2 ;;
  esac
done

trap stop INT TERM HUP
check_disk
take_lock
setup/packages.sh run 9>&- || die "the packages could not be installed; nothing was started"
build_programs
build_image
exec "$build/cli/stack/berth-stack" quickstart --folder .berth "$@"
