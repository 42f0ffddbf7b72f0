#!/usr/bin/env bash
# Checks that every C++ file is formatted as .clang-format says.
#
#   tools/check_format.sh          # exit code 1 and file:line for each that is not
#   tools/check_format.sh --fix    # formats them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=(--dry-run -Werror)
case ${1:-} in
  '') ;;
  --fix) mode=(-i) ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 3 ;;
esac

# Without git (an unpacked archive) every file outside build/ counts.
sources() {
  git ls-files -z -co --exclude-standard -- '*.cpp' '*.h' 2>/dev/null ||
    find core command_line faultfs simulator tests \( -name '*.cpp' -o -name '*.h' \) -print0
}
# A tracked file that was deleted but not yet committed is no file.
existing() { while IFS= read -r -d '' file; do [[ ! -f $file ]] || printf '%s\0' "$file"; done; }

sources | existing | xargs -0 -r clang-format --style=file "${mode[@]}"
