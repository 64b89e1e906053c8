# A Wine of this run's own, and Java in it. To be sourced by windows/verify, after build/stages.sh.
# shellcheck shell=bash

export WINEPREFIX=$work/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
# Without a display; and what a terminal of Linux can means nothing to Windows programs.
unset DISPLAY WAYLAND_DISPLAY TERM
# Some Debian and Ubuntu releases keep them off the PATH.
PATH=$PATH:/usr/lib/wine

has_wine() {
  command -v wine >/dev/null && wine_server >/dev/null
}

wine_server() {
  command -v wineserver || command -v wineserver64
}

# Makes the folder that Wine works in; this takes seconds, and is done for each run.
start_wine() {
  supervised 300 wine wineboot --init >"$work/wineboot.log" 2>&1 || { cat "$work/wineboot.log" >&2; die "wineboot failed"; }
  add_what_wine_lacks
  echo "Wine: $(wine --version)"
}

end_wine() {
  if [ -d "$WINEPREFIX" ] && has_wine; then
    timeout 20 "$(wine_server)" -k || true
    timeout 20 "$(wine_server)" -w || true
  fi
}

# The JDK's network code calls a function that Wine before 9 does not have, and the JVM dies of it. A DLL of the same
# name beside java.exe adds this one and hands all others on.
add_what_wine_lacks() {
  local wines=$WINEPREFIX/drive_c/windows/system32/iphlpapi.dll added=${java_exe%/*}/iphlpapi.dll
  if grep -q GetAnycastIpAddressTable "$wines"; then
    rm -f "$added"
  else
    windows/iphlpapi/build "$wines" "$added"
    WINEDLLOVERRIDES+=';iphlpapi=n,b'
  fi
}

# How Windows programs see a file of this machine's.
windows_path() {
  printf 'Z:%s' "$1"
}

# java_options OPTION...: into a file, for there are many; sets java_arguments.
java_options() {
  java_arguments=$work/java.arguments
  {
    # Wine lacks what they are about.
    echo -XX:-PrintWarnings
    echo --enable-native-access=ALL-UNNAMED
    echo --illegal-native-access=deny
    echo --sun-misc-unsafe-memory-access=allow
    printf '"%s"\n' "$@"
  } >"$java_arguments"
}
