# Stages with their times, and the end of whatever they started. To be sourced by windows/verify.
# shellcheck shell=bash

work=$(mktemp -d) # not in the repository: Wine's folders hold links to all of the machine
stage=''
passed=0
began_all=$SECONDS
children=() # process groups that still run
ending=''

die() {
  echo "windows/verify${stage:+, stage $stage}: $*" >&2
  exit 1
}

run_stage() { # run_stage NAME MINUTES COMMAND...: the minutes are a budget, not a limit
  local budget=$(($2 * 60)) began=$SECONDS took
  stage=$1
  shift 2
  echo "== windows: $stage"
  "$@"
  took=$((SECONDS - began))
  passed=$((passed + 1))
  printf '\n== windows: %s passed in %d s of %d s%s\n' "$stage" "$took" "$budget" \
    "$([ "$took" -le "$budget" ] || echo ': OVER ITS BUDGET')"
  stage=''
}

all_passed() {
  echo "== windows: all passed in $((SECONDS - began_all)) s"
  echo "windows stages: $passed passed, 0 failed"
}

# Runs a command in a process group of its own, and waits so that a signal to this script is obeyed at once.
supervised() { # supervised SECONDS COMMAND...: status 124 after that time
  local seconds=$1 status=0 child
  shift
  set -m
  timeout -k 10 "$seconds" "$@" </dev/null &
  child=$!
  set +m
  children+=("$child")
  wait "$child" || status=$?
  forget "$child"
  return "$status"
}

forget() { # forget CHILD: it has ended
  local kept=() each
  for each in "${children[@]}"; do
    [ "$each" = "$1" ] || kept+=("$each")
  done
  children=("${kept[@]}")
}

# Ends this script, and by that whatever it started, after so many minutes.
watchdog() {
  local script=$$
  set -m
  (
    sleep $(($1 * 60))
    echo "windows/verify: ended by its watchdog after $1 minutes" >&2
    kill -TERM "$script"
  ) </dev/null &
  children+=($!)
  disown
  set +m
}

finish() {
  local status=$? child
  trap - EXIT
  trap '' INT TERM HUP
  for child in "${children[@]}"; do
    kill -KILL -- "-$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
  end_wine
  rm -rf "$work"
  if [ -n "$stage" ]; then
    echo "== windows: failed in stage $stage, after $((SECONDS - began_all)) s"
    echo "windows stages: $passed passed, 1 failed"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
