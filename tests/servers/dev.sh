# shellcheck shell=bash
# A development server for a suite that is not Rust: started with a scratch folder on free ports, stopped when the suite
# ends. Read by tests/*/run, which define fail().

# start_dev [NAME=VALUE…]: sets $latchkey and $scratch, and exports what the server wrote into dev.env. The settings are the
# server's alone.
start_dev() {
  latchkey="${LATCHKEY_TEST_BIN_DIR:-$root/target/debug}/latchkey"
  [ -x "$latchkey" ] || fail "$latchkey is missing: run tests/run, or cargo build --workspace --bins"
  # A key or an address of whoever runs this is not for the server under test.
  unset "${!LATCHKEY__@}" LATCHKEY_API_KEY LATCHKEY_GRPC LATCHKEY_URL
  scratch="$(mktemp -d)"
  dev_server=
  trap stop_dev EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  local anywhere=127.0.0.1:0
  env "$@" "$latchkey" dev --data "$scratch/data" --http $anywhere --grpc $anywhere --ops $anywhere >"$scratch/log" 2>&1 &
  dev_server=$!
  for _ in {1..300}; do
    [ -f "$scratch/data/dev.env" ] && break
    kill -0 "$dev_server" 2>/dev/null || break
    sleep 0.1
  done
  [ -f "$scratch/data/dev.env" ] || fail "the server does not come up: $(tail -n 20 "$scratch/log")"
  set -a
  # shellcheck disable=SC1091 # written by the server
  . "$scratch/data/dev.env"
  set +a
}

# shellcheck disable=SC2317 # reached through the trap
stop_dev() {
  if [ -n "$dev_server" ]; then
    kill "$dev_server" 2>/dev/null
    wait "$dev_server" 2>/dev/null
  fi
  rm -rf "$scratch"
}
