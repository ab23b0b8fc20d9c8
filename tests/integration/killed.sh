#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apply and undo, killed at each call. Each guest is as it was or as planned, byte for byte; undo
# --list reports which; undo works, and so does the same command again. Everything that undo needs
# is on disk before libvirt gets a definition, in case the machine dies.

. "$srcdir/tests/integration/faults.sh"

# on_disk: of each file and folder made before a define, are text and name on disk by then? Nothing
# is lost with the journal and the lock.
on_disk() {
    awk '
        function parent(path) { sub(/\/[^\/]*$/, "", path); return path }
        $3 ~ /\/(journal|lock)$/ { next }
        $2 == "mkdir" || $2 == "open" { name[$3] = 1 }
        $2 == "write" { text[$3] = 1 }
        $2 == "fsync" {
            delete text[$3]
            for (path in name)
                if (parent(path) == $3)
                    delete name[path]
        }
        $2 ~ /^virDomainDefine/ {
            defines++
            for (path in text)
                print "# define " $3 ": the text of " path " may be lost"
            for (path in name)
                print "# define " $3 ": the name of " path " may be lost"
            for (path in text)
                bad = 1
            for (path in name)
                bad = 1
        }
        END { exit bad || !defines }' calls
}

was_killed() {
    ended 137 && whole && told && private && $after
}

# Ctrl-C ends it at once as long as nothing is written, then after the guest in hand.
was_interrupted() {
    whole && told && private || return 1
    if [ "$written" = "$all_written" ]; then
        ended 0 || return 1
    elif [ -n "$written" ]; then
        ended 2 && grep -q interrupted err-broken || return 1
    else
        ended 130 2 || return 1
    fi
    no_password && $after
}

undo_was_killed() {
    ended 137 && whole && told && private && back
}

count apply --all --yes
is "$status" 0 "apply with the shim" || show err
whole
is "$written" "$all_written" "changes both guests"
on_disk
result "what apply keeps is on disk before libvirt gets the definition"
at_each "apply, killed before a call" afresh was_killed kill apply --all --yes
at_each "apply, killed after a call" afresh was_killed kill-after apply --all --yes
at_each "apply, interrupted at a call" afresh was_interrupted interrupt apply --all --yes

afresh
count apply --yes --plan "$plan"
is "$status" 0 "apply --plan with the shim" || show err
on_disk
result "what apply --plan keeps is on disk before libvirt gets the definition"
after=rest_planned
at_each "apply --plan, killed before a call" afresh was_killed kill apply --yes --plan "$plan"
at_each "apply --plan, killed after a call" afresh was_killed kill-after apply --yes --plan "$plan"
at_each "apply --plan, interrupted at a call" afresh was_interrupted interrupt \
    apply --yes --plan "$plan"
after=back_again

afresh
runner=talked
count apply --all --interactive
is "$status" 0 "apply --interactive with the shim" || show err
whole
is "$written" "$all_written" "changes both guests"
on_disk
result "what apply --interactive keeps is on disk before libvirt gets the definition"
at_each "apply --interactive, killed before a call" afresh was_killed kill apply --all --interactive
at_each "apply --interactive, killed after a call" afresh was_killed kill-after \
    apply --all --interactive
at_each "apply --interactive, interrupted at a call" afresh was_interrupted interrupt \
    apply --all --interactive
runner=preloaded

afresh_applied
count undo --yes
is "$status" 0 "undo with the shim" || show err
on_disk
result "what undo keeps is on disk before libvirt gets the definition"
at_each "undo, killed before a call" afresh_applied undo_was_killed kill undo --yes
at_each "undo, killed after a call" afresh_applied undo_was_killed kill-after undo --yes

finish
