# The double of Registered I/O. To be sourced by windows/verify.
# shellcheck shell=bash

double_source=rio-reactive-test/src/test/c/rio-double
double_dll=$target/double/rio_double.dll
double_reports=$target/double-reports
over_the_double=-Dio.rioreactive.winsock=Z:$double_dll

# What the double writes when a program ends that it was in.
export RIO_DOUBLE_REPORT=Z:$double_reports/%p.txt

build_double() {
  mkdir -p "$target/double"
  supervised 300 "$double_source/build" "$target/double" >/dev/null || die "the double did not build"
  [ -s "$double_dll" ] || die "$double_source/build did not make $double_dll"
}

# Each rule broken and kept: a double that notices nothing proves nothing.
check_double() {
  supervised 900 env -u RIO_DOUBLE_REPORT "$double_source/check" "$target/double" || die "the double's own checks failed"
}

forget_reports() {
  rm -rf "$double_reports"
  mkdir -p "$double_reports"
}

# Each program over the double must have left one, and none may tell of a violation or of an object not given back.
require_clean_reports() { # require_clean_reports PROGRAMS: so many at least
  local report reports=("$double_reports"/*.txt)
  [ -e "${reports[0]}" ] || reports=()
  [ ${#reports[@]} -ge "$1" ] || die "$1 programs ran over the double, and ${#reports[@]} left a report"
  for report in "${reports[@]}"; do
    if ! head -n 1 "$report" | tr -d '\r' | grep -qx 'rio-double: violations=0 live=0'; then
      head -n 100 "$report" >&2
      die "the double noticed violations, or objects that were not given back"
    fi
  done
  echo "the double's reports, ${#reports[@]} of them: 0 violations, 0 live objects"
}
