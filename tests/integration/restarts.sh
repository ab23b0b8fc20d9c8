#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirtd is killed at random places of a run over many guests. After the same command again, every
# guest is done, and none twice. SEED selects the places: a few, or 20 with INTEGRATION=all.

. "$srcdir/tests/integration/lib.sh"

if is_checked; then
    skip "restarts" "the shim can't be preloaded into a checker"
    finish
    exit
fi

count=24
places=2
if is_long; then
    count=200
    places=20
fi
seed=${SEED:-$(date +%s)}
echo "# SEED=$seed"
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE
SHIM_CALLS='vir*'
export SHIM_CALLS

make_guests "$count"
dump >before
other >other-before
planned before >planned-before
cp -Rp /etc/libvirt/qemu saved

# afresh: libvirtd has its first definitions again, and the tool has no records.
afresh() {
    $control kill
    rm -rf /etc/libvirt/qemu "$VIRT_IOMMUFIX_STATE"
    cp -Rp saved /etc/libvirt/qemu
    $control start
    : >/run/libvirtd.again
}

SHIM_AT=0
export SHIM_AT
preloaded none -c "$uri" apply --all --yes
is "$status" 3 "apply --all with the shim" || show err
calls=$(wc -l <calls)

# The duration of a call does not matter: "soon" hits a call close to it.
awk -v seed="$seed" -v places="$places" -v calls="$calls" -v control="$control" '
    BEGIN {
        srand(seed)
        for (i = 1; i <= places; i++) {
            at = 1 + int(rand() * calls)
            how = int(rand() * 3)
            if (how == 0)
                print at, "restarted", control " kill; " control " start"
            else if (how == 1)
                print at, "gone", control " kill"
            else
                print at, "soon", control " later " sprintf("%.3f", rand() * 0.02)
        }
    }' >where

while read -r at how command <&3; do
    afresh
    SHIM_AT=$at
    preloaded "run $command" -c "$uri" apply --all --yes
    cp err err-first
    first=$status
    # The restart may still be under way.
    tries=0
    while [ ! -e /run/libvirtd.again ] && [ "$tries" -lt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    vsh uri >/dev/null 2>&1 || $control start
    tool -c "$uri" apply --all --yes
    dump >after
    other >other-after
    # The signal must not end the tool.
    [ "$first" -le 3 ] && [ "$status" -eq 3 ] && cmp -s after planned-before &&
        cmp -s other-after other-before
    result "at call $at of $calls libvirtd is $how (exit status $first): again, all is done" || {
        show err-first
        show err
        diff planned-before after | head -n 20 | sed 's/^/# /'
    }
done 3<where

# The last place's transactions, newest first, are undone one by one.
while tool -c "$uri" undo --yes && dump >after && ! cmp -s after before; do
    [ "$status" -eq 0 ] || break
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || break
done
same after before "undo undoes what each run wrote" || show err

finish
