#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fifty guests on the groups of one host.

host='slot bridge switch'
. "$srcdir/tests/lab/lib.sh"

# definitions: all of them.
definitions() {
    vsh "$(cat "$tmp/dump")"
}

# Which device a guest claims, and how many others are in its group.
cat >"$tmp/claims" <<CLAIMS
$slot_nic 2
$slot_usb 2
$slot_sound 2
$bridge_nic 1
$bridge_sound 1
$switch_usb 1
$switch_sound 1
$switch_nic 0
CLAIMS
lacking=0
for number in $(seq 50); do
    # shellcheck disable=SC2046 # two words
    set -- $(sed -n "$((number % 8 + 1))p" "$tmp/claims")
    lacking=$((lacking + $2))
    guest_xml "guest-$number" "$1" >"$tmp/guest-$number.xml"
    echo "define $tmp/guest-$number.xml;" >>"$tmp/define"
    echo "dumpxml --inactive guest-$number;" >>"$tmp/dump"
done
vsh "$(cat "$tmp/define")" >"$tmp/out" 2>&1 || show "$tmp/out"
is "$(vsh list --all --name | grep -c guest)" 50 "there are fifty guests"
definitions >"$tmp/before"

tool check --all
ends 1 "check --all"
tool apply --all --yes
ends 0 "apply --all"
definitions >"$tmp/after"
is "$(grep -c "type='unassigned'" "$tmp/after")" "$lacking" "adds what each of them lacks"
tool check --all
ends 0 "check --all: all are complete"
tool undo --yes
ends 0 "undo"
definitions >"$tmp/undone"
same "$tmp/undone" "$tmp/before" "every definition is as it was"

finish
