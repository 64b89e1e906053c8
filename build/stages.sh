# Stages with their times, and the end of whatever a script has started. To be sourced, with at_end defined, which
# ends what is no child, stages_of set to the name that stands before a stage's, and grace to the seconds that a child
# may take to end when it is asked to.
# shellcheck shell=bash

work=$(mktemp -d)
stage=''
passed=0
skipped=0
began_all=$SECONDS
children=() # process groups that this script has started and that may still run

die() {
  echo "$stages_of${stage:+$stage: }$*" >&2
  exit 1
}

run_stage() { # run_stage NAME MINUTES COMMAND...: the minutes are a budget, not a limit
  local budget=$(($2 * 60)) began=$SECONDS took late=''
  stage=$1
  shift 2
  echo "== $stages_of$stage"
  "$@"
  took=$((SECONDS - began))
  [ "$took" -le "$budget" ] || late=', OVER ITS BUDGET'
  passed=$((passed + 1))
  # On a line of its own: Maven leaves a colour reset without a line end.
  printf '\n== %s%s passed in %d s of %d s%s\n' "$stages_of" "$stage" "$took" "$budget" "$late"
  stage=''
}

skip_stage() { # skip_stage NAME REASON
  skipped=$((skipped + 1))
  echo "== $stages_of$1 SKIPPED: $2"
}

all_passed() {
  echo "== ${stages_of}all passed in $((SECONDS - began_all)) s"
  echo "${stages_of}stages: $passed passed, $skipped skipped, 0 failed"
}

# Starts a command in a process group of its own, without waiting; sets child.
start() {
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  children+=("$child")
}

# Runs a command so that a signal to this script is obeyed at once; status 124 or 137 after so many seconds.
supervised() { # supervised SECONDS COMMAND...
  local status=0 child
  start timeout -k "$grace" "$@"
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

# Ends this script, and by that whatever it has started, after so many minutes.
watchdog() {
  start watch "$1" $$
  disown "$child"
}

watch() { # watch MINUTES SCRIPT
  sleep $(($1 * 60))
  echo "${stages_of}ended by the watchdog after $1 minutes" >&2
  kill -TERM "$2"
}

# Asks a process group to end, and makes it after the grace.
end_group() {
  kill -TERM -- "-$1" 2>/dev/null || return 0
  local _
  for _ in $(seq $((grace * 10))); do
    kill -0 -- "-$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}

finish() {
  local status=$? each
  trap - EXIT
  trap '' INT TERM HUP
  for each in "${children[@]}"; do
    end_group "$each"
    wait "$each" 2>/dev/null || true
  done
  at_end
  rm -rf "$work"
  if [ -n "$stage" ]; then
    echo "== ${stages_of}failed in stage $stage, after $((SECONDS - began_all)) s"
    echo "${stages_of}stages: $passed passed, $skipped skipped, 1 failed"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
