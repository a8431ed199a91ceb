# Programs of the crates registry that a benchmark runs beside ours. To be sourced.
readonly crates="${XDG_CACHE_HOME:-$HOME/.cache}/berth-bench"
readonly relay_yardsticks=(nostr-rs-relay@0.8.12 rnostr@0.4.8)

# The path of a crate's program, built once; by the crate's own lock file where that still builds.
# What was compiled is kept, so that a build that was stopped goes on.
crate_program() {  # crate_program NAME@VERSION
  local name="${1%@*}" folder="$crates/$1"
  if [ ! -x "$folder/bin/$name" ]; then
    command -v cargo >/dev/null || return 1
    local -x CARGO_TARGET_DIR="$crates/target"
    cargo install "$1" --root "$folder" --locked >&2 || cargo install "$1" --root "$folder" >&2 ||
      { printf '%s could not be had; going on without\n' "$1" >&2; return 1; }
  fi
  printf '%s' "$folder/bin/$name"
}

# Other relays that can be had, as arguments of a benchmark: appended to `arguments`.
add_yardsticks() {
  local yardstick program
  for yardstick in "${relay_yardsticks[@]}"; do
    if program=$(crate_program "$yardstick"); then
      arguments+=(--yardstick "${yardstick%@*}=$program")
    fi
  done
}
