#!/usr/bin/env bash
# Installs the Debian 12 packages that Berth is built, run and tested with. Installs only what is
# missing, says what it does, and starts no daemon. Works as root, or as a user with sudo.
# Usage: setup/packages.sh run|test     (test = run + what only the tests need)
set -euo pipefail

readonly scope="${1:-run}"

readonly build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libpqxx-dev libpq-dev libsecp256k1-dev libssl-dev libc-ares-dev
  libboost1.81-dev libboost-system1.81-dev libboost-json1.81-dev
  libyaml-cpp-dev libcli11-dev libgtest-dev libgmock-dev zlib1g-dev
)
readonly run_packages=(
  ca-certificates curl openssl procps util-linux
  postgresql-15 bind9 bind9-dnsutils haproxy pebble lego
)
readonly test_packages=(git clang-format-16 python3 redis-server umoci runc)

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

# Debian's packages of servers start them on their well-known ports; Berth runs its own copies on
# free ports. A policy-rc.d that says no keeps them down; one that was there is put back.
readonly policy=/usr/sbin/policy-rc.d
forbid_daemons() {
  [ -e "$policy" ] && as_root mv "$policy" "$policy.before-berth"
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\n' |
      as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
}
allow_daemons() {
  as_root rm -f "$policy"
  if [ -e "$policy.before-berth" ]; then as_root mv "$policy.before-berth" "$policy"; fi
}

packages=("${build_packages[@]}" "${run_packages[@]}")
[ "$scope" = test ] && packages+=("${test_packages[@]}")
if [ "$scope" = test ]; then  # Look for the commands: some machines have a Node of another origin.
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
fi

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

[ -r /etc/debian_version ] || die "this script knows Debian 12 only; install by hand: ${missing[*]}"
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  die "not root and no sudo; as root run: apt-get install ${missing[*]}"
fi
say "installing ${#missing[@]} packages: ${missing[*]}"
trap allow_daemons EXIT
forbid_daemons
as_root apt-get -o Acquire::Retries=3 -qq update ||
  die "the package index could not be fetched; is there a network?"
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -qq --no-install-recommends -y install \
  "${missing[@]}" >/dev/null ||
  die "apt-get could not install the packages (see above); is there a network?"
say "packages are ready"
