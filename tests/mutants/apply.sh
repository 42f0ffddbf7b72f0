#!/usr/bin/env bash
# Copies the source files that patches name into a folder of their own, and applies the patches to the copies.
#
#   tests/mutants/apply.sh ROOT FOLDER PATCH...
set -euo pipefail
root=$1 folder=$2
shift 2

rm -rf "$folder"
for patch in "$@"; do
  for file in $(sed -n 's/^+++ b\///p' "$patch"); do
    mkdir -p "$folder/$(dirname "$file")"
    cp "$root/$file" "$folder/$file"
  done
  if ! patch --batch --forward --quiet --strip=1 --directory="$folder" --input="$patch"; then
    echo "The mutant $(basename "$patch") no longer applies. Make the same bug in the code as it is now." >&2
    exit 1
  fi
done
