#!/usr/bin/env bash
# Installs the Debian 12 packages that Berth is built, run and tested with. Installs only what is
# missing, says what it does, and starts no daemon. Works as root, or as a user with sudo.
# Usage: setup/packages.sh run|test|fuzz   (test = run + what the tests need; fuzz = test + clang)
set -euo pipefail

readonly scope="${1:-run}"

readonly build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libpqxx-dev libpq-dev liblmdb-dev libhiredis-dev libcurl4-openssl-dev libsecp256k1-dev libssl-dev
  libc-ares-dev libargon2-dev libqrencode-dev
  libabsl-dev libboost1.81-dev libboost-system1.81-dev libboost-json1.81-dev
  libyaml-cpp-dev libcli11-dev libgtest-dev libgmock-dev zlib1g-dev
)
readonly run_packages=(
  ca-certificates curl openssl procps util-linux
  postgresql-15 bind9 bind9-dnsutils haproxy pebble lego umoci runc
)
readonly test_packages=(git clang-format-16 python3 redis-server prometheus chromium)
readonly fuzz_packages=(clang-16 libclang-rt-16-dev)

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

# Debian's packages of servers start them on their well-known ports; Berth runs its own copies on
# free ports. A policy-rc.d that says no keeps them down; one that was there is put back.
readonly policy=/usr/sbin/policy-rc.d
readonly clusters=/etc/postgresql-common/createcluster.conf
made_clusters=no
forbid_daemons() {
  [ -e "$policy" ] && as_root mv "$policy" "$policy.before-berth"
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
  if [ ! -e "$clusters" ]; then
    made_clusters=yes
    as_root mkdir -p "${clusters%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$clusters" >/dev/null
  fi
}
allow_daemons() {
  local code=$?
  if [ "$code" -ne 0 ] && [ "$made_clusters" = yes ]; then
    as_root rm -f "$clusters"
    as_root rmdir "${clusters%/*}" 2>/dev/null || true
  fi
  as_root rm -f "$policy"
  if [ -e "$policy.before-berth" ]; then as_root mv "$policy.before-berth" "$policy"; fi
}

# Without a route out nothing is tried twice; with one, a name server that is silent is not waited
# for longer than some seconds.
has_route() {
  awk '$2 == "00000000" { found = 1 } END { exit !found }' /proc/net/route 2>/dev/null ||
    awk '$1 ~ /^0+$/ && $2 == "00" && $NF != "lo" { found = 1 } END { exit !found }' \
      /proc/net/ipv6_route 2>/dev/null
}
apt_get() {
  local retries=2
  has_route || retries=0
  as_root env DEBIAN_FRONTEND=noninteractive RES_OPTIONS='timeout:2 attempts:2' apt-get \
    -o Acquire::Retries="$retries" -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 \
    -o DPkg::Lock::Timeout=300 -qq "$@"
}
no_network() {
  die "$1; is there a network? The packages that are missing: ${missing[*]}"
}

packages=("${build_packages[@]}" "${run_packages[@]}")
[ "$scope" = run ] || packages+=("${test_packages[@]}")
[ "$scope" = fuzz ] && packages+=("${fuzz_packages[@]}")
if [ "$scope" != run ]; then  # Look for the commands: some machines have a Node of another origin.
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  command -v cargo >/dev/null || packages+=(cargo)
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
trap 'exit 130' INT TERM HUP
forbid_daemons
apt_get update || no_network "the package index could not be fetched"
apt_get --no-install-recommends -y install "${missing[@]}" >/dev/null ||
  no_network "apt-get could not install the packages (see above)"
say "packages are ready"
