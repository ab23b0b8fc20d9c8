#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What check and diff cost over many files, in units of xmllint --noout on the same files.
#
#   VIRT_IOMMUFIX=path bulk.sh        (or: ./run bench)
#
# FILES (10000) domains of 8 KB, 4 hostdevs in 2 groups, 1 to add each; in a second set 1
# in 10 is to change. Five rounds in alternation after one to warm up; median, min, max.

set -eu
LC_ALL=C.UTF-8
export LC_ALL
files=${FILES:-10000}
rounds=${ROUNDS:-5}
tmp=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

# Two groups of three functions. The domain declares two and two; the first set lacks one
# of the first group (the second is left alone by the guest's not claiming it whole).
make_host() {
    echo "<node>"
    for slot in 0 1; do
        for function in 0 1 2; do
            [ "$slot$function" = 12 ] && continue
            cat <<XML
<device><name>pci_0000_0$((slot + 1))_00_$function</name><parent>computer</parent>
<driver><name>snd_hda_intel</name></driver>
<capability type='pci'><class>0x040300</class><domain>0</domain><bus>$((slot + 1))</bus><slot>0</slot><function>$function</function>
<product id='0x10f8'>Audio</product><vendor id='0x10de'>Vendor</vendor>
<iommuGroup number='$((slot + 20))'>
<address domain='0x0000' bus='0x0$((slot + 1))' slot='0x00' function='0x0'/>
<address domain='0x0000' bus='0x0$((slot + 1))' slot='0x00' function='0x1'/>
$([ "$slot" = 0 ] && echo "<address domain='0x0000' bus='0x01' slot='0x00' function='0x2'/>")
</iommuGroup></capability></device>
XML
        done
    done
    echo "</node>"
}

hostdev() {
    cat <<XML
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source>
        <address domain='0x0000' bus='0x0$1' slot='0x00' function='0x$2'/>
      </source>
      <address type='pci' domain='0x0000' bus='0x0$3' slot='0x00' function='0x0'/>
    </hostdev>
XML
}

# make_domain COMPLETE: NAME and UUID are put in later
make_domain() {
    cat <<XML
<domain type='kvm'>
  <name>NAME</name>
  <uuid>UUID</uuid>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>8388608</currentMemory>
  <vcpu placement='static'>8</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
    <vmport state='off'/>
  </features>
  <cpu mode='host-passthrough' check='none' migratable='on'/>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/var/lib/libvirt/images/NAME.qcow2'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x04' slot='0x00' function='0x0'/>
    </disk>
XML
    for port in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        cat <<XML
    <controller type='pci' index='$port' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='$port' port='0x$port'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0' multifunction='on'/>
    </controller>
XML
    done
    cat <<XML
    <interface type='network'>
      <mac address='52:54:00:11:22:33'/>
      <source network='default'/>
      <model type='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </interface>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <graphics type='spice' autoport='yes'>
      <listen type='address'/>
      <image compression='off'/>
    </graphics>
    <video>
      <model type='virtio' heads='1' primary='yes'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </video>
XML
    hostdev 1 0 5
    hostdev 1 1 6
    hostdev 2 0 7
    hostdev 2 1 8
    [ "$1" = no ] || hostdev 1 2 9
    cat <<XML
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>
    </memballoon>
  </devices>
</domain>
XML
}

# make_set FOLDER EVERY: one in EVERY is to change
make_set() {
    mkdir "$1"
    awk -v folder="$1" -v every="$2" -v files="$files" '
        FILENAME == "complete" { complete = complete $0 "\n" }
        FILENAME == "lacking" { lacking = lacking $0 "\n" }
        END {
            for (i = 0; i < files; i++) {
                text = i % every == 0 ? lacking : complete
                gsub(/NAME/, "guest" i, text)
                sub(/UUID/, sprintf("00000000-0000-4000-8000-%012d", i), text)
                file = folder "/" i ".xml"
                printf "%s", text > file
                close(file)
            }
        }' complete lacking
}

now() {
    date +%s%N
}

# round SET COMMAND...: appends milliseconds to times.COMMAND
round() {
    set_name=$1
    shift
    start=$(now)
    (cd "$set_name" && find . -name '*.xml' -print0 | xargs -0 -n "$files" "$@") >/dev/null 2>&1 || true
    echo $((($(now) - start) / 1000))
}

measure() {
    for what in xmllint check diff; do : >"$what.times"; done
    i=0
    while [ "$i" -le "$rounds" ]; do
        a=$(round "$1" xmllint --noout)
        b=$(round "$1" "$VIRT_IOMMUFIX" --host ../host.xml check)
        c=$(round "$1" "$VIRT_IOMMUFIX" --host ../host.xml diff)
        if [ "$i" -gt 0 ]; then
            echo "$a" >>xmllint.times
            echo "$b" >>check.times
            echo "$c" >>diff.times
        fi
        i=$((i + 1))
    done
    for what in xmllint check diff; do
        sort -n "$what.times" | awk -v what="$what" -v files="$files" -v rounds="$rounds" '
            { t[NR] = $1 }
            END { printf "%s %d %d %d\n", what, t[int((rounds + 1) / 2)], t[1], t[rounds] }'
    done | awk -v files="$files" '
        NR == 1 { base = $2 }
        { printf "  %-8s median %7.1f ms  (min %.1f, max %.1f)  %6.1f us a file  ratio %.2f\n",
            $1, $2 / 1000, $3 / 1000, $4 / 1000, $2 / files, $2 / base }'
}

make_host >host.xml
make_domain yes >complete
make_domain no >lacking
echo "$files files of $(wc -c <lacking) bytes, $rounds rounds, xmllint --noout = 1"
make_set all 1
echo "each to change (4 hostdevs in 2 groups, 1 to add):"
measure all
make_set tenth 10
echo "1 in 10 to change:"
measure tenth
