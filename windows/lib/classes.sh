# The classes of all modules and their class path. To be sourced by windows/verify.
# shellcheck shell=bash

# The modules whose tests run.
modules=(rio-reactive rio-reactive-test samples)

# Takes what `mvn verify` has just built, where nothing has changed since.
build_classes() {
  if are_stale; then
    echo "compiling main and test classes …"
    supervised 900 mvn -q -B -ntp -Dformat.skip -pl "$(IFS=,; echo "${modules[*]}")" process-test-classes ||
      die "the classes did not compile"
  fi
  are_stale && die "the build left no new test.classpath"
  set_class_path
}

# Whether a source is newer than the list that the build writes last. Folders count: theirs is the change when a file
# is deleted.
are_stale() {
  local module
  for module in "${modules[@]}"; do
    [ -e "$module/target/test.classpath" ] || return 0
    [ -z "$(find pom.xml rio-reactive/src rio-reactive-test/src/main "$module/pom.xml" "$module/src" \
      -newer "$module/target/test.classpath" -print -quit)" ] || return 0
  done
  return 1
}

# Sets class_path: our classes, then each dependency once.
set_class_path() {
  local module entry
  class_path=''
  local -A seen=()
  for module in "${modules[@]}"; do
    class_path+=$(windows_path "$root/$module/target/test-classes")\;
    class_path+=$(windows_path "$root/$module/target/classes")\;
  done
  for module in "${modules[@]}"; do
    while IFS= read -r entry; do
      if [[ $entry != "$root"/* && -z ${seen[$entry]:-} ]]; then
        seen[$entry]=1
        class_path+=$(windows_path "$entry")\;
      fi
    done < <(tr : '\n' <"$module/target/test.classpath" && echo)
  done
}
