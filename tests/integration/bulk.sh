#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Many guests: apply --all makes the changes that are needed and no other; undo undoes them.

. "$srcdir/tests/integration/lib.sh"

count=60
is_long && count=200
is_checked && count=24
make_guests "$count"
dump >before
other >other-before
planned before >planned-before
changed=$(expected add)
complete=$(($(expected complete) + $(expected none)))
refused=$(expected refuse)

tool -c "$uri" apply --all --yes
is "$status" 3 "apply --all: the exit status reports the refusals" || show err
dump >after
same after planned-before "the definitions differ by the placeholders alone: $count guests"
is "$(grep -c 'passwd=.Qz9' after)" "$count" "every password is there"
other >other-after
same other-after other-before "every autostart flag and snapshot is there"
is "$(sed -n '$s/^virt-iommufix: //p' err | sed 's/: .*//')" "$count domains" \
    "the last line sums up" || show err
clean_state "$state"
vsh "list --all --name --with-snapshot" | grep . | sort >with-snapshots
sed -n 's/^virt-iommufix: \(.*\): it has snapshots; .*: virsh snapshot-list \1$/\1/p' err | sort >noted
grep -q . noted && [ -z "$(comm -13 with-snapshots noted)" ]
result "snapshots are noted, of guests that have some" || show noted

tool -c "$uri" apply --all --yes
is "$status" 3 "apply --all again" || show err
dump >again
same again after "changes nothing"
is "$(find "$state/transactions" -mindepth 1 -maxdepth 1 | wc -l)" 1 "and is no transaction"

tool -c "$uri" undo --list
is "$status" 0 "undo --list" || show err
is "$(grep -cE 'g[0-9]{3}-' out)" "$changed" "names each guest that was changed" || show out

tool -c "$uri" undo --yes
is "$status" 0 "undo" || show err
dump >undone
same undone before "leaves no difference"
other >other-undone
same other-undone other-before "and no other"
clean_state "$state"

finish
