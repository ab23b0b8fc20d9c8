#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A libvirtd that does not answer: it is stopped right before a call of apply. The first signal asks
# to stop after that call, the second ends the tool at once. Without a signal, the tool ends with an
# error when there was no answer for half a minute.

. "$srcdir/tests/integration/lib.sh"

if is_checked; then
    skip "all of it" "the shim can't be preloaded into what ASan or valgrind runs"
    finish
    exit
fi

# This libvirtd closes a connection that does not answer it for five seconds.
! is_long || printf 'keepalive_interval = 1\nkeepalive_count = 4\n' >>/etc/libvirt/libvirtd.conf
make_guests 6
dump >before
daemon=$(cat /run/libvirtd.pid)

# stuck CALL: starts an apply that hangs in its first call of that name.
stuck() {
    rm -rf "$state" stuck-now
    # What a shell starts in the background ignores SIGINT.
    env --default-signal SHIM_AT=1 "SHIM_CALLS=$1" LD_PRELOAD="$SHIM" \
        "SHIM_DO=run kill -STOP $daemon; : >$tmp/stuck-now" \
        "$VIRT_IOMMUFIX" -c "$uri" apply --all --yes >out 2>err &
    pid=$!
    tries=0
    while [ ! -e stuck-now ] && [ "$tries" -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    sleep 0.3
}

# lasts: does the tool still run?
lasts() {
    sleep 0.3
    kill -0 "$pid" 2>/dev/null
}

for ended in INT-130 TERM-143 HUP-129; do
    signal=${ended%-*}
    stuck 'virDomainDefineXML*'
    kill -"$signal" "$pid"
    lasts
    result "$signal: the first signal waits for the call in hand"
    grep -q 'stopping after the call in hand; a second signal stops at once' err
    result "$signal: and is answered" || show err
    kill -"$signal" "$pid"
    sleep 0.3
    kill -0 "$pid" 2>/dev/null
    is "$?" 1 "$signal: the second one ends the tool while libvirtd is stopped"
    kill -CONT "$daemon"
    wait "$pid"
    is "$?" "${ended#*-}" "$signal: it ends by the signal"
    tool -c "$uri" apply --all --yes
    # Some guests are refused.
    is "$status" 3 "$signal: the same command does the rest" || show err
    rm -rf "$state"
    vsh "$(cat "$tmp/guests/define")" >define.out
    dump >now
    same now before "$signal: the guests of before are defined again"
done

# One signal, and libvirtd answers again: the guest in hand is written, no other.
stuck 'virDomainDefineXML*'
kill -INT "$pid"
kill -CONT "$daemon"
wait "$pid"
is "$?" 2 "a signal, then libvirtd answers: stopped" || show err
grep -q 'interrupted: [0-9]* of the domains not written' err
result "and what is left is reported" || show err
tool -c "$uri" undo --list --json
is "$(grep -c '"state":"written"' out)" 1 "the guest in hand is written" || show out

# Without an answer it ends by itself, in the middle of a run and before it.
if is_long; then
    rm -rf "$state"
    stuck 'virDomainDefineXML*'
    begun=$(date +%s)
    { sleep 90; kill -KILL "$pid"; } 2>/dev/null &
    watch=$!
    wait "$pid"
    is "$?" 2 "a libvirtd that stays stopped is an error" || show err
    kill "$watch"
    took=$(($(date +%s) - begun))
    [ "$took" -ge 25 ] && [ "$took" -le 60 ]
    result "after some 40 seconds" || echo "# $took"
    grep -q 'the connection was lost; connecting again$' err &&
        grep -q "cannot connect to $uri: no answer in 10 seconds$" err
    result "which reports what happened" || show err
    grep -q '[1-9] of the domains not written and 1 perhaps written; run the same' err
    result "and which domains are left" || show err
    timeout -s KILL 90 "$VIRT_IOMMUFIX" -c "$uri" check --all >out 2>err
    is "$? $(tail -n 1 err)" "2 virt-iommufix: cannot connect to $uri: no answer in 30 seconds" \
        "so is one that does not answer at all"
    grep -q "^virt-iommufix: $uri: no answer yet, still waiting; Ctrl-C ends this$" err
    result "and a wait is reported" || show err
    kill -CONT "$daemon"
    tool -c "$uri" apply --all --yes
    is "$status" 3 "once it answers, the same command does the rest" || show err

    rm -rf "$state"
    vsh "$(cat "$tmp/guests/define")" >define.out
    SHIM_AT=1 SHIM_CALLS='virDomainDefineXML*' preloaded 'run sleep 8' -c "$uri" apply --all --yes
    is "$status $(grep -c 'connection was lost' err)" "3 0" \
        "a tool that calls libvirtd for nothing for eight seconds still answers it" || show err
fi

finish
