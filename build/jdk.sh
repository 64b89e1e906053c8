# Finds a JDK 25 for the scripts that start Java: find_jdk sets jdk. To be sourced, with fail MESSAGE defined.
# shellcheck shell=sh

is_jdk_25() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${major:-0}" -ge 25 ]
}

# The folder of the JDK whose bin/java is on the PATH, through its symbolic links.
jdk_on_path() {
  java=$(command -v java) || return 1
  while [ -L "$java" ]; do
    link=$(readlink "$java") || return 1
    case $link in
      /*) java=$link ;;
      *) java=$(dirname -- "$java")/$link ;;
    esac
  done
  bin=$(CDPATH='' cd -- "$(dirname -- "$java")" && pwd -P) && dirname -- "$bin"
}

find_jdk() {
  on_path=$(jdk_on_path) || on_path=
  on_mac=
  if [ -x /usr/libexec/java_home ]; then
    on_mac=$(/usr/libexec/java_home -v 25+ 2>/dev/null) || on_mac=
  fi
  for jdk in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$on_path" "$on_mac" \
    /usr/lib/jvm/* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
    if [ -n "$jdk" ] && is_jdk_25 "$jdk"; then
      return
    fi
  done
  fail "needs a JDK 25 or newer and found none: install one (for example Eclipse Temurin 25) and set JAVA_HOME to it."
}
