#!/usr/bin/env bash
# Installs what the tests need, builds release and runs them, group by group. Works as root, or as
# a user with sudo. The last line is `N passed, N failed`; the exit code is 0 only without failures.
# Usage: ./test.sh [--only unit|vectors|integration|conformance|e2e|kill|access]...
set -uo pipefail
cd "$(dirname "$0")" || exit 1

readonly all_groups=(unit vectors integration conformance e2e kill access)
readonly build=build/release
readonly reports="$build/test-reports"

say() { printf 'test: %s\n' "$*"; }
die() { say "$*" >&2; exit 1; }

groups=()
while [ "$#" -gt 0 ]; do
  case "$1" in
    --only)
      [[ " ${all_groups[*]} " == *" ${2:-} "* ]] || die "--only takes one of: ${all_groups[*]}"
      groups+=("$2")
      shift 2 ;;
    *) die "unknown argument $1; usage: ./test.sh [--only GROUP]..." ;;
  esac
done
[ "${#groups[@]}" -gt 0 ] || groups=("${all_groups[@]}")

node_packages() {  # A folder with a package.json; skipped when they are there and current.
  if [ -e "$1/node_modules/.package-lock.json" ] &&
     [ ! "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; then return; fi
  say "installing the npm packages of $1"
  (cd "$1" && npm ci --ignore-scripts --silent) ||
    die "npm ci failed in $1; is there a network?"
}

set_up() {
  setup/packages.sh test || die "the packages could not be installed"
  node_packages tests/proto
  node_packages tests/e2e
  cmake --preset release >"$reports/configure.log" 2>&1 ||
    { cat "$reports/configure.log"; die "CMake could not configure the build"; }
  say "building release"
  cmake --build --preset release -j "$(nproc)" >"$reports/build.log" 2>&1 ||
    { tail -n 80 "$reports/build.log"; die "the build failed"; }
}

passed=0 failed=0
count() {  # count NAME PASSED FAILED
  passed=$((passed + $2)) failed=$((failed + $3))
  say "  $1: $2 passed, $3 failed"
}

failed_tests=()
show_failures() {  # show_failures NAME LOG: each test that failed, or else how the log ends.
  local name="$1" told
  told=$(awk -v most=60 -f tests/failed_tests.awk "$2")
  [ -n "$told" ] || told=$(printf 'failed: %s\n' "$name"; tail -n 60 "$2")
  while read -r test; do failed_tests+=("$name: $test"); done \
    < <(sed -n 's/^failed: //p' <<<"$told")
  printf '%s\n' "$told"
}

attribute() { sed -n "s/.*<testsuites [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

count_program() {  # count_program NAME FOLDER: by its GoogleTest report, else as one test.
  local name="$1" report="$2/$1.xml" log="$2/ctest.log" tests bad skipped
  local in_order=1
  grep -qE "^[[:space:]]+[0-9]+ - $name \(" <(sed -n '/^The following tests FAILED/,$p' "$log") &&
    in_order=0
  if [ ! -s "$report" ]; then
    count "$name" "$in_order" "$((1 - in_order))"
  else
    tests=$(attribute "$report" tests) bad=$(attribute "$report" failures)
    skipped=$(grep -cE '<testcase [^>]*(result="skipped"|status="notrun")' "$report")
    if [ "$in_order" -eq 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
    if [ "$skipped" -gt 0 ]; then say "  $name: $skipped skipped or disabled"; fi
    count "$name" "$((tests - bad - skipped))" "$bad"
  fi
  if [ "$in_order" -eq 0 ]; then return 1; fi
}

log_of() {  # log_of NAME LOG: what a program printed, out of the log of all.
  local number
  number=$(sed -n "s/^ *Start *\([0-9]*\): $1\$/\1/p" "$2")
  sed -n "s/^$number: //p" "$2"
}

run_programs() {  # The ctest cases with the group's label.
  local group="$1" folder="$PWD/$reports/$1" names name
  names=$(ctest --test-dir "$build" -N -L "^$group\$" | sed -n 's/^ *Test *#[0-9]*: //p')
  [ -n "$names" ] || return 0
  rm -rf "$folder" && mkdir -p "$folder"
  GTEST_OUTPUT="xml:$folder/" ctest --test-dir "$build" -L "^$group\$" -j 2 --timeout 600 \
    --output-on-failure -V >"$folder/ctest.log" 2>&1
  sed -n 's/^[0-9]*: note: /test:   /p' "$folder/ctest.log"
  for name in $names; do
    count_program "$name" "$folder" && continue
    log_of "$name" "$folder/ctest.log" >"$folder/$name.log"
    show_failures "$name" "$folder/$name.log"
  done
}

declare -A node_runs  # Of each group, the process that runs its files and leads theirs.
end_node() { local run; for run in "${node_runs[@]}"; do kill -- "-$run"; done; }
trap end_node EXIT

start_node() {  # The files of tests/e2e/GROUP.
  local group="$1" files
  files=$(find "tests/e2e/$group" -name '*.test.js' 2>/dev/null | sort)
  [ -n "$files" ] || return 0
  set -m  # Or it would run with SIGINT ignored.
  # shellcheck disable=SC2086
  node --test --test-concurrency=1 --test-reporter=tap $files \
    </dev/null >"$reports/$group-node.log" 2>&1 &
  node_runs[$group]=$!
  set +m
}

count_node() {  # What start_node started, when it has ended.
  local group="$1" log="$reports/$1-node.log" good bad
  [ -n "${node_runs[$group]:-}" ] || return 0
  wait "${node_runs[$group]}"
  unset "node_runs[$group]"
  sed -n 's/^ *# note: /test:   /p' "$log"
  good=$(sed -n 's/^# pass //p' "$log") bad=$(sed -n 's/^# fail //p' "$log")
  count "tests/e2e/$group" "${good:-0}" "${bad:-1}"
  if [ "${bad:-1}" -ne 0 ]; then show_failures "tests/e2e/$group" "$log"; fi
}

run_buf() {
  if tests/proto/node_modules/@bufbuild/*/bin/buf lint proto >"$reports/buf.log" 2>&1; then
    count "buf lint" 1 0
  else
    count "buf lint" 0 1
    show_failures "buf lint" "$reports/buf.log"
  fi
}

check_labels() {  # Every program belongs to a group, or it would never run.
  local label strangers=0
  for label in $(ctest --test-dir "$build" --print-labels 2>/dev/null | sed -n 's/^  //p'); do
    [[ " ${all_groups[*]} " == *" $label "* ]] && continue
    say "  no group runs the programs labelled $label"
    strangers=1
  done
  local all labelled
  all=$(ctest --test-dir "$build" -N | sed -n 's/^Total Tests: //p')
  labelled=$(ctest --test-dir "$build" -N -L '.' | sed -n 's/^Total Tests: //p')
  if [ "$all" != "$labelled" ]; then
    say "  $((all - labelled)) programs have no label"
    strangers=1
  fi
  count "labels of the test programs" "$((1 - strangers))" "$strangers"
}

took=()
run_group() {
  local before=$((passed + failed)) started=$SECONDS
  say "group $1"
  if [ "$1" = unit ]; then
    run_buf
    check_labels
  fi
  run_programs "$1"
  count_node "$1"
  if [ $((passed + failed)) -eq "$before" ]; then
    say "  no test in this group"
    failed=$((failed + 1))
  fi
  took+=("$1 $((SECONDS - started)) s")
  say "group $1 took $((SECONDS - started)) s"
}

mkdir -p "$reports"
set_up
say "packages and build took $SECONDS s"
# Whole paths mostly wait, for blocks and for leases to end: they run beside the programs.
for group in "${groups[@]}"; do start_node "$group"; done
for group in "${groups[@]}"; do run_group "$group"; done
say "$(IFS=,; printf '%s' "${took[*]}"); $SECONDS s in all"
for test in "${failed_tests[@]}"; do say "failed: $test"; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
