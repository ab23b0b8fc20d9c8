#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# groups: which groups, how wide, and why.

. "$srcdir/tests/cli/lib.sh"

copy "$srcdir/examples/demo-host.xml" demo-host.xml

# numbers: those of the groups in the table that $tmp/out holds.
numbers() {
    awk 'NR > 1 { print $1 }' out | uniq | tr '\n' ' '
}

tool --host demo-host.xml groups 9
is "$status $(numbers)" "0 9 " "a group by its number"
tool --host demo-host.xml groups 0000:04:00.1
is "$status $(numbers)" "0 9 " "by a device"
tool --host demo-host.xml groups 04:00.1 9 1
is "$status $(numbers)" "0 9 1 " "several, each once, in the order that was asked for"
tool --host demo-host.xml groups --json 9
is "$status $(grep -c '"number"' out)" "0 1" "as JSON"
tool --host demo-host.xml groups 900 1
is "$status $(numbers)" "2 1 " "a number that no group has: the others are listed"
is "$(cat err)" "virt-iommufix: demo-host.xml: there is no IOMMU group 900" "and it is reported"
tool --host demo-host.xml groups 0000:77:00.0
is "$status $(cat err)" "2 virt-iommufix: demo-host.xml: there is no device 0000:77:00.0" \
    "a device that is not there"
tool --sysroot "$(make_sysroot no-iommu)" groups 01:00.0
is "$status $(grep -c ': 01:00.0 is in no IOMMU group$' err)" "2 1" "a device in no group" || show err
tool --host demo-host.xml groups gaming
is "$status $(grep -c 'neither the number of a group' err)" "2 1" "a word that is neither"

# ---- how wide

# on_terminal COLUMNS ARGUMENT...: runs the tool on a terminal of that width.
on_terminal() {
    columns=$1
    shift
    : >answers
    # shellcheck disable=SC2016 # of the inner shell
    "$builddir/pty" answers sh -c 'stty cols "$1" && shift && exec "$@"' sh "$columns" \
        "$VIRT_IOMMUFIX" "$@" >out 2>err
    status=$?
}

# widest: the length of the longest line of $tmp/out.
widest() {
    awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }' out
}

on_terminal 80 --host demo-host.xml groups
if [ "$status" -eq 77 ]; then
    skip "on a terminal" "there is none"
else
    for columns in 80 120; do
        on_terminal "$columns" --color=never --host demo-host.xml groups
        [ "$status" -eq 0 ] && [ "$(widest)" -le "$columns" ]
        result "groups fits $columns columns" || show out
        golden out "groups-$columns.txt"
        tool --host demo-host.xml groups
        awk 'NR > 1 { print $2 }' out >wanted
        on_terminal "$columns" --color=never --host demo-host.xml groups
        grep -o '^  [0-9a-f]*:[0-9a-f:.]*' out | tr -d ' ' >listed
        same listed wanted "$columns columns: it lists every device"
        on_terminal "$columns" --color=never --sysroot "$(make_sysroot isolation)" groups --why
        [ "$status" -eq 0 ] && [ "$(widest)" -le "$columns" ]
        result "groups --why fits $columns columns" || show out
    done
    on_terminal 300 --host demo-host.xml groups
    cp out on-terminal
    on_terminal 40 --host demo-host.xml groups --wide
    same out on-terminal "--wide is the table of a wide terminal"
    tool --host demo-host.xml groups
    same out on-terminal "and of a pipe"
fi

# ---- why

host=$(make_sysroot isolation)
tool --sysroot "$host" groups --why
is "$status $(cat err)" "0 " "groups --why"
golden out groups-why.txt
tool --sysroot "$host" groups --why --json
sed "s,$host,HOST," out >why.json
golden why.json groups-why.json
tool --sysroot "$host" groups --why --shared
is "$(grep -c "^group" out)" 6 "--why --shared has the groups of several assignable devices" || show out
tool --sysroot "$host" groups --why 0000:01:00.1
is "$(sed -n '1p; $p' out | tr -s ' \n' ' ')" \
    "group 1 is below the root port 0000:00:01.0, which has no ACS " "--why of one device" || show out

mkdir -p "$host/proc"
echo "quiet pcie_acs_override=downstream,multifunction" >"$host/proc/cmdline"
tool --sysroot "$host" groups --why 16
is "$(grep -c 'pcie_acs_override= on the kernel.s command line claims an isolation' out)" 1 \
    "an override of the kernel's rules is reported" || show out

# A tree that is no kernel's: each of two devices is below the other.
devices=loop/sys/bus/pci/devices
for pair in "1 2" "2 1"; do
    at="loop/sys/devices/0000:0${pair#* }:00.0/0000:0${pair% *}:00.0"
    mkdir -p "$at" $devices
    cp "$host/sys/bus/pci/devices/0000:00:02.0/config" "$at"
    echo 0x060400 >"$at/class"
    ln -s ../../../kernel/iommu_groups/0 "$at/iommu_group"
    ln -s "../../../devices/0000:0${pair#* }:00.0/0000:0${pair% *}:00.0" $devices/
    mkdir -p "loop/sys/kernel/iommu_groups/0/devices/0000:0${pair% *}:00.0"
done
status=0
timeout 10 "$VIRT_IOMMUFIX" --sysroot loop groups --why >out 2>err || status=$?
is "$status $(grep -c ' begins this group\| cannot explain' out)" "0 2" "devices below each other do not make the tool loop" ||
    show out

tool --host demo-host.xml groups --why
is "$status $(grep -c 'Run this as root on that host: virt-iommufix groups --why' err)" "2 1" \
    "a capture does not show why"

finish
