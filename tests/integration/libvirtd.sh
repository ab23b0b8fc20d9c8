#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The libvirtd of a test's world:
#
#   libvirtd.sh start           returns when it answers
#   libvirtd.sh kill            kills it with SIGKILL; returns when it is gone
#   libvirtd.sh later SECONDS   returns at once; after that time it kills and starts libvirtd, and
#                               then makes /run/libvirtd.again

set -u

start() {
    rm -f /run/libvirtd.pid
    libvirtd --daemon --pid-file /run/libvirtd.pid || return 1
    tries=0
    while ! virsh -q -c qemu:///system uri >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then
            echo "# libvirtd does not answer"
            return 1
        fi
        sleep 0.05
    done
}

end() {
    pid=$(cat /run/libvirtd.pid)
    kill -KILL "$pid"
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.01
    done
}

case $1 in
start) start ;;
kill) end ;;
later)
    rm -f /run/libvirtd.again
    # No pipe of the caller may wait for it.
    {
        sleep "$2"
        end
        start
        : >/run/libvirtd.again
    } >/dev/null 2>&1 </dev/null &
    ;;
esac
