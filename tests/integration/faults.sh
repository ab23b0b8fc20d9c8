# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# For the tests that break the tool at its calls, which source this file: two guests that both need
# a change, the shim, and what must be true after any fault.

. "$srcdir/tests/integration/lib.sh"

if is_checked; then
    skip "all of it" "the shim can't be preloaded into what ASan or valgrind runs"
    finish
    exit
fi

make_guests 2
names='g001-unmanaged g002-pair'
all_written=" $names"
dump >before
planned before >planned-before
# The folder above counts too, because the entry of the state folder must be on disk.
SHIM_UNDER=$tmp/var
VIRT_IOMMUFIX_STATE=$SHIM_UNDER/state
export SHIM_UNDER VIRT_IOMMUFIX_STATE
mkdir "$SHIM_UNDER"

# A saved plan of both guests, for apply --plan.
plan=$tmp/both.plan
tool -c "$uri" plan -o "$plan" --all
is "$status" 0 "a plan of both guests is saved" || show err

# as_one FILE NAME: the guest NAME's definition in the dump FILE.
as_one() {
    awk -v name="$2" '
        /^<domain / { text = ""; mine = 0 }
        { text = text $0 "\n" }
        $0 == "  <name>" name "</name>" { mine = 1 }
        /^<\/domain>/ && mine { printf "%s", text }' "$1"
}

# whole: is each guest as it was (before) or as planned (planned-before)? Sets $written to the
# guests that are as planned, each after a space.
whole() {
    written=
    dump >now
    for name in $names; do
        as_one now "$name" >now.one
        as_one before "$name" >before.one
        as_one planned-before "$name" >planned.one
        if cmp -s now.one planned.one; then
            written="$written $name"
        elif ! cmp -s now.one before.one; then
            echo "# $name is neither as it was nor as planned"
            diff before.one now.one | sed 's/^/# /'
            return 1
        fi
    done
}

# must STATUS WHAT: did the tool end with this status?
must() {
    [ "$status" -eq "$1" ] || { echo "# $2: exit status $status, not $1"; show err; return 1; }
}

# ended STATUS...: did the broken run end with one of these statuses?
ended() {
    for one; do
        [ "$status_broken" -ne "$one" ] || return 0
    done
    echo "# exit status $status_broken, not $*"
    return 1
}

# fine COMMAND...: runs the tool without the shim; it must succeed.
fine() {
    tool -c "$uri" "$@"
    must 0 "$*"
}

# told: does undo --list name the guests that were written?
told() {
    fine undo --list || return 1
    for name in $written; do
        grep -q "$name" out || { echo "# undo --list does not name $name"; show out; return 1; }
    done
}

# private: can only the owner read the records?
private() {
    [ ! -e "$VIRT_IOMMUFIX_STATE" ] ||
        [ -z "$(find "$VIRT_IOMMUFIX_STATE" -type d ! -perm 700 -o ! -type d ! -perm 600)" ] ||
        { echo "# others may read what is kept"; return 1; }
}

# no_password: is there no password in the records?
no_password() {
    ! grep -rl 'Qz9[0-9]' "$VIRT_IOMMUFIX_STATE" 2>/dev/null | sed 's/^/# password in /' | grep .
}

# back: undo removes the change, and leaves no password. If nothing was written, there is nothing to
# undo.
back() {
    tool -c "$uri" undo --yes
    [ -z "$written" ] || must 0 undo || return 1
    dump >now
    if ! cmp -s now before; then
        echo "# undo leaves a difference"
        diff before now | sed 's/^/# /'
        return 1
    fi
    no_password
}

# again: the same command does the rest, and undo undoes it.
again() {
    fine apply --all --yes && whole && [ "$written" = "$all_written" ] && back
}

# back_again: undo removes what was written, then the same command does all.
back_again() {
    back && again
}

# rest_planned: the saved plan is good for the guests that were not written, and for no other.
rest_planned() {
    first=$written
    tool -c "$uri" apply --yes --plan "$plan"
    [ -n "$first" ] && refused=3 || refused=0
    must "$refused" "apply --plan after a break" && whole && [ "$written" = "$all_written" ] || return 1
    # Two transactions, the last one first.
    [ -z "$first" ] || [ "$first" = "$all_written" ] || fine undo --yes || return 1
    back
}

# What is done after a break: back_again or rest_planned.
after=back_again

# afresh: the state before the first run.
afresh() {
    rm -rf "$SHIM_UNDER"
    mkdir "$SHIM_UNDER"
    dump >now
    cmp -s now before ||
        vsh "define $tmp/guests/g001-unmanaged.xml; define $tmp/guests/g002-pair.xml" >/dev/null
}

# afresh_applied: the state after the first apply.
afresh_applied() {
    afresh && fine apply --all --yes
}

# talked DO ARGUMENT...: like preloaded, on a terminal where all questions are answered with y.
talked() {
    rm -f "$tmp/calls"
    printf '%s\ty\t\n' '[y,n,a,d,g,v,q,?]' '[y/N]' >"$tmp/answers"
    SHIM_DO=$1
    shift
    # pty is not to be broken, so env loads the shim.
    SHIM_DO=$SHIM_DO SHIM_LOG=$tmp/calls NO_COLOR=1 \
        "$PTY" "$tmp/answers" env LD_PRELOAD="$SHIM" "$VIRT_IOMMUFIX" "$@" >"$tmp/err" 2>&1
    status=$?
}

# count COMMAND...: sets $total to the number of its calls. $runner runs the tool.
runner=preloaded
count() {
    SHIM_AT=0
    export SHIM_AT
    $runner none -c "$uri" "$@"
    [ -e calls ] || : >calls
    total=$(wc -l <calls)
}

# at_each NAME FROM CHECK DO COMMAND...: for each call (in the short form: for some), runs FROM,
# then the command with DO at that call, then CHECK. Prints the calls that fail, the first of them
# in full. SHIM_AT may get a + by $onward.
onward=
at_each() {
    each=$1
    from=$2
    check=$3
    do=$4
    shift 4
    is_long && step=1 || step=11
    at=$step
    bad=
    while [ "$at" -le "$total" ]; do
        $from || exit 99
        SHIM_AT=$at$onward
        $runner "$do" -c "$uri" "$@"
        cp err err-broken
        status_broken=$status
        if ! $check; then
            echo "# that was with call $(sed -n "${at}p" calls)"
            if [ -z "$bad" ]; then
                echo "# exit status $status_broken, its calls:"
                show calls
                show err-broken
            fi
            bad="$bad $at"
        fi
        at=$((at + step))
    done
    [ -z "$bad" ] && [ "$total" -gt 0 ]
    result "$each ($total calls)"
}
