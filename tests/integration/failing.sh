#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply and undo when a call fails: the disk is full, read-only or broken, or libvirt refuses. The
# tool does not define a change that it could not record; it reports the error, and leaves nothing
# that is in the way later.

. "$srcdir/tests/integration/faults.sh"

# no_define: did libvirt get no definition after a call failed that records the change? A failure of
# the journal loses nothing.
no_define() {
    awk -v n="$at" -v onward="$onward" '
        $2 ~ /^virDomainDefine/ && failed { bad = 1; print "# defined, but not kept: " $0 }
        # another guest
        !onward && $2 == "open" && $3 ~ /[.]virt-iommufix-/ { failed = 0 }
        $2 ~ /^vir/ || $2 == "unlink" || $2 == "write" && $3 ~ /journal$/ { next }
        $1 == n || $1 > n && onward { failed = 1 }
        END { exit bad }' calls
}

# said: is it an error, and is it reported?
said() {
    ended 2 && grep -q '^virt-iommufix: ' err-broken
}

# If only the journal failed, everything may be done.
was_failing() {
    whole && private || return 1
    if [ "$written" != "$all_written" ] || [ "$status_broken" -ne 0 ]; then
        said || return 1
    fi
    told && $after
}

file_failed() {
    no_define && was_failing
}

undo_failed() {
    whole && private && { [ "$status_broken" -eq 0 ] || said; } || return 1
    told && back
}

count apply --all --yes
onward=+
at_each "apply, the disk is full from a call on" afresh file_failed "fail ENOSPC" apply --all --yes
onward=
at_each "apply, one call fails on a file" afresh file_failed "fail EIO" apply --all --yes
at_each "apply, one call of libvirt fails" afresh was_failing "fail libvirt" apply --all --yes

count apply --yes --plan "$plan"
after=rest_planned
onward=+
at_each "apply --plan, the disk is full from a call on" afresh file_failed "fail ENOSPC" \
    apply --yes --plan "$plan"
onward=
at_each "apply --plan, one call fails on a file" afresh file_failed "fail EIO" apply --yes --plan "$plan"
at_each "apply --plan, one call of libvirt fails" afresh was_failing "fail libvirt" \
    apply --yes --plan "$plan"
after=back_again

afresh
runner=talked
count apply --all --interactive
onward=+
at_each "apply --interactive, the disk is full from a call on" afresh file_failed "fail ENOSPC" \
    apply --all --interactive
onward=
at_each "apply --interactive, one call fails on a file" afresh file_failed "fail EIO" \
    apply --all --interactive
at_each "apply --interactive, one call of libvirt fails" afresh was_failing "fail libvirt" \
    apply --all --interactive
runner=preloaded

afresh_applied
count undo --yes
onward=+
at_each "undo, the disk is full from a call on" afresh_applied undo_failed "fail ENOSPC" undo --yes
onward=
at_each "undo, one call fails on a file" afresh_applied undo_failed "fail EIO" undo --yes
at_each "undo, one call of libvirt fails" afresh_applied undo_failed "fail libvirt" undo --yes

# ---- the same, with file systems that really are full or read-only

afresh
mkdir "$VIRT_IOMMUFIX_STATE"
mount -t tmpfs -o size=16k,mode=700 tmpfs "$VIRT_IOMMUFIX_STATE"
tool -c "$uri" apply --all --yes
is "$status" 2 "apply with a full disk is an error"
grep -q 'No space left on device' err
result "that says so" || show err
dump >now
same now before "and defines nothing"
umount "$VIRT_IOMMUFIX_STATE"

afresh_applied
mount --bind "$VIRT_IOMMUFIX_STATE" "$VIRT_IOMMUFIX_STATE"
mount -o remount,bind,ro "$VIRT_IOMMUFIX_STATE"
fine undo --list
result "undo --list needs not write"
tool -c "$uri" undo --yes
is "$status" 2 "undo with a read-only state folder is an error"
grep -q 'Read-only file system' err
result "that says so" || show err
dump >now
same now planned-before "and defines nothing"
umount "$VIRT_IOMMUFIX_STATE"

afresh
mkdir "$VIRT_IOMMUFIX_STATE"
mount -t tmpfs -o ro,mode=700 tmpfs "$VIRT_IOMMUFIX_STATE"
tool -c "$uri" apply --all --yes
is "$status" 2 "apply with a read-only state folder is an error"
grep -q 'Read-only file system' err
result "that says so" || show err
dump >now
same now before "and defines nothing"
fine undo --list
result "undo --list of an empty one"
umount "$VIRT_IOMMUFIX_STATE"

# A file system without links, such as vfat: a plan is saved nevertheless, and none is overwritten.
for there in no yes; do
    SHIM_AT=1 SHIM_CALLS=link preloaded "fail EPERM" -c "$uri" plan -o "$SHIM_UNDER/plan" --all
    is "$status $(grep -c 'already exists' err)" "$([ $there = no ] && echo '0 0' || echo '2 1')" \
        "plan -o without link(), a file is there: $there" || show err
done
tool -c "$uri" plan show "$SHIM_UNDER/plan"
is "$status" 0 "and the plan is whole" || show err

finish
