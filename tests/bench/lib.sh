# SPDX-License-Identifier: LGPL-2.1-or-later
# What the bench scripts share: they source it.
#
#   VIRT_IOMMUFIX   the tool
#   MEASURE         tests/bench/measure.c, built
#   ROUNDS (5)      how often each command is run, after once to warm up
#
# shellcheck shell=sh

set -eu
LC_ALL=C.UTF-8
export LC_ALL
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

# make_set FOLDER EVERY FILES: so many files, made of the domains in the files "complete" and
# "lacking"; one in EVERY is to change
make_set() {
    mkdir "$1"
    awk -v folder="$1" -v every="$2" -v files="$3" '
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

# start_table WORDS WHAT: WHAT is what each time is shared by
start_table() {
    printf '\n%s\n\n  %-20s %10s %11s %21s %10s %21s %9s\n' "$1" '' clock "$2" \
        'ratio (min, max)' processor 'ratio (min, max)' memory
}

# row NAME COUNT: a line of the table from NAME.times, whose lines are measure's, one a round; COUNT
# is what the time is shared by. The first row is the one that the ratios are against: each round of
# a command by the same round of the first, of which the median, the least and the most are printed.
row() {
    [ -e first ] || echo "$1" >first
    paste -d ' ' "$1.times" "$(cat first).times" | awk -v name="$1" -v count="$2" '
        function sorted(of,    i, j, kept) {
            for (i = 2; i <= NR; i++) {
                kept = of[i]
                for (j = i - 1; j > 0 && of[j] > kept; j--)
                    of[j + 1] = of[j]
                of[j + 1] = kept
            }
            return of[int((NR + 1) / 2)]
        }
        {
            clock[NR] = $1
            busy[NR] = $2
            ratio[NR] = $1 / $4
            busy_ratio[NR] = $2 / $5
            if ($3 > memory)
                memory = $3
        }
        END {
            median = sorted(clock)
            printf "  %-20s %7.1f ms %8.1f us", name, median / 1000, median / count
            median = sorted(ratio)
            printf " %6.2f (%5.2f, %5.2f)", median, ratio[1], ratio[NR]
            printf " %7.1f ms", sorted(busy) / 1000
            median = sorted(busy_ratio)
            printf " %6.2f (%5.2f, %5.2f) %5.1f MiB\n", median, busy_ratio[1], busy_ratio[NR],
                memory / 1024
        }'
}
