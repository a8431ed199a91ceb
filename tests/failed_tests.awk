# The tests that failed in the output of a GoogleTest program or of node's tests as TAP: of each its
# name, as `failed: NAME`, and the last lines it printed, long ones cut.
# Usage: awk -v most=60 -f THIS LOG

function tell(name, from) {
  print "failed: " name
  for (from = count > most ? count - most : 0; from < count; from++) {
    print "  " substr(lines[from], 1, 300)
  }
  begin()
}
function begin() { count = 0; name = "" }
function rest_after(text) { return substr($0, index($0, text) + length(text)) }

/^\[ RUN      \] /    { begin(); running = rest_after("] "); next }
/^\[  FAILED  \] / && running { tell(running); running = ""; next }
/^\[       OK \] |^\[  SKIPPED \] / { running = "" }

/^ *ok [0-9]+ - /     { begin() }
/^ *not ok [0-9]+ - / { name = rest_after(" - ") }
/^ *\.\.\.$/          { if (name != "") tell(name); else begin(); next }

{ lines[count++] = $0 }

END { if (running) tell(running " (it did not end)") }
