#!/usr/bin/env bash
# Installs the Debian packages that Holdfast needs and that are missing; says which and why.
#
#   tools/install_dependencies.sh --for run     # to build and run
#   tools/install_dependencies.sh --for test    # and to test
#   tools/install_dependencies.sh --for campaigns   # and for ./test --long
#   tools/install_dependencies.sh --for test --list
#
# Exit code 0 when everything is there, 4 when something is missing and cannot be installed.
# HOLDFAST_NO_INSTALL=1 never installs: what is missing ends in exit code 4.
set -euo pipefail

to_run="
g++                         the compiler
cmake                       the build
ninja-build                 the build
pkg-config                  finds libfuse3
libfuse3-dev                faultfs is a FUSE file system
fuse3                       mounts and unmounts faultfs
libboost-dev                the HTTP server of the mock upstream (Asio, Beast)
libboost-context-dev        the fibers of the virtual world
libboost-program-options-dev  the command lines
libcurl4-openssl-dev        HTTP to the upstream
libspdlog-dev               the log
libfmt-dev                  text formatting
nlohmann-json3-dev          scenario and result files
libgtest-dev                the tests are configured with the build
libgmock-dev                the tests are configured with the build
python3                     reports
python3-matplotlib          the figures of reports
git                         names the commit in results
patch                       the mutants are configured with the build
ca-certificates             HTTPS upstreams
"
to_test="
clang-format                the format check
libvalijson-dev             checks the shipped scenarios against their published schema
libbenchmark-dev            the benchmarks; without it they are not built
strace                      shows that record() makes no system call
binutils                    nm, for the symbol tripwire
procps                      looks for processes left behind
chromium                    opens the report as readers do
clang-19                    the other compiler, whose VIRTUAL runs must be the same
"
to_campaign="
fio                         reads back what it wrote through faultfs
stress-ng                   every file operation through faultfs
python3-plyvel              LevelDB over power cuts
python3-lmdb                LMDB over power cuts
redis-server                Redis over power cuts
"

say() { printf 'holdfast: %s\n' "$*" >&2; }

usage() {
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit "$1"
}

purpose=run
only_list=no
while (($#)); do
  case $1 in
    --for) purpose=${2:-} && shift $(($# > 1)) ;;
    --list) only_list=yes ;;
    -h | --help) usage 0 ;;
    *) usage 3 >&2 ;;
  esac
  shift
done
case $purpose in
  run) table=$to_run ;;
  test) table=$to_run$to_test ;;
  campaigns) table=$to_run$to_test$to_campaign ;;
  *) usage 3 >&2 ;;
esac

mapfile -t packages < <(awk 'NF { print $1 }' <<<"$table")
if [[ $only_list == yes ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v dpkg-query >/dev/null; then
  say "this is not a Debian system, so packages are not checked. Needed, under Debian's names: ${packages[*]}"
  exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
  awk '$1 == "installed" { print $2 }' || true)
missing=()
for package in "${packages[@]}"; do
  [[ $'\n'$installed$'\n' == *$'\n'"$package"$'\n'* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

say "these Debian packages are missing:"
for package in "${missing[@]}"; do
  awk -v name="$package" '$1 == name { reason = $0; sub(/^[^ ]+ +/, "", reason); printf "  %-30s %s\n", name, reason }' \
    <<<"$table" >&2
done

give_up() {
  say "$1"
  say "install them as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  exit 4
}

[[ -z ${HOLDFAST_NO_INSTALL:-} ]] || give_up "HOLDFAST_NO_INSTALL is set, so nothing is installed."
command -v apt-get >/dev/null || give_up "there is no apt-get here."
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || give_up "you are not root and there is no sudo."
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1; }
fail() {
  tail -n 15 "$log" >&2
  give_up "$1"
}

say "installing them (apt-get); this may take some minutes"
# A dated or absent package list is common on a fresh machine; an offline mirror may still do.
apt update || say "apt-get update failed; trying with the package lists at hand"
apt install --no-install-recommends "${missing[@]}" || fail "apt-get could not install them."
say "installed ${#missing[@]} packages"
