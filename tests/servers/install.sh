# shellcheck shell=bash
# Puts what the servers are made of on this machine: PostgreSQL and age from Debian, the rest in a Python venv
# in tests/.cache. Nothing is installed twice. Read by tests/with-servers, which defines say() and die().

cache="$root/tests/.cache"
venv="$cache/venv"

install_servers() {
  mkdir -p "$cache"
  # Two runs that start together must not both write the venv.
  exec 9>"$cache/lock"
  if ! flock -n 9; then
    say "waiting for another run that is installing"
    flock 9
  fi
  install_postgres
  install_age
  install_venv
  exec 9>&-
}

install_postgres() {
  pg_bin="$(find_postgres)"
  [ -n "$pg_bin" ] && return
  may_install postgresql
  say "installing PostgreSQL (apt-get install postgresql)"
  # Debian would start a cluster of its own on the default port; the tests bring their own.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  apt_install postgresql
  pg_bin="$(find_postgres)"
  [ -n "$pg_bin" ] || die "postgresql was installed, yet no initdb is in /usr/lib/postgresql/*/bin"
}

# The newest PostgreSQL that has a server; psql alone does not count.
find_postgres() {
  local candidate
  for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /)")"; do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/postgres" ] && [ -x "$candidate/psql" ]; then
      echo "$candidate"
      return
    fi
  done
}

# Opens what `latchkey export` writes.
install_age() {
  command -v age >/dev/null && return
  may_install age
  say "installing age (apt-get install age)"
  apt_install age
}

install_venv() {
  local wanted=tests/servers/requirements.txt stamp
  stamp="$(sha256sum "$root/$wanted" | cut -d' ' -f1)"
  # A venv does not survive being moved or its Python being removed: ask it rather than trust the stamp.
  if [ "$(cat "$venv/installed" 2>/dev/null)" = "$stamp" ] && "$venv/bin/python" -c 'import grpc, moto' 2>/dev/null; then
    return
  fi
  say "installing Python packages into tests/.cache/venv ($wanted, about a minute)"
  rm -rf "$venv"
  make_venv
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --requirement "$root/$wanted" || die "pip could not install $wanted"
  echo "$stamp" >"$venv/installed"
}

make_venv() {
  command -v python3 >/dev/null || { may_install python3-venv && apt_install python3 python3-venv; }
  python3 -m venv "$venv" 2>/dev/null && return
  # Debian's own Python comes without venv.
  may_install python3-venv
  say "installing python3-venv"
  apt_install python3-venv
  rm -rf "$venv"
  python3 -m venv "$venv" 2>/dev/null || /usr/bin/python3 -m venv "$venv" || die "python3 cannot make a venv"
}

may_install() {
  [ "$(id -u)" = 0 ] || die "$1 is missing and only root can install it: sudo apt-get install $1"
  command -v apt-get >/dev/null || die "$1 is missing and there is no apt-get here: install it and run again"
}

apt_install() {
  local log="$cache/apt.log"
  DEBIAN_FRONTEND=noninteractive apt-get update --quiet >"$log" 2>&1 </dev/null || true
  DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "$@" >>"$log" 2>&1 </dev/null ||
    { tail -n 20 "$log" >&2 && die "apt-get could not install $*"; }
}
