#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Another user writes at the same time: an edit with virsh at any call of apply is kept, and a
# second run of the tool reports that it must wait.

. "$srcdir/tests/integration/faults.sh"

edit="desc g001-unmanaged --config --title 'edited by another'"
cp before before-plain
cp planned-before planned-plain
vsh "$edit" >out
dump >before-edited
planned before-edited >planned-edited

# Only an edit right before the define is lost: libvirt has no compare-and-set.
stays() {
    echo "$status_broken" >>statuses
    if [ "$(sed -n "${at}p" calls)" = "$at virDomainDefineXMLFlags g001-unmanaged" ]; then
        return 0
    fi
    cp before-edited before
    cp planned-edited planned-before
    whole
    kept=$?
    cp before-plain before
    cp planned-plain planned-before
    [ "$kept" -eq 0 ] || return 1
    case "$status_broken $written" in
    "0 $all_written" | "3  g002-pair") ;;
    "2 $all_written") grep -q g001-unmanaged err-broken ;;
    *) echo "# exit status $status_broken, written:$written"; return 1 ;;
    esac
}

# edited_too: undo removes the placeholders and keeps the edit.
edited_too() {
    stays || return 1
    tool -c "$uri" undo --yes
    must 0 "undo" || return 1
    dump >now
    if [ "$(sed -n "${at}p" calls)" != "$at virDomainDefineXMLFlags g001-unmanaged" ]; then
        cmp -s now before-edited || { diff before-edited now | sed 's/^/# /'; return 1; }
    fi
}

afresh
count apply --all --yes
: >statuses
at_each "an edit by virsh before a call of apply stays, also after undo" afresh edited_too \
    "run virsh -c $uri \"$edit\" >/dev/null" apply --all --yes
grep -q 0 statuses
result "some edits come in time, or late enough" || show statuses

# Right after the define, before the tool reads it back.
afresh
count apply g001-unmanaged --yes
afresh
SHIM_AT=$(awk '$2 ~ /^virDomainDefine/ { print $1 + 1; exit }' calls)
preloaded "run virsh -c $uri \"$edit\" >/dev/null" -c "$uri" apply g001-unmanaged --yes
dump >now
grep -q "edited by another" now
result "an edit before the definition is read back stays" || show err

# Right after the tool read the definition for its plan: the plan is stale.
afresh
SHIM_CALLS='open'
SHIM_AT=1
export SHIM_CALLS
preloaded "run virsh -c $uri \"$edit\" >/dev/null" -c "$uri" apply g001-unmanaged --yes
is "$status" 3 "an edit between plan and define: refused as stale" || show err
grep -q g001-unmanaged err
result "which is reported for the guest" || show err
dump >now
same now before-edited "and nothing but the edit is there"

# One guest is written; during the define of the other guest, a second run starts.
afresh
SHIM_AT=2
SHIM_CALLS='virDomainDefineXML*'
cat >other-run <<SH
"$VIRT_IOMMUFIX" -c "$uri" apply --all --yes >other.out 2>other.err
echo \$? >other.status
"$VIRT_IOMMUFIX" -c "$uri" undo --yes >other.undo 2>&1
echo \$? >other.undo-status
"$VIRT_IOMMUFIX" -c "$uri" check --all >other.check 2>&1
echo \$? >other.check-status
SH
preloaded "run sh $tmp/other-run" -c "$uri" apply --all --yes
is "$status" 0 "two runs at once: the first is not disturbed" || show err
is "$(cat other.status)" 2 "the other one is refused" || show other.err
grep -q 'another run' other.err
result "and reports that another run writes" || show other.err
is "$(cat other.undo-status)" 2 "so is an undo" || show other.undo
is "$(cat other.check-status)" 1 "one that only reads is not" || show other.check
whole
is "$written" "$all_written" "and all is done once"
fine undo --yes
result "then undo may write" || show err
dump >now
same now before "and leaves no difference"

finish
