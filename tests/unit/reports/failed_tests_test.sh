#!/usr/bin/env bash
# Outputs of tests with what is to be told of them.
set -euo pipefail
cd "$(dirname "$0")/../../.."

wrong=0
expect() {  # expect WHAT TEXT, and the output of the tests on stdin
  local told
  told=$(awk -v most=2 -f tests/failed_tests.awk)
  [ "$told" = "$2" ] && return
  printf '%s\n  expected: %s\n  told:     %s\n' "$1" "$2" "$told"
  wrong=1
}

expect "a case that failed, with the end of its output" "failed: Suite.Bad
  two
  three" <<'LOG'
[ RUN      ] Suite.Good
[       OK ] Suite.Good (0 ms)
[ RUN      ] Suite.Bad
one
two
three
[  FAILED  ] Suite.Bad (1 ms)
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Suite.Bad
LOG

expect "a case that ended its program" "failed: Suite.Crash (it did not end)
  terminate called" <<'LOG'
[ RUN      ] Suite.Good
[       OK ] Suite.Good (0 ms)
[ RUN      ] Suite.Crash
terminate called
LOG

expect "a test of node that failed" "failed: the second
    ---
    error: 'why'" <<'LOG'
# Subtest: the first
ok 1 - the first
  ---
  ...
# Subtest: the second
not ok 2 - the second
  ---
  error: 'why'
  ...
# Subtest: the third
ok 3 - the third
  ---
  ...
LOG

expect "a long line, cut" "failed: Suite.Long
  $(printf 'x%.0s' {1..300})" <<LOG
[ RUN      ] Suite.Long
$(printf 'x%.0s' {1..301})
[  FAILED  ] Suite.Long (1 ms)
LOG

expect "nothing where nothing failed" "" <<'LOG'
[ RUN      ] Suite.Good
[       OK ] Suite.Good (0 ms)
[ RUN      ] Suite.Skipped
[  SKIPPED ] Suite.Skipped (0 ms)
ok 1 - the first # SKIP not here
LOG

exit "$wrong"
