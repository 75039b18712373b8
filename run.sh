#!/bin/sh
# Zuka from a fresh checkout: needs Python alone. `./run.sh help` lists the commands.
set -u
unset CDPATH
cd -- "$(dirname -- "$0")" || exit 1

VENV=.venv
MARK=$VENV/.installing
LOG=$VENV/install.log
LOCK=.zuka-install
ROOM_KB=700000

show_help() {
  cat <<'TEXT'
Zuka: ./run.sh COMMAND

  up                   install what is missing, start everything, stay until Ctrl-C
  down                 stop what `up` started, or what a crashed one left behind
  test [PYTEST ARGS]   run the tests, on servers of their own
  test-pgbouncer       run the tests that a pooler could break through a real PgBouncer, which must be installed
  test-replica         run the tests of reading reports from a replica with a real one, made by pg_basebackup
  test-warehouse       run the tests of ClickHouse on its engine in process, which it installs (530 MB)
  sdks [PYTEST ARGS]   try published SDKs against Zuka; the first time needs a network, node and npm
  check [NAMES]        run the checks of the code: format, lint, types, imports and more
  bench NAME [ARGS]    measure, on servers of its own (`warehouse` installs ClickHouse's engine)
  demo [ARGS]          make demo data (--stage empty|shop|busy|year, --seed N)
  backup [ARGS]        back up the shop (--to PLACE, --list, --verify NAME); without BACKUP_URL to ZUKA_HOME/backups
  restore BACKUP       put the shop back as it was in a backup (--replace where it has data)
  shell                open a Python shell with the shop's data
  manage COMMAND       run one of Django's management commands
  help                 print this

Variables:
  ZUKA_PORT        where `up` listens (8000)        ZUKA_HOST       on which address (127.0.0.1)
  ZUKA_HOME        where data are kept (.zuka)      ZUKA_DEMO_STAGE demo data of a new shop (busy)
  DATABASE_URL     a PostgreSQL of your own         REDIS_URL       a Redis or Valkey of your own
  PYTHON           the Python to use (3.11 to 3.14)
TEXT
}

say() { printf 'Zuka: %s\n' "$*" >&2; }

fail() { say "$*"; exit 1; }

version_of() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null; }

fits() { "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 15)))' 2>/dev/null; }

# Print the first Python that fits, or explain what was found instead.
find_python() {
  found=
  for name in ${PYTHON:-python3 python3.13 python3.12 python3.14 python3.11 python}; do
    command -v "$name" >/dev/null 2>&1 || continue
    if fits "$name"; then command -v "$name"; return 0; fi
    version=$(version_of "$name") && [ -n "$version" ] && found="${found:+$found, }$name $version"
  done
  if [ -n "${PYTHON:-}" ]; then
    say "PYTHON=$PYTHON ${found:+is $found and }cannot be used. Set it to a Python from 3.11 to 3.14, or unset it."
  elif [ -n "$found" ]; then
    say "Python 3.11 to 3.14 is needed, and only $found was found. Install a newer one, or set PYTHON to it."
  else
    say "no Python was found. Install Python 3.11 or newer (Debian, Ubuntu: apt-get install python3 python3-venv)."
  fi
  return 1
}

# Which lock file a command needs; the development one holds all of the other.
choose_group() {
  case "$1 $2" in
    test-warehouse\ * | "bench warehouse") GROUP=olap ;;
    test\ * | test-pgbouncer\ * | test-replica\ * | sdks\ * | check\ * | bench\ *) GROUP=dev ;;
    *) GROUP=local ;;
  esac
  REQUIREMENTS=requirements-$GROUP.lock
}

sum_of() { cksum <"requirements-$1.lock"; }

is_stamped() { [ -f "$VENV/.zuka-$1" ] && [ "$(cat "$VENV/.zuka-$1")" = "$(sum_of "$1")" ]; }

is_installed() { [ -x "$VENV/bin/python" ] && [ ! -e "$MARK" ] && is_stamped "$GROUP"; }

# One install at a time; a lock whose holders (a run.sh and its installer) are gone is taken over.
take_lock() {
  waited=0
  until mkdir "$LOCK" 2>/dev/null; do
    [ -d "$LOCK" ] || { [ -w . ] || fail "$(pwd) may not be written by this user. Use a checkout of your own."; }
    holder=$(cat "$LOCK/pid" 2>/dev/null)
    if [ -n "$holder" ] && ! any_alive $holder; then drop_stale_lock "$holder"; continue; fi
    if [ -z "$holder" ] && [ "$waited" -ge 10 ]; then drop_stale_lock ""; continue; fi
    [ $((waited % 10)) -eq 0 ] && say "waiting for process ${holder%%[!0-9]*}, which installs into $VENV"
    sleep 1
    waited=$((waited + 1))
  done
  trap release_lock EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  echo $$ >"$LOCK/pid" || fail "the disk that holds $(pwd) is full. Free 1 GB there, then try again."
}

any_alive() {
  for pid in "$@"; do
    if [ -d "/proc/$pid" ] || kill -0 "$pid" 2>/dev/null; then return 0; fi
  done
  return 1
}

# Renamed first, so that of two waiting commands only one removes it, and never a fresh one.
drop_stale_lock() {
  mv "$LOCK" "$LOCK-stale.$$" 2>/dev/null || return 0
  if [ "$(cat "$LOCK-stale.$$/pid" 2>/dev/null)" = "$1" ]; then rm -rf "$LOCK-stale.$$"; else mv "$LOCK-stale.$$" "$LOCK"; fi
}

release_lock() {
  if [ -n "${JOB:-}" ]; then kill "$JOB" 2>/dev/null; wait "$JOB" 2>/dev/null; fi
  rm -rf "$LOCK"
}

