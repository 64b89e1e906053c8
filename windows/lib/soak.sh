# The soak of servers in the Windows JVM: what strikes, counts and judges is a Linux JVM, and reaches them by loopback.
# To be sourced by windows/verify.
# shellcheck shell=bash

# Both providers of Windows, so many minutes each, in whole numbers.
soak_windows() { # soak_windows MINUTES
  build_soak
  soak_provider windows-rio "$1" "$over_the_double"
  soak_provider windows-iocp "$1"
}

build_soak() {
  supervised 600 mvn -q -B -ntp -Psoak -Dformat.skip -pl soak -am process-test-classes || die "the soak did not compile"
}

soak_provider() { # soak_provider PROVIDER MINUTES [JVM_OPTION...]
  local provider=$1 minutes=$2 java log=$target/soak-$1.log modules=(soak rio-reactive)
  shift 2
  java=$(linux_java)
  set_class_path
  # What grows shall be seen: heap and threads of the JVM's own are as many at the end as at the beginning.
  java_options -ea -Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC "$@" -cp "$class_path"
  supervised $((minutes * 60 + 600)) "$java" -cp soak/target/classes:rio-reactive/target/classes io.rioreactive.soak.Soak \
    "provider=$provider" "minutes=$minutes" \
    "served=wine $java_exe @$(windows_path "$java_arguments") io.rioreactive.soak.Served" >"$log" 2>&1 ||
    { tail -n 100 "$log" >&2; die "the soak of $provider failed; all of it: $log"; }
  grep '^soak: ' "$log" | tail -n 1
}

# In a shell of its own, since what it sets has other meanings here.
linux_java() (
  fail() { die "$@"; }
  . build/jdk.sh
  find_jdk
  echo "$jdk/bin/java"
)
