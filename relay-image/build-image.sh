#!/usr/bin/env bash
# Makes the relay's OCI image from a built program, without a container engine (umoci writes it).
# The same program and libraries give the same digest: every time stamp is SOURCE_DATE_EPOCH, by
# default that of the Unix epoch. Prints the digest of the image's manifest.
# Usage: build-image.sh PROGRAM LAYOUT [TAG]    (LAYOUT: folder of the OCI layout, made anew; the
# one before stays until the new one is whole)
set -euo pipefail

readonly program="$1" target="$2" tag="${3:-latest}"
readonly layout="$target.new"
readonly epoch="${SOURCE_DATE_EPOCH:-0}"
readonly here="${BASH_SOURCE[0]%/*}"
created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
"$here/gather.sh" "$program" "$root"
find "$root" -exec touch -h -d "@$epoch" {} +

rm -rf "$layout"
umoci init --layout "$layout"
umoci new --image "$layout:$tag"
umoci config --image "$layout:$tag" --created "$created" --no-history \
  --architecture "$(dpkg --print-architecture)" --os linux \
  --config.user 65534:65534 --config.workingdir / --config.stopsignal SIGTERM \
  --config.exposedports 80 --config.exposedports 8080 \
  --config.env BERTH_RELAY_ADDRESS=0.0.0.0:80,0.0.0.0:8080 \
  --config.entrypoint /bin/berth-relay \
  --manifest.annotation org.opencontainers.image.title=berth-relay \
  --manifest.annotation org.opencontainers.image.licenses=Apache-2.0
umoci insert --rootless --image "$layout:$tag" --history.created "$created" \
  --history.created_by berth-relay "$root" /
umoci gc --layout "$layout"
chmod -R a+rX "$layout"
rm -rf "$target"
mv "$layout" "$target"
sed -n 's/.*"digest":"\(sha256:[0-9a-f]*\)".*/\1/p' "$target/index.json"
