#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Claims that exclude each other, placeholders without use and claims by hand: what check, diff and
# plan print for them, word for word.

. "$srcdir/tests/cli/lib.sh"

for host in gpu-desktop series-2019; do
    capture=$(make_capture "$host")
    capture=${capture#"$tmp/"}
    for xml in "$srcdir/tests/data/domains/$host"--by-hand*.xml "$srcdir/tests/data/domains/$host"--mixed*.xml \
        "$srcdir/tests/data/domains/$host"--nvme*.xml "$srcdir/tests/data/domains/$host"--placeholder-*.xml "$srcdir/tests/data/domains/$host"--twice-*.xml; do
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

mixed='claim[@reason="mixed-iommufd" and @verdict="refuse"]'
told series-2019--mixed-iommufd "$mixed/@other" '/domain/devices/hostdev[1]'
told series-2019--mixed-iommufd '@starts' no

by_hand='claim[@kind="by-hand"'
told gpu-desktop--by-hand "$by_hand and @reason=\"qemu-argument\"]/@path" \
    '/domain/qemu:commandline/qemu:arg[2]'
told gpu-desktop--by-hand '@starts' no
told gpu-desktop--by-hand '@result' refused
told gpu-desktop--by-hand-alone '@starts' no
told gpu-desktop--by-hand-alone '@result' change
told gpu-desktop--by-hand-declared "$by_hand and @reason=\"claimed-twice\"]/@other" \
    '/domain/devices/hostdev[1]'
told gpu-desktop--by-hand-declared '@starts' no
told gpu-desktop--by-hand-gone "$by_hand and @verdict=\"refuse\"]/@reason" claim-gone
told gpu-desktop--by-hand-placeholders "$by_hand and @verdict=\"declared\"]/@reason" declared
told gpu-desktop--by-hand-placeholders '@starts' yes
told series-2019--nvme-by-hand "$by_hand and @reason=\"nvme-with-hostdev\"]/@other" \
    '/domain/devices/disk'

alone=$srcdir/tests/data/domains/gpu-desktop--by-hand-alone.xml
tool --host "$(make_capture gpu-desktop)" rewrite --managed "$alone"
is "$(grep -c "managed='yes'" out)" 3 "--managed adds placeholders"
is "$(sed -n '/<qemu:commandline>/,/<.qemu:commandline>/p' out)" \
    "$(sed -n '/<qemu:commandline>/,/<.qemu:commandline>/p' "$alone")" \
    "and leaves the claim by hand alone"

finish
