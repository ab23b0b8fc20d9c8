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
#   and what chroot.sh takes

set -u
suite=${1:?usage: check.sh SUITE}
. "$(dirname "$0")/chroot.sh"

make_chroot "$suite"
for clone in root user; do
    git clone -q --no-hardlinks "$top" "$root/srv/$clone" || exit 2
done

# step TITLE COMMAND...
status=0
step() {
    title=$1
    shift
    began=$(date +%s)
    inside env CONFIGURE_FLAGS=--enable-werror "$@" >"$scratch/out" 2>&1 || status=1
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
