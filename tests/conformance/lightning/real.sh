#!/usr/bin/env bash
# Puts the Lightning suite to a real LND: two nodes and a btcd on regtest, on the loopback, in a
# temporary folder, with a channel by which one pays the other. Not part of ./test.sh: it builds LND
# from the Go module proxy (some ten minutes) unless its programs are there.
#
#   tests/conformance/lightning/real.sh [BUILD_FOLDER]    default: build/release
#
# BERTH_LND_PROGRAMS  folder with lnd, lncli, btcd and btcctl, or where to build them
#                     (default: ~/.cache/berth-lnd)
set -euo pipefail

readonly root="$(cd "$(dirname "$0")/../../.." && pwd)"
readonly build="${1:-$root/build/release}"
readonly programs="${BERTH_LND_PROGRAMS:-$HOME/.cache/berth-lnd}"
readonly lnd_version=v0.18.5-beta btcd_version=v0.24.2
readonly rpc=(--rpcuser=berth --rpcpass=berth)
readonly mature=450  # Blocks; segwit is active after 432.
readonly patience=300  # Looks of 0.2 s each.

# LND's module replaces two of its own by folders that only its repository has.
build_lnd() {
  local work source
  work="$(mktemp -d)"
  mkdir -p "$programs"
  (cd "$work" && go mod init build >/dev/null 2>&1
    go mod download "github.com/lightningnetwork/lnd@$lnd_version")
  source="$(go env GOMODCACHE)/github.com/lightningnetwork/lnd@$lnd_version"
  cp -r "$source" "$work/lnd"
  chmod -R u+w "$work/lnd"
  cd "$work/lnd"
  sed -i -E '/lightningnetwork\/lnd\/(kvdb|sqldb) =>/d' go.mod
  go mod edit -require=github.com/lightningnetwork/lnd/kvdb@v1.4.10 \
    -require=github.com/lightningnetwork/lnd/sqldb@v1.0.4
  CGO_ENABLED=0 GOFLAGS="-p=1 -mod=mod" go build -tags "invoicesrpc" \
    -o "$programs/" ./cmd/lnd ./cmd/lncli
  cd "$work"
  GOBIN="$programs" CGO_ENABLED=0 GOFLAGS=-p=1 go install \
    "github.com/btcsuite/btcd@$btcd_version" "github.com/btcsuite/btcd/cmd/btcctl@$btcd_version"
  cd "$root"
  rm -rf "$work"
}

[ -x "$programs/lnd" ] && [ -x "$programs/btcd" ] || build_lnd

folder="$(mktemp -d /tmp/berth-real-lnd.XXXXXX)"
started=()
finish() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(listener.getsockname()[1])'
}

# Until a command succeeds.
await() {
  local look
  for ((look = 0; look < patience; ++look)); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "This did not come about: $*" >&2
  "$@" || true
  exit 1
}

chain_port="$(free_port)" chain_rpc="$(free_port)"

# Starts the chain; blocks pay to the address that is given.
start_chain() {
  "$programs/btcd" --regtest --datadir="$folder/chain" --logdir="$folder/chain-log" \
    --configfile="$folder/none.conf" --listen="127.0.0.1:$chain_port" \
    --rpclisten="127.0.0.1:$chain_rpc" --rpccert="$folder/rpc.cert" --rpckey="$folder/rpc.key" \
    "${rpc[@]}" --txindex "$@" >"$folder/chain.log" 2>&1 &
  chain=$!
  started+=("$chain")
  await btcctl getblockcount
}
btcctl() {
  "$programs/btcctl" --configfile="$folder/none.conf" --regtest --rpccert="$folder/rpc.cert" \
    --rpcserver="127.0.0.1:$chain_rpc" "${rpc[@]}" "$@"
}

declare -A peer_port grpc_port rest_port
start_node() {
  local name="$1"
  peer_port[$name]="$(free_port)" grpc_port[$name]="$(free_port)" rest_port[$name]="$(free_port)"
  "$programs/lnd" --lnddir="$folder/$name" --noseedbackup --bitcoin.regtest --bitcoin.node=btcd \
    --btcd.rpchost="127.0.0.1:$chain_rpc" --btcd.rpcuser=berth --btcd.rpcpass=berth \
    --btcd.rpccert="$folder/rpc.cert" --bitcoin.defaultchanconfs=1 --trickledelay=50 \
    --listen="127.0.0.1:${peer_port[$name]}" --rpclisten="127.0.0.1:${grpc_port[$name]}" \
    --restlisten="127.0.0.1:${rest_port[$name]}" >"$folder/$name.log" 2>&1 &
  started+=("$!")
  await lncli "$name" getinfo
}
lncli() {
  local name="$1"
  shift
  "$programs/lncli" --lnddir="$folder/$name" --network=regtest \
    --rpcserver="127.0.0.1:${grpc_port[$name]}" "$@"
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

touch "$folder/none.conf"
start_chain
start_node payer
start_node payee
address="$(lncli payer newaddress p2wkh | field address)"
kill "$chain" && wait "$chain" || true
start_chain --miningaddr="$address"
btcctl generate "$mature" >/dev/null

is_funded() { [ "$(lncli payer walletbalance | field confirmed_balance)" != 0 ]; }
is_synced() { [ "$(lncli "$1" getinfo | field synced_to_chain)" = True ]; }
await is_synced payer
await is_synced payee
await is_funded
payee_key="$(lncli payee getinfo | field identity_pubkey)"
await lncli payer connect "$payee_key@127.0.0.1:${peer_port[payee]}"
await lncli payer openchannel --node_key="$payee_key" --local_amt=1000000
btcctl generate 6 >/dev/null
is_open() { [ "$(lncli payer getinfo | field num_active_channels)" = 1 ]; }
await is_open
can_pay() {
  local request
  request="$(lncli payee addinvoice --amt=100 | field payment_request)"
  lncli payer payinvoice --force --json "$request" | grep -q '"SUCCEEDED"'
}
await can_pay  # A channel that counts as active does not carry payments at once.

# The relay's macaroon is baked with no more rights than it needs; the suite cancels by `invoices`.
lncli payee bakemacaroon info:read invoices:read invoices:write | tr -d '\n' >"$folder/payee.hex"
lncli payer bakemacaroon offchain:write offchain:read | tr -d '\n' >"$folder/payer.hex"
env BERTH_LND_REST="https://127.0.0.1:${rest_port[payee]}" \
  BERTH_LND_MACAROON="$folder/payee.hex" BERTH_LND_CERT="$folder/payee/tls.cert" \
  BERTH_LND_PAYER_REST="https://127.0.0.1:${rest_port[payer]}" \
  BERTH_LND_PAYER_MACAROON="$folder/payer.hex" BERTH_LND_PAYER_CERT="$folder/payer/tls.cert" \
  "$build/tests/conformance/lightning/lightning_conformance_test" \
  --gtest_filter='LightningNodeConformance.*'
