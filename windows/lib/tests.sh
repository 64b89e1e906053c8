# The tests in the Windows JVM. To be sourced by windows/verify.
# shellcheck shell=bash

# Tests that need what this JDK lacks.
excluded_tags=(javac)

# run_tests NAME SECONDS JVM_OPTION...: all tests of all modules, in one JVM.
run_tests() {
  local name=$1 seconds=$2 status=0
  shift 2
  local reports=$target/tests/$name log=$target/tests/$name.log
  mkdir -p "$reports" "$work/tmp"
  java_options -ea "-Djava.io.tmpdir=$(windows_path "$work/tmp")" "$@" -cp "$class_path"
  # From a module's folder, as Maven does it: some tests read the sources.
  supervised "$seconds" env --chdir=rio-reactive \
    wine "$java_exe" "@$(windows_path "$java_arguments")" org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --disable-ansi-colors --details=tree --details-theme=ascii --fail-if-no-tests \
    "--reports-dir=$(windows_path "$reports")" "${excluded_tags[@]/#/--exclude-tag=}" \
    --scan-classpath "$(test_folders)" >"$log" 2>&1 || status=$?
  show_outcome "$name" "$log"
  case $status in
    0) ;;
    1) show_failures "$log"; die "tests failed in the run \"$name\"; all of it: $log" ;;
    124 | 137) tail -n 40 "$log" >&2; die "the run \"$name\" was not done within $seconds s; all of it: $log" ;;
    *) tail -n 60 "$log" >&2; die "the JVM of the run \"$name\" ended with status $status; all of it: $log" ;;
  esac
}

test_folders() {
  local module
  for module in "${modules[@]}"; do
    printf '%s;' "$(windows_path "$root/$module/target/test-classes")"
  done
}

# How many passed, and what did not run for which reason.
show_outcome() { # show_outcome NAME LOG
  sed -n "s/^\[ *\([0-9]* tests \(successful\|failed\)\) *\]/$1: \1/p" "$2"
  sed -n 's/.* \[[SA]\] \(.*\)/\1/p' "$2" | tr -d '\r' | sort | uniq -c | sort -rn | sed 's/^ */  not run: /'
}

show_failures() { # show_failures LOG
  sed -n '/^Failures (/,/^Test run finished/p' "$1" | head -n 300 >&2
}
