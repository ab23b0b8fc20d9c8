#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Claims that exclude each other, placeholders without a use and devices that are passed by hand:
# what check, diff and plan print, word for word.

. "$srcdir/tests/cli/lib.sh"

for host in gpu-desktop series-2019; do
    capture=$(make_capture "$host")
    for xml in "$srcdir/tests/data/domains/$host"--by-hand*.xml "$srcdir/tests/data/domains/$host"--nvme*.xml \
        "$srcdir/tests/data/domains/$host"--placeholder-*.xml "$srcdir/tests/data/domains/$host"--twice-*.xml; do
        [ -e "$xml" ] || continue
        tool --host "$capture" check - <"$xml"
        printf '%s: check exits with %s\n' "$(basename "$xml" .xml)" "$status"
        grep -v '^standard input: complete$' out | sed 's/^standard input/  check/'
        tool --host "$capture" diff - <"$xml"
        sed -n 's/^virt-iommufix: standard input/  diff/p' err
    done
done >said
golden said claims.txt

# The plan has the same as codes and paths; "other" is the claim that it excludes.
# told FIXTURE XPATH VALUE: in the XML, and the last step of XPATH has that value in the JSON.
told() {
    capture=$(make_capture "${1%%--*}")
    xml=$srcdir/tests/data/domains/$1.xml
    tool --host "$capture" plan "$xml"
    is "$(xmllint --xpath "string(//plan/$2)" out)" "$3" "$1: $2 in the plan"
    tool --host "$capture" plan --json "$xml"
    sed 's/": "/":"/' out | grep -qF "\"${2##*@}\":\"$3\""
    result "$1: $2 in the plan as JSON"
}

twice='claim[@reason="claimed-twice" and @verdict="refuse"]'
told gpu-desktop--twice-hostdev "$twice/@other" '/domain/devices/hostdev[1]'
told gpu-desktop--twice-hostdev "$twice/@path" '/domain/devices/hostdev[5]'
told gpu-desktop--twice-hostdev '@starts' no
told gpu-desktop--twice-hostdev '@result' refused
told gpu-desktop--twice-interface "$twice/@other" '/domain/devices/interface'
told gpu-desktop--twice-interface "$twice/@path" '/domain/devices/hostdev[2]'
told series-2019--nvme-twice "$twice/@other" '/domain/devices/disk'
told series-2019--nvme-twice "$twice/@path" '/domain/devices/hostdev[2]'
told series-2019--nvme-twice '@starts' no

beside='claim[@reason="nvme-with-hostdev" and @verdict="refuse"]'
told series-2019--nvme-with-hostdev "$beside/@other" '/domain/devices/disk'
told series-2019--nvme-with-hostdev "$beside/@path" '/domain/devices/hostdev'
told series-2019--nvme-with-hostdev '@starts' no
told series-2019--nvme-with-hostdev '@result' refused

passed='argument[@reason="qemu-argument"]'
told gpu-desktop--by-hand "$passed/@text" 'vfio-pci,host=03:10.0'
told gpu-desktop--by-hand '@result' change
told gpu-desktop--by-hand-declared "$passed/@other" '/domain/devices/hostdev[1]'
told gpu-desktop--by-hand-declared '@result' complete
told gpu-desktop--by-hand-declared '@starts' no
told gpu-desktop--by-hand-placeholders "$passed/@claim" '/domain/devices/hostdev[1]'
told gpu-desktop--by-hand-placeholders '@starts' yes
told series-2019--nvme-by-hand "$passed/@other" '/domain/devices/disk'

tool --host "$(make_capture gpu-desktop)" plan "$srcdir/tests/data/domains/gpu-desktop--by-hand-alone.xml"
is "$(xmllint --xpath 'count(//argument[@found="yes" and @group="2"]/lacks/address)' out)" 3 \
    "what the group of a device that is passed by hand lacks"
tool --host "$(make_capture gpu-desktop)" rewrite \
    "$srcdir/tests/data/domains/gpu-desktop--by-hand-alone.xml"
grep -q 'qemu-argument' err
result "rewrite tells it, too"

finish
