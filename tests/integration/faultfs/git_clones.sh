#!/bin/sh
# Git in DIRECTORY: COMMITS commits, packed, cloned in two ways, and each copy checked.
#
#   git_clones.sh DIRECTORY COMMITS
set -eu
cd "$1"
export HOME="$PWD" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

git init -q origin
cd origin
for round in $(seq "$2"); do
  for file in $(seq 40); do
    mkdir -p "d$((file % 7))"
    seq "$((round * file))" "$((round * file + 300))" >"d$((file % 7))/$file"
  done
  git add -A
  git commit -qm "round $round"
done
git gc -q --prune=now
cd ..
git clone -q --no-hardlinks origin copy
git clone -q "file://$PWD/origin" packed
for tree in origin copy packed; do
  git -C "$tree" fsck --strict --full
  test -z "$(git -C "$tree" status --porcelain)"
  test "$(git -C "$tree" rev-parse HEAD)" = "$(git -C origin rev-parse HEAD)"
done
diff -r -x .git origin packed
