#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   check.sh SUITE      builds and tests the last commit on another Debian, in a fresh chroot:
#
#     - root installs what is missing and runs all tests
#     - an ordinary user, with a umask that shares nothing and without network, runs them from
#       another clone, which is read-only
#
# Last line: passed, failed, skipped. Without the archive, or if not root, all is skipped.
#
# From the environment:
#   DISTRO_SHORT    set: root only installs the packages, and runs one test
#   DISTRO_MIRROR   instead of http://deb.debian.org/debian
#   TMPDIR          for the chroot, 2 GB

set -u
LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

suite=${1:?usage: check.sh SUITE}
top=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d) || exit 2
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 99' HUP INT TERM

skip() {
    echo "check-distro: skipped: $*"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

[ "$(id -u)" -eq 0 ] || skip "only root can make a chroot"
command -v mmdebstrap >/dev/null 2>&1 || skip "there is no mmdebstrap"
[ -e "$top/.git" ] || skip "this tree is no clone"

# What mmdebstrap runs finds its descriptors in use if make or a script opened them. The archive may
# be a copy of some weeks ago.
root=$scratch/root
mmdebstrap --quiet --variant=minbase --include=ca-certificates,util-linux \
    --aptopt='Acquire::Retries "2"' --aptopt='Acquire::Check-Valid-Until "false"' \
    "$suite" "$root" "${DISTRO_MIRROR:-http://deb.debian.org/debian}" >"$scratch/log" 2>&1 </dev/null \
    3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- ||
    skip "no chroot of $suite could be made: $(grep '^E:' "$scratch/log" | head -n 1)"

for clone in root user; do
    git clone -q --no-hardlinks "$top" "$root/srv/$clone" || exit 2
done

# inside COMMAND...: in the chroot. Its mounts and processes end with the command.
inside() {
    # shellcheck disable=SC2016 # of the inner shell
    unshare --mount --pid --fork --kill-child sh -c '
        root=$1
        shift
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
            mount --rbind /sys "$root/sys" && mount -o remount,ro,bind "$root/sys" &&
            mount -t tmpfs tmpfs "$root/tmp" && mount --bind "$root/srv/user" "$root/srv/user" &&
            mount -o remount,ro,bind "$root/srv/user" && exec chroot "$root" "$@"
        ' - "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        CONFIGURE_FLAGS=--enable-werror "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# step TITLE COMMAND...
status=0
step() {
    title=$1
    shift
    began=$(date +%s)
    inside "$@" >"$scratch/out" 2>&1 || status=1
    cat "$scratch/out"
    grep ' passed, ' "$scratch/out" | tail -n 1 >>"$scratch/counts"
    echo "== $suite, $title: $(($(date +%s) - began)) s"
}

if [ -n "${DISTRO_SHORT:-}" ]; then
    step "as root, one test" env MAKEFLAGS=TESTS=tests/cli/usage.sh /srv/root/run check
else
    step "as root" /srv/root/run check
fi
step "as a user, without network" unshare --net setpriv --reuid=nobody --regid=nogroup --clear-groups \
    sh -c 'umask 077 && exec /srv/user/run check'

awk -v status="$status" '
    { pass += $1; fail += $3; skip += $5 }
    END {
        if (status != 0 && fail == 0)
            fail = 1
        printf "%d passed, %d failed, %d skipped\n", pass, fail, skip
    }' "$scratch/counts"
exit "$status"
