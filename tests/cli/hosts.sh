#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One host, read from a connection, a capture and sysfs: the plan is the same, except for what a
# source cannot know.

. "$srcdir/tests/cli/lib.sh"

# What the sources differ in: the test driver knows no drivers, sysfs no names.
common() {
    sed -e 's/ driver-state="[^"]*"//; s/ driver="[^"]*"//; s/ vendor="[^"]*"//; s/ product="[^"]*"//' \
        -e 's/ starts="[^"]*"//'
}

for fixture in gpu-desktop--gpu-only gpu-desktop--sata libvirt-mock--pseries-2 big-domain--vmd \
    series-2019--coldplug-partial-fail; do
    host=${fixture%%--*}
    xml=$srcdir/tests/data/domains/$fixture.xml
    capture=$(make_capture "$host" "$xml")
    name=$(sed -n 's,.*<name>\(.*\)</name>.*,\1,p' "$xml")

    "$VIRT_IOMMUFIX" --sysroot "$(make_sysroot "$host")" plan "$xml" 2>/dev/null | common >sysfs.xml
    "$VIRT_IOMMUFIX" --host "$capture" plan "$xml" 2>/dev/null | common >file.xml
    "$VIRT_IOMMUFIX" --host "$capture" plan "$name" 2>/dev/null | common >named.xml
    "$VIRT_IOMMUFIX" -c "test://$capture" plan "$name" 2>/dev/null | common >connection.xml
    "$VIRT_IOMMUFIX" -c "test://$capture" plan - <"$xml" 2>/dev/null | common >input.xml
    same file.xml sysfs.xml "$fixture: capture and sysfs agree"
    same named.xml file.xml "$fixture: a domain of the capture is the file's"
    same connection.xml file.xml "$fixture: connection and capture agree"
    same input.xml file.xml "$fixture: standard input and file agree"
done

capture=$(make_capture gpu-desktop "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml" \
    "$srcdir/tests/data/domains/gpu-desktop--nvme-disk.xml")
xml=$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml
uuid=$(sed -n 's,.*<uuid>\(.*\)</uuid>.*,\1,p' "$xml")

tool -c "test://$capture" plan gpu-only
grep -q 'driver-state="unknown"' out && ! grep -q 'driver-state="none"' out
result "over the test driver a driver is unknown, never none"
cp out by-name.xml
tool -c "test://$capture" plan "$uuid"
same out by-name.xml "a domain can be named by its UUID"
VIRSH_DEFAULT_CONNECT_URI=test://$capture "$VIRT_IOMMUFIX" plan gpu-only >out 2>err
same out by-name.xml "without --connect it is virsh's default connection"
LIBVIRT_DEFAULT_URI=test://$capture "$VIRT_IOMMUFIX" plan gpu-only >out 2>err
same out by-name.xml "or libvirt's"

tool -c "test://$capture" check --all
is "$(sed -n 's/^\([a-z-]*\): .*/\1/p' out | tr '\n' ' ')" "gpu-only nvme-disk " "--all takes every domain, by name"
tool -c "test://$capture" -c test:///default check --all
is "$(sed -n 's/^test:.* \([a-z-]*\): .*/\1/p' out | tr '\n' ' ')" "gpu-only nvme-disk test " \
    "several connections, one after the other"

for form in "--host $(make_capture no-iommu)" "--sysroot $(make_sysroot no-iommu)"; do
    # shellcheck disable=SC2086 # an option and its value
    tool $form check "$srcdir/tests/data/domains/no-iommu--gpu.xml"
    is "$status" 1 "no IOMMU is not complete (${form%% *})"
    grep -q 'no IOMMU' out
    result "no IOMMU is reported (${form%% *})"
    # shellcheck disable=SC2086
    tool $form groups
    grep -q 'has no IOMMU groups (of [0-9]* PCI devices)' err
    result "groups reports that there is no IOMMU (${form%% *})"
done

# A capture by a name that is the same everywhere: JSON tells it.
cp "$capture" gpu-desktop.xml
tool --host gpu-desktop.xml groups
golden out groups-gpu-desktop.txt
tool --host gpu-desktop.xml groups --shared --json
golden out groups-gpu-desktop.json
tool --sysroot "$(make_sysroot odd-names)" groups
golden out groups-odd-names.txt

finish
