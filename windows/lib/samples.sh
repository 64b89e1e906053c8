# Samples in the Windows JVM. To be sourced by windows/verify.
# shellcheck shell=bash

# sample_command [JVM_OPTION...]: sets command, to which the sample's name and options are added.
sample_command() {
  java_options "$@" -cp "$class_path"
  command=(wine "$java_exe" "@$(windows_path "$java_arguments")" io.rioreactive.samples.Samples)
}

# The echo sample answers a client on Linux, and ends with its totals on Ctrl-C.
answer_a_linux_client() { # answer_a_linux_client PROVIDER [JVM_OPTION...]
  local provider=$1
  shift
  sample_command "$@"
  start_echo "$provider"
  local count
  count=$(timeout 60 python3 .ci/echo-client.py "$port") || die_showing_echo "the replies are not what was sent"
  stop_echo "$count"
  echo "$provider: $count datagrams of 0 to 2048 bytes came back byte for byte, then: $(tail -n 1 "$work/echo.out")"
}

# Starts it and waits for its ready line; sets echo and port.
start_echo() { # start_echo PROVIDER
  local ready="^listening on 127\.0\.0\.1:([0-9]+), $1, 1024 slots of 2048 bytes" line _
  : >"$work/echo.out"
  start "${command[@]}" echo --port 0 --provider "$1" >"$work/echo.out" 2>"$work/echo.err"
  echo=$child
  for _ in $(seq 600); do # 60 s
    line=$(head -n 1 "$work/echo.out")
    if [[ $line =~ $ready ]]; then
      port=${BASH_REMATCH[1]}
      return
    fi
    kill -0 "$echo" 2>/dev/null || die_showing_echo "the echo sample ended before it was ready"
    sleep 0.1
  done
  die_showing_echo "the echo sample was not ready within 60 s"
}

# Ctrl-C: Wine makes of SIGINT the event that Windows sends for it.
stop_echo() { # stop_echo DATAGRAMS
  local status=0 _
  kill -INT "$echo"
  for _ in $(seq 200); do # 20 s
    kill -0 "$echo" 2>/dev/null || break
    sleep 0.1
  done
  kill -0 "$echo" 2>/dev/null && die_showing_echo "the echo sample still runs 20 s after Ctrl-C"
  wait "$echo" || status=$?
  forget "$echo"
  [ "$status" -eq 0 ] || die_showing_echo "the echo sample ended with status $status after Ctrl-C"
  tail -n 1 "$work/echo.out" | grep -q "received $1, sent $1, lost 0" ||
    die_showing_echo "the last line does not say \"received $1, sent $1, lost 0\""
}

die_showing_echo() {
  tail -n 50 "$work/echo.out" "$work/echo.err" >&2
  die "$@"
}

# Any sample, in the foreground: Ctrl-C in the terminal reaches it, and so do SIGINT and SIGTERM to this script. Its exit
# status is ours.
run_sample() { # run_sample [SAMPLE OPTION...]
  local status=0 sample
  "${command[@]}" "$@" <&0 &
  sample=$!
  trap 'kill -INT "$sample" 2>/dev/null' INT TERM HUP
  until # a signal ends the wait, not the sample
    status=0
    wait "$sample" || status=$?
    ! kill -0 "$sample" 2>/dev/null
  do :; done
  exit "$status"
}
