#!/usr/bin/env bash
# Copies a program and every shared library it loads into the root of an image.
# Usage: gather.sh PROGRAM ROOT
set -euo pipefail

readonly program="$1" root="$2"
umask 022  # Whoever builds: everybody can read what is in the image.

install -D -m 0755 "$program" "$root/bin/$(basename "$program")"
strip "$root/bin/$(basename "$program")"
ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
  install -D -m 0755 "$(readlink -f "$library")" "$root$library"
done
install -D -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
printf 'nobody:x:65534:65534::/:/bin/false\n' >"$root/etc/passwd"
