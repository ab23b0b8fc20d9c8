# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What check.sh and deb.sh share: the chroot of a Debian suite, $root. Sets $top and $scratch, too.
#
# From the environment:
#   DISTRO_MIRROR   instead of http://deb.debian.org/debian
#   TMPDIR          for the chroots, 2 GB each

LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

top=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d) || exit 2
root=$scratch/root
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 99' HUP INT TERM

skip() {
    echo "$(basename "$0" .sh): skipped: $*"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}

# What mmdebstrap and apt run finds its descriptors in use if make or a script opened them.
quietly() {
    "$@" </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# make_chroot SUITE: makes $root. The archive may be a copy of some weeks ago.
make_chroot() {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a chroot"
    command -v mmdebstrap >/dev/null 2>&1 || skip "there is no mmdebstrap"
    [ -e "$top/.git" ] || skip "this tree is no clone of the repository"
    quietly mmdebstrap --quiet --variant=minbase --include=ca-certificates,util-linux \
        --aptopt='Acquire::Retries "2"' --aptopt='Acquire::Check-Valid-Until "false"' \
        "$1" "$root" "${DISTRO_MIRROR:-http://deb.debian.org/debian}" >"$scratch/log" 2>&1 ||
        skip "no chroot of $1 could be made: $(grep '^E:' "$scratch/log" | head -n 1)"
}

# inside COMMAND...: in the chroot. Its mounts and processes end with the command. The clone /srv/user,
# if there is one, is read-only. The root is a mount, so that unshare works inside.
inside() {
    # shellcheck disable=SC2016 # of the inner shell
    quietly unshare --mount --pid --fork --kill-child sh -c '
        root=$1
        shift
        mount --bind "$root" "$root" && mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
            mount --rbind /sys "$root/sys" && mount -o remount,ro,bind "$root/sys" &&
            mount -t tmpfs tmpfs "$root/tmp" || exit 2
        if [ -d "$root/srv/user" ]; then
            mount --bind "$root/srv/user" "$root/srv/user" &&
                mount -o remount,ro,bind "$root/srv/user" || exit 2
        fi
        exec chroot "$root" "$@"
        ' - "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
