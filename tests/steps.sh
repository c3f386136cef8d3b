# shellcheck shell=bash
# Runs steps one after another, each with a headline and its seconds, and adds up what they tested.
# Read by tests/run and .ci/run. A step that fails never stops the next: one run shows every fault.

passed=0 failed=0 broken=()
step_log="$(mktemp)"
trap 'rm -f "$step_log"' EXIT

# step KIND TITLE COMMAND…
# KIND says what the command's output counts for:
#   cargo    the sum of its lines "test result: …"
#   suite    its last line of the form "N passed, N failed"
#   check    one check: nothing is added when it passes, one failure when it does not
step() {
  local kind="$1" title="$2" start=$SECONDS code counted out tee_pid
  shift 2
  echo "── $title"
  exec {out}> >(tee "$step_log")
  tee_pid=$!
  "$@" >&"$out" 2>&1 </dev/null {out}>&-
  code=$?
  exec {out}>&-
  # Not `wait`: a server that a test left behind would hold the pipe open for ever.
  for _ in {1..40}; do
    kill -0 "$tee_pid" 2>/dev/null || break
    sleep 0.05
  done
  kill "$tee_pid" 2>/dev/null
  if [ "$kind" != check ]; then
    counted="$(count "$kind" <"$step_log")"
    passed=$((passed + ${counted% *}))
    failed=$((failed + ${counted#* }))
    # Neither a runner that stopped before its first test nor one that found none has passed.
    if [ "$code" = 0 ] && [ "$counted" = "0 0" ]; then
      echo "no test was run"
      code=1
    fi
    [ "$code" = 0 ] && [ "${counted#* }" != 0 ] && code=1
    [ "$code" != 0 ] && [ "${counted#* }" = 0 ] && failed=$((failed + 1))
  elif [ "$code" != 0 ]; then
    failed=$((failed + 1))
  fi
  if [ "$code" = 0 ]; then
    echo "── $title: passed, $((SECONDS - start)) s"
  else
    echo "── $title: FAILED (exit code $code), $((SECONDS - start)) s"
    broken+=("$title")
  fi
  return "$code"
}

# count KIND: reads a runner's output, prints "PASSED FAILED".
count() {
  sed 's/\x1b\[[0-9;]*m//g' | awk -v kind="$1" '
    kind == "cargo" && /^test result: / { passed += $4; failed += $6 }
    kind == "suite" && /^([A-Za-z]+: )?[0-9]+ passed, [0-9]+ failed/ {
      sub(/^[A-Za-z]+: /, ""); passed = $1; failed = $3
    }
    END { print passed + 0, failed + 0 }'
}

# Said aloud, so that a green run never hides what it left out.
not_done() { echo "── NOT DONE: $*"; }

# The last line is the one that counts, alone and in this form.
finish_steps() {
  local title
  for title in "${broken[@]}"; do echo "FAILED: $title"; done
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
