#!/usr/bin/env bash
# Copies source files into a folder of their own and applies a patch to the copies.
#
#   tests/mutants/apply.sh ROOT FOLDER PATCH FILE...     # FILE relative to ROOT
set -euo pipefail
root=$1 folder=$2 patch=$3
shift 3

rm -rf "$folder"
for file in "$@"; do
  mkdir -p "$folder/$(dirname "$file")"
  cp "$root/$file" "$folder/$file"
done
if ! patch --batch --forward --quiet --strip=1 --directory="$folder" --input="$patch"; then
  echo "The mutant $(basename "$patch") no longer applies to: $*. Make the same bug in the code as it is now." >&2
  exit 1
fi
for file in "$@"; do
  if cmp -s "$root/$file" "$folder/$file"; then
    echo "The mutant $(basename "$patch") leaves $file as it is; name only the files that it changes." >&2
    exit 1
  fi
done
