#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   deb.sh FOLDER [SUITE]     builds the Debian package of the last commit and puts it into FOLDER
#
# SUITE is this system's, if it is a Debian, otherwise trixie. In fresh chroots,
#
#     - an ordinary user builds the package, with its tests
#     - lintian --pedantic reports nothing
#     - it installs, and purge leaves nothing
#     - its tests (debian/tests) pass: the demo, and apply on a libvirtd
#
# From the environment:
#   DEB_BUILD_OPTIONS   nocheck: without its tests, which saves some minutes
#   and what chroot.sh takes

set -u
folder=${1:?usage: deb.sh FOLDER [SUITE]}
. "$(dirname "$0")/chroot.sh"

# Who asks for a package wants one.
skip() {
    echo "deb: no package was built: $*" >&2
    exit 2
}

suite=${2:-}
if [ -z "$suite" ]; then
    suite=trixie
    # shellcheck source=/dev/null
    [ "$(. /etc/os-release && echo "$ID")" != debian ] ||
        suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
fi

# step TITLE COMMAND...: the log is in $folder.
step() {
    title=$1
    shift
    began=$(date +%s)
    if ! "$@" >"$folder/log" 2>&1; then
        tail -n 40 "$folder/log"
        echo "deb: $suite, $title: failed; the log: $folder/log"
        exit 1
    fi
    echo "deb: $suite, $title: $(($(date +%s) - began)) s"
}

apt() {
    inside env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends "$@"
}

as_user() {
    # shellcheck disable=SC2016 # of the inner shell
    inside setpriv --reuid=nobody --regid=nogroup --clear-groups \
        env HOME=/srv DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-}" sh -euc 'cd /srv; '"$1"
}

prepare() {
    cp -a "$root" "$scratch/fresh" &&
        mkdir "$root/srv/source" &&
        git -c safe.directory='*' -C "$top" archive HEAD | tar -x -C "$root/srv/source" &&
        chown -R nobody:nogroup "$root/srv" &&
        apt update && apt install build-essential lintian &&
        apt build-dep /srv/source
}

build() {
    as_user 'mkdir result && mv source result/ && cd result/source && dpkg-buildpackage -us -uc'
}

# Some tags depend on the suite alone: one wants a field that the next calls redundant. They are taken
# out of what lintian prints, because it refuses to suppress a tag that its version does not know.
lint() {
    as_user 'cd result
        lintian --pedantic --display-info --fail-on none *.changes >lintian.out
        ! grep "^[EWIP]: " lintian.out | grep -v \
            -e " out-of-date-standards-version" -e " newer-standards-version" \
            -e " package-uses-old-debhelper-compat-version" \
            -e " redundant-priority-optional-field" -e " redundant-rules-requires-root-no-field"'
}

# From here on, a chroot that has seen none of this.
collect() {
    find "$root/srv/result" -maxdepth 1 -type f -exec cp {} "$folder/" \; &&
        mkdir "$scratch/fresh/srv/result" && cp "$folder"/virt-iommufix* "$scratch/fresh/srv/result/" &&
        rm -rf --one-file-system "$root" && mv "$scratch/fresh" "$root"
}

# It needs no more than it depends on.
try() {
    collect && apt update && inside sh -euc '
        apt-get -q -y --no-install-recommends install /srv/result/virt-iommufix_*.deb
        virt-iommufix --host /usr/share/doc/virt-iommufix/examples/demo-host.xml groups 1
        [ ! -e /etc/libvirt/hooks/qemu.d/virt-iommufix ]
        apt-get -q -y purge virt-iommufix
        ! find / -xdev -path /srv -prune -o -name "*iommufix*" -print | grep .'
}

autopkgtest() {
    apt install autopkgtest && inside sh -euc '
        cd /srv/result
        autopkgtest virt-iommufix_*.dsc virt-iommufix_*.deb -- null'
}

make_chroot "$suite"
mkdir -p "$folder" && folder=$(cd "$folder" && pwd) || exit 2
rm -f "$folder/log" "$folder"/virt-iommufix_* "$folder"/virt-iommufix-dbgsym_*
step "packages to build it with" prepare
step "build" build
step "lintian" lint
step "install and purge" try
step "autopkgtest" autopkgtest
rm "$folder/log"
chown --reference="$top" "$folder"/virt-iommufix*
echo "deb: to install it: apt install $(echo "$folder"/virt-iommufix_*.deb)"
