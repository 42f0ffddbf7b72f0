#!/bin/bash
# An ordinary user mounts through fusermount3, meets a fault, and unmounts. Run as root in a mount namespace
# of its own (unshare --mount), where /dev/fuse may be opened to everybody without the machine noticing.
#
#   unshare --mount ordinary_user.sh FAULTFS DIRECTORY     exit code 77: cannot be tried here
set -eu
user=65534
cp "$1" "$2/faultfs"
cd "$2"
chmod 755 . faultfs
as_user() { setpriv --reuid=$user --regid=$user --clear-groups "$@"; }

mkdir devices data mounted
mount -t tmpfs tmpfs devices && mknod devices/fuse c 10 229 && chmod 666 devices/fuse &&
  mount --bind devices/fuse /dev/fuse || exit 77
as_user test -x . -a -w /dev/fuse || exit 77
chown $user . data mounted

echo '{"rules": [{"name": "no", "when": {"path": "no"}, "effect": {"permission": "EACCES"}}]}' >plan.json
as_user ./faultfs mount data mounted --daemon --socket "$PWD/mounted.sock" --plan plan.json
findmnt --noheadings --output OPTIONS mounted | grep -q "user_id=$user"
as_user sh -c 'echo hello >mounted/yes'
test "$(cat data/yes)" = hello
! as_user sh -c 'echo hello >mounted/no' 2>refusal
grep -q 'Permission denied' refusal
as_user ./faultfs unmount mounted --socket "$PWD/mounted.sock"
! findmnt mounted
