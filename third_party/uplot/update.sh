#!/usr/bin/env bash
# Takes the files from the npm package of a version, and prints their hashes for README.md.
# Usage: third_party/uplot/update.sh VERSION
set -euo pipefail
cd "$(dirname "$0")"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" "uplot@$1" >/dev/null
tar -xzf "$folder"/uplot-*.tgz -C "$folder"
cp "$folder"/package/dist/uPlot.iife.min.js "$folder"/package/dist/uPlot.min.css \
  "$folder"/package/LICENSE .
sha256sum uPlot.iife.min.js uPlot.min.css
