#!/usr/bin/env bash
# Configures a preset when needed and builds targets of it, with one line of progress.
#
#   tools/build.sh release holdfast faultfs
#   tools/build.sh dev                        # everything
#   tools/build.sh dev -DHOLDFAST_UNITY=ON    # with options for a tree that is not configured yet
#
# Quiet on success; on failure prints what the build said and exits 1. All output goes to stderr.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?usage: tools/build.sh PRESET [-DOPTION=VALUE...] [TARGET...]}
shift
options=()
while [[ ${1:-} == -D* ]]; do options+=("$1") && shift; done
build=build/$preset
log=$build/build.log
began=$SECONDS
mkdir -p "$build"

terminal=no
[[ ! -t 2 ]] || terminal=yes
# show() replaces the progress line of a terminal and is silent elsewhere; say() leaves a line.
show() { [[ $terminal == no ]] || printf '\r\033[K%s' "$*" >&2; }
say() { show "" && printf '%s\n' "$*" >&2; }

fail() {
  say "$1 failed after $((SECONDS - began)) s:"
  # The compiler's words, without the commands and steps that succeeded.
  grep -v '^\[[0-9]*/[0-9]*\] \(Building\|Linking\|Generating\|Scanning\)' "$log" | tail -n 80 >&2 || true
  say "the whole log: $log"
  exit 1
}

configure() {
  show "configuring $preset"
  cmake --preset "$preset" "${options[@]}" >"$log" 2>&1 || fail "configuring $preset"
}

# Copies the build's [12/345] to the terminal until the build ends.
follow() {
  while kill -0 "$1" 2>/dev/null; do
    show "building $preset $(grep -o '^\[[0-9]*/[0-9]*\]' "$log" 2>/dev/null | tail -n 1)"
    sleep 0.5
  done
}

build() {
  ninja -C "$build" "$@" >"$log" 2>&1 &
  local ninja=$!
  trap 'kill "$ninja" 2>/dev/null; exit 130' INT TERM
  [[ $terminal == no ]] || follow "$ninja"
  wait "$ninja" || fail "building $preset"
  trap - INT TERM
}

[[ -f $build/build.ninja && $build/build.ninja -nt CMakePresets.json ]] || configure
[[ $terminal == yes || $(ninja -C "$build" -n "$@" 2>/dev/null | tail -n 1) == *"no work to do."* ]] ||
  say "building $preset; this takes a few minutes the first time"
build "$@"
if ! grep -q 'no work to do\.$' "$log"; then say "built $preset in $((SECONDS - began)) s"; else show ""; fi
