# shellcheck shell=bash
# npm packages of one folder, unless they are already the ones its lock file names. Read by whoever needs some.

npm_packages() {
  local stamp
  stamp="$(sha256sum <"$1/package-lock.json")"
  [ "$(cat "$1/node_modules/.installed" 2>/dev/null)" = "$stamp" ] && return
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund >&2) && echo "$stamp" >"$1/node_modules/.installed"
}