refuse_without_room() {
  free=$(df -Pk . 2>/dev/null | awk 'NR == 2 { print $4 }')
  if [ "${free:-$ROOM_KB}" -lt "$ROOM_KB" ]; then
    fail "the disk that holds $(pwd) has only $((free / 1024)) MB left. Free 1 GB there, then try again."
  fi
}

# A .venv that an interrupted install left, or whose Python is gone or does not fit, is made anew.
make_venv() {
  if [ ! -e "$MARK" ] && [ -x "$VENV/bin/python" ] && fits "$VENV/bin/python" && has_installer; then return 0; fi
  if have_uv && [ -z "${PYTHON:-}" ]; then
    python=$(find_python 2>/dev/null) || python='>=3.11,<3.15'
  else
    python=$(find_python) || exit 1
  fi
  have_uv || "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python has no venv module. Install it (Debian, Ubuntu: apt-get install python3-venv), or install uv."
  rm -rf "$VENV"
  mkdir "$VENV" && : >"$MARK" || fail "$(pwd) cannot be written. Free some space, or use a checkout of your own."
  say "making $VENV with $python"
  if have_uv; then
    uv venv --quiet --allow-existing --python "$python" "$VENV" >"$LOG" 2>&1
  else
    "$python" -m venv "$VENV" >"$LOG" 2>&1
  fi || explain_failure
  : >"$MARK"
}

have_uv() { command -v uv >/dev/null 2>&1; }

has_installer() { have_uv || "$VENV/bin/python" -c 'import pip' 2>/dev/null; }

# Run in the background, where `exec` makes the installer itself the job that Ctrl-C ends.
install() {
  if have_uv; then
    exec uv pip install --quiet --python "$VENV/bin/python" --require-hashes --only-binary :all: -r "$REQUIREMENTS"
  else
    exec "$VENV/bin/python" -m pip install --no-input --disable-pip-version-check --progress-bar off \
      --require-hashes --only-binary :all: -r "$REQUIREMENTS"
  fi >"$LOG" 2>&1
}

# The install runs beside us: pip says nothing for a minute, so we do.
install_shown() {
  say "installing $(grep -c '==' "$REQUIREMENTS") packages into $VENV (about a minute the first time)"
  : >"$MARK"
  install &
  JOB=$!
  echo "$$ $JOB" >"$LOCK/pid"
  seconds=0
  while kill -0 "$JOB" 2>/dev/null; do
    show_progress "$seconds"
    sleep 1
    seconds=$((seconds + 1))
  done
  [ -t 2 ] && printf '\r\033[K' >&2
  wait "$JOB"
  result=$?
  JOB=
  [ "$result" -eq 0 ] || explain_failure
}

show_progress() {
  if grep -q '^Installing collected' "$LOG" 2>/dev/null; then
    doing="writing files"
  else
    doing="$(grep -c '^Collecting' "$LOG" 2>/dev/null) fetched"
  fi
  have_uv && doing="uv at work"
  if [ -t 2 ]; then
    printf '\r\033[KZuka: %3s s  %s' "$1" "$doing" >&2
  elif [ "$1" -gt 0 ] && [ $(($1 % 5)) -eq 0 ]; then
    say "$1 s  $doing"
  fi
}

explain_failure() {
  if grep -qi 'No space left on device\|Disk quota exceeded' "$LOG"; then
    fail "the disk is full. Free 1 GB where $(pwd) and ${TMPDIR:-/tmp} are, then try again."
  elif grep -qi 'ensurepip' "$LOG"; then
    fail "Python has no working venv module. Install it (Debian, Ubuntu: apt-get install python3-venv), or install uv."
  fi
  # From here on nothing had been written yet, so the next run may go on with this .venv.
  if grep -qi 'DO NOT MATCH THE HASHES\|hash mismatch' "$LOG"; then
    rm -f "$MARK"
    fail "a package differs from what $REQUIREMENTS names, and was not installed. See $LOG."
  elif grep -qi 'NewConnectionError\|name resolution\|Network is unreachable\|ConnectTimeout\|ProxyError\|dns error' "$LOG"; then
    rm -f "$MARK"
    fail "the package index cannot be reached. Check the network, proxy or pip's configuration, then try again."
  elif grep -qi 'No matching distribution' "$LOG"; then
    rm -f "$MARK"
    package=$(sed -n 's/.*No matching distribution found for \([^ ]*\).*/\1/p' "$LOG" | head -n 1)
    fail "there is no ready-made package ${package:-for this system}. Use Linux (glibc) or macOS with Python 3.11 to 3.14, or Docker."
  fi
  fail "the install failed: $(grep -i 'error' "$LOG" | tail -n 1). See $LOG, then try again."
}

prepare() {
  is_installed && return 0
  take_lock
  # Another command may have installed it while we waited.
  if ! is_installed; then
    refuse_without_room
    make_venv
    install_shown
    sum_of local >"$VENV/.zuka-local"
    [ "$GROUP" = local ] || sum_of "$GROUP" >"$VENV/.zuka-$GROUP"
    rm -f "$MARK"
  fi
  release_lock
  trap - EXIT INT TERM HUP
}

command=${1:-up}
[ $# -eq 0 ] || shift
case $command in
  up | test | test-pgbouncer | test-replica | test-warehouse | sdks | check | bench | demo | backup | restore | shell | manage) ;;
  down) [ -x "$VENV/bin/python" ] || { say "nothing runs here"; exit 0; } ;;
  help | -h | --help) show_help; exit 0 ;;
  *) say "there is no command $command."; show_help >&2; exit 2 ;;
esac
choose_group "$command" "${1:-}"
[ "$command" = down ] || prepare
exec "$VENV/bin/python" -m zuka.up "$command" "$@"
