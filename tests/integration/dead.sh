#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A device that does not answer. A libvirtd that may read the configuration space does not list it as a
# node device, so that the tool looks for it in /sys; the answer is the one that /sys alone gives.

. "$srcdir/tests/integration/lib.sh"

on_host "$srcdir/tests/data/hosts/desktop-dead.txt"
$control start || exit 99
vsh nodedev-list --cap pci >nodedevs
grep -q pci_0000_01_00_1 nodedevs
result "libvirt lists the devices that answer" || show nodedevs

for domain in claimed member blocking; do
    xml=$srcdir/tests/data/domains/desktop-dead--$domain.xml
    tool --sysroot / check "$xml"
    sed 's/virt-iommufix --sysroot \/ /virt-iommufix /' out >wanted
    wanted=$status
    tool -c "$uri" check "$xml"
    is "$status" "$wanted" "$domain: check by libvirt exits as by /sys"
    is "$(grep -o '([a-z-]*)$' out)" "$(grep -o '([a-z-]*)$' wanted)" "and gives the same reasons" ||
        show wanted out
done
grep -q '(no-answer)' out
result "one is that the device does not answer" || show out
tool -c "$uri" groups
is "$(grep -c '0000:0[12]:00.0' out)" 2 "groups lists it"

finish
