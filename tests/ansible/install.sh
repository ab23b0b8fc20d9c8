#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The role installs the package from a file of the controller: with apt, into a dpkg of the test's own.

. "$srcdir/tests/integration/lib.sh"
. "$srcdir/tests/ansible/lib.sh"

if ! command -v dpkg-deb >/dev/null || ! "$python" -c 'import apt' 2>/dev/null; then
    skip "the package" "there is no apt for Python"
    finish
    exit 0
fi

mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates /var/lib/dpkg/triggers /var/lib/apt/lists/partial \
    /var/cache/apt/archives/partial /var/log/apt deb/DEBIAN deb/run/installed
: >/var/lib/dpkg/status
: >deb/run/installed/file
cat >deb/DEBIAN/control <<'CONTROL'
Package: virt-iommufix
Version: 0.0.1
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: a package of this name
CONTROL
dpkg-deb -b deb virt-iommufix_0.0.1_all.deb >out
cp "$VIRT_IOMMUFIX" /run/tool
cat >inventory <<INVENTORY
h1 ansible_connection=local virt_iommufix_executable=/run/tool virt_iommufix_hook=ignore virt_iommufix_domains=[]
INVENTORY
set -- -e "virt_iommufix_package=$tmp/virt-iommufix_0.0.1_all.deb" virt_iommufix.iommu.complete
played "$@"
is "$status $(recap h1)" "0 1 0" "a package is installed" || show out
is "$(sed -n 's/^Status: //p' /var/lib/dpkg/status) $(ls /run/installed)" "install ok installed file" \
    "dpkg and the host have it"
played "$@"
is "$status $(recap h1)" "0 0 0" "and only once" || show out

finish
