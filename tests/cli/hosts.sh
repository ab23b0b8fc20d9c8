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

# The test driver knows no drivers, and libvirt's node devices do not show what hangs on devices of
# some classes: where the plan depends on it, there is one more question.
unasked() {
    [ "$(xmllint --xpath 'string(/plans/plan/@result)' "$1")" = refused ] &&
        [ "$(grep -c 'verdict="refuse" reason="unknown-use"' "$1")" = \
            "$(grep -c '<step name="nothing shows what hangs on it"/>' "$1")" ]
}

for fixture in gpu-desktop--gpu-only gpu-desktop--sata libvirt-mock--pseries-2 big-domain--vmd \
    series-2019--coldplug-partial-fail; do
    host=${fixture%%--*}
    xml=$srcdir/tests/data/domains/$fixture.xml
    capture=$(make_capture "$host" "$xml")
    name=$(sed -n 's,.*<name>\(.*\)</name>.*,\1,p' "$xml")

    "$VIRT_IOMMUFIX" --sysroot "$(make_sysroot "$host")" plan "$xml" 2>/dev/null | common >sysfs.xml
    "$VIRT_IOMMUFIX" --sysroot "$(make_sysroot "$host")" capture >taken.xml 2>/dev/null
    "$VIRT_IOMMUFIX" --host taken.xml plan "$xml" 2>/dev/null | common >taken.out
    "$VIRT_IOMMUFIX" --host "$capture" plan "$xml" 2>/dev/null | common >file.xml
    "$VIRT_IOMMUFIX" --host "$capture" plan "$name" 2>/dev/null | common >named.xml
    "$VIRT_IOMMUFIX" -c "test://$capture" plan "$name" 2>/dev/null | common >connection.xml
    "$VIRT_IOMMUFIX" -c "test://$capture" plan - <"$xml" 2>/dev/null | common >input.xml
    same taken.out sysfs.xml "$fixture: the tool's own capture and sysfs agree"
    case $fixture in
    series-*)
        unasked file.xml
        result "$fixture: libvirt's node devices leave a question" || show file.xml
        ;;
    *)
        same file.xml sysfs.xml "$fixture: capture and sysfs agree"
        ;;
    esac
    case $fixture in
    libvirt-mock-* | big-domain-*)
        unasked connection.xml
        result "$fixture: a connection that knows no drivers leaves a question" || show connection.xml
        ;;
    *)
        same connection.xml file.xml "$fixture: connection and capture agree"
        ;;
    esac
    same named.xml file.xml "$fixture: a domain of the capture is the file's"
    same input.xml connection.xml "$fixture: standard input and name agree"
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

# Not root, on this host itself: one line for all domains.
cp "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml" one.xml
cp one.xml two.xml
as_nobody=
[ "$(id -u)" != 0 ] || as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
# shellcheck disable=SC2086 # a command and its options
if under_valgrind || ! (chmod 755 "$tmp" && chmod 644 one.xml two.xml &&
    $as_nobody "$VIRT_IOMMUFIX" --version && $as_nobody test -r "$tmp/one.xml") >out 2>&1; then
    skip "without root" "nobody cannot run the tool here"
else
    $as_nobody "$VIRT_IOMMUFIX" --sysroot / check one.xml two.xml >out 2>err
    is "$(grep -c '^virt-iommufix: not root, so nothing shows .*which disks the kernel holds\. ' err)" 1 \
        "without root one line names what could not be asked" || show err
    $as_nobody "$VIRT_IOMMUFIX" --sysroot "$(make_sysroot gpu-desktop)" check one.xml >out 2>err
    is "$(grep -c 'not root' err)" 0 "there is none about a tree" || show err
fi

# A capture with PCI devices alone does not show what hangs on a USB controller. libvirt's own list,
# which always has net_lo, does. $1: more nodedevs of that controller.
usb_capture() {
    {
        echo "<node>"
        for function in 1 3; do
            [ $function = 1 ] && class=040300 driver=snd_hda_intel || class=0c0330 driver=xhci_hcd
            cat <<XML
<device><name>pci_0000_05_00_$function</name><driver><name>$driver</name></driver>
<capability type='pci'><class>0x$class</class><domain>0</domain><bus>5</bus><slot>0</slot>
<function>$function</function><product id='0x15e0'/><vendor id='0x1022'/><iommuGroup number='7'>
<address domain='0' bus='5' slot='0' function='1'/><address domain='0' bus='5' slot='0' function='3'/>
</iommuGroup></capability></device>
XML
        done
        echo "$1"
        echo "<domain type='kvm'><name>a</name><memory>131072</memory><os><type>hvm</type></os><devices>" \
            "<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='5' function='1'/>" \
            "</source></hostdev></devices></domain></node>"
    } >usb.xml
    tool --host usb.xml diff --all
}
lo="<device><name>net_lo</name><capability type='net'><interface>lo</interface></capability></device>"
hub="<device><name>usb_usb1</name><path>/sys/devices/0000:05:00.3/usb1</path>
<capability type='usb_device'><bus>1</bus><device>1</device></capability></device>"
mouse="<device><name>usb_1_4</name><path>/sys/devices/0000:05:00.3/usb1/1-4</path>
<capability type='usb_device'><bus>1</bus><device>4</device></capability></device>"

usb_capture ""
is "$status $(grep -c '0000:05:00.3 .*needs it: nothing shows what hangs on it (unknown-use)' err)" "3 1" \
    "a capture of PCI devices alone: a USB controller is not added unasked" || show err
usb_capture "$lo$hub"
is "$status $(grep -c '^+.*function=.0x3' out)" "0 1" "one that shows that nothing hangs on it: it is added" || show err
usb_capture "$lo$hub$mouse"
is "$status $(grep -c '0000:05:00.3 .*needs it: nothing shows what processes have open (unknown-use)' err)" "3 1" \
    "one that shows a USB device on it: it is not" || show err
tool --host usb.xml capture
grep -q '<path>/sys/devices/0000:05:00.3/usb1/1-4</path>' out
result "a capture keeps the USB device" || show out
# The same, taken from sysfs.
reader=$(make_sysroot card-reader)
tool --sysroot "$reader" capture
cp out reader.xml
copy "$srcdir/tests/data/domains/card-reader--router.xml" router.xml
tool --host reader.xml diff router.xml
is "$status $(grep -c '^+.*bus=.0x03.*function=.0x0' out)" "0 1" \
    "a capture from sysfs shows that nothing is in the card reader" || show err
tool --host "$(make_capture card-reader)" diff router.xml
is "$status" 0 "libvirt's own list shows it too" || show err
virsh -c "test://$tmp/reader.xml" nodedev-dumpxml net_enp3s0f1 >out 2>err
is "$(grep -c '<interface>enp3s0f1<' out)" 1 "virsh finds the interface of the capture" || show err

finish
