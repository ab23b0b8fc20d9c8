#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Which host a connection leads to: the same libvirt by several names, a second daemon, a socket
# that was forwarded from another machine of the same name, a host whose UUID changes; and what undo
# makes of the records of each.

. "$srcdir/tests/integration/lib.sh"

make_guests 2
names='g001-unmanaged g002-pair'
dump >before
planned before >planned-before

# ---- one libvirt by several names

socket="qemu+unix:///system?socket=/run/libvirt/libvirt-sock"
tool -c "$uri" -c qemu+unix:///system -c "$socket" apply --all --yes --json
is "$status $(grep -c '"domain":' out)" "0 2" "three names of one libvirt: each guest once" || show out err
grep -q "^virt-iommufix: qemu+unix:///system: this is the libvirt of $uri, so it is asked only once$" err
result "which is reported" || show err
dump >now
same now planned-before "and written once"
for name in qemu+unix:///system qemu:/system "$socket"; do
    tool -c "$name" undo --yes
    is "$status" 0 "undo by $name" || show err
    dump >now
    same now before "takes all of it back"
    tool -c "$name" apply --all --yes
    is "$status" 0 "apply by that name" || show err
done
tool -c "$uri" undo --yes
is "$status" 0 "and undo by the first name" || show err

# ---- a second daemon of the same host, as in a container: it has other guests

mkdir /run/second
sed '/host_uuid/d' /etc/libvirt/libvirtd.conf >second.conf
echo 'unix_sock_dir = "/run/second"' >>second.conf
unshare -m sh -c "for folder in /run/libvirt /var/lib/libvirt /var/cache/libvirt /etc/libvirt/qemu; do
        mount -t tmpfs -o mode=755 tmpfs \$folder
    done
    libvirtd --daemon --pid-file /run/second.pid --config $tmp/second.conf" >out 2>&1 || show out
second="qemu+unix:///system?socket=/run/second/libvirt-sock"
tries=0
until virsh -q -c "$second" uri >out 2>&1 || [ "$tries" -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
tool -c "$uri" -c "$second" check --all
grep -q '^virt-iommufix: 2 domains: 2 to change' err
result "a second daemon is asked, too" || show err
grep -q 'asked only once' err
is "$?" 1 "because it is not the same" || show err
rm -rf "$state"
tool -c "$uri" apply --yes g001-unmanaged
id=$(ls "$state/transactions")
tool -c "$second" undo --yes
is "$status $(sed 's/.*; //' err)" \
    "2 transaction $id is on another one. To undo it: virt-iommufix --connect $uri undo" \
    "undo on the second daemon names the first one" || show err
tool -c "$second" -c "$uri" undo --yes
is "$status" 0 "and ends no record" || show err
dump >now
same now before "which undo takes back"
rm -rf "$state"
kill "$(cat /run/second.pid)"

# ---- the guest of a record is renamed, or gone; another one has its name

tool -c "$uri" apply --all --yes
vsh "domrename g001-unmanaged first" >out || show out
sed 's/g001-unmanaged/first/' before >before-renamed
vsh "dumpxml --inactive --security-info g002-pair" | sed 's/g002-pair/g001-unmanaged/; /<uuid>/d' >second.xml
vsh "define second.xml" >out
tool -c "$uri" undo --yes g001-unmanaged
is "$status $(sed 's/;.*//' err)" "2 virt-iommufix: nothing to undo in g001-unmanaged on $uri" \
    "undo DOMAIN: not of the guest that had the name before"
tool -c "$uri" undo --yes first
is "$status" 0 "but of the one that has it now" || show err
vsh "undefine g001-unmanaged; undefine g002-pair" >out
tool -c "$uri" undo --yes
is "$status $(grep -c '^virt-iommufix: g002-pair: the domain is gone' err)" "0 1" \
    "a guest that is gone ends its record" || show err
vsh "undefine first" >out
vsh "$(cat guests/define)" >out
dump >now
same now before "the guests are as before"
rm -rf "$state"

# ---- a record that cannot be read

tool -c "$uri" apply --all --yes
record=$(echo "$state"/transactions/*/0001.json)
: >"$record"
tool -c "$uri" undo --yes
is "$status $(tail -n 1 err)" "2 virt-iommufix: 2 domains: 1 undone, 0 refused, 1 failed." \
    "undo of a transaction with a record that cannot be read does the rest, and fails" || show err
grep -q "0001.json: not JSON: it ends too early$" err
result "with the reason" || show err
rm "$record"
mkfifo "$record"
timeout 20 "$VIRT_IOMMUFIX" -c "$uri" undo --list >out 2>err
is "$? $(grep -c '0001.json: it is not a regular file$' err)" "2 1" "undo --list does not wait for a pipe"
vsh "$(cat guests/define)" >out
rm -rf "$state"

# ---- the lock is held only while something is written, not during a question

# asked COMMAND...: runs the tool on a terminal until it asks; its process is $pid.
asked() {
    rm -f answers
    mkfifo answers
    script -qefc "$VIRT_IOMMUFIX -c $uri $*" /dev/null <answers >terminal 2>&1 &
    pid=$!
    exec 8>answers
    tries=0
    while ! grep -q 'Write . domain' terminal && [ "$tries" -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
}

# answered WORD: gives the answer. Sets $status to the exit status.
answered() {
    echo "$1" >&8
    exec 8>&-
    wait "$pid"
    status=$?
}

if command -v script >/dev/null; then
    tool -c "$uri" apply --yes g001-unmanaged
    asked undo
    tool -c "$uri" apply --yes g002-pair
    is "$status" 0 "while undo asks, another run writes" || show err
    answered y
    is "$status" 0 "and then undo does" || show terminal
    tool -c "$uri" undo --yes
    dump >now
    same now before "both are undone"
    tool -c "$uri" apply --yes g001-unmanaged
    asked undo
    tool -c "$uri" undo --yes
    is "$status" 0 "another run undoes the same" || show err
    answered y
    is "$status $(grep -c 'definition changed in the meantime' terminal)" "3 1" "which the first one notices" ||
        show terminal
    dump >now
    same now before "and nothing is done twice"
    rm -rf "$state"
else
    skip "questions and the lock" "there is no script(1)"
fi

# ---- a socket that was forwarded from another machine of the same name

# here URI: does the tool take the host of that URI for this machine? Only then it reports what it
# could not look at here, because it does not run as root.
here() {
    setpriv --reuid 65534 --regid 65534 --clear-groups /run/tool -c "$1" check g001-unmanaged \
        >out 2>err
    grep -q "^virt-iommufix: 1 domain: 1" err
    result "$1 answers" || show err
    grep -q '^virt-iommufix: not root, so nothing shows' err
}

# forwarded: starts libvirtd as that of another machine, whose processors had other times.
forwarded() {
    $control kill
    sed 's/^cpu  [0-9]* /cpu  987654321 /' /proc/stat >stat
    unshare -m sh -c "mount --bind stat /proc/stat && $control start"
}

if is_checked || ! command -v setpriv >/dev/null; then
    skip "what is here" "the tool cannot run as another user"
else
    cp "$VIRT_IOMMUFIX" /run/tool
    for name in "$uri" "$socket"; do
        here "$name"
        is "$?" 0 "$name is here"
    done
    sed 's/^host_uuid.*//' /etc/libvirt/libvirtd.conf >conf
    cat conf >/etc/libvirt/libvirtd.conf
    tool -c "$uri" apply --yes g001-unmanaged
    $control kill
    $control start
    tool -c "$uri" undo --yes
    is "$status" 0 "a host whose UUID is another after each start of libvirtd is the same" || show err

    tool -c "$uri" plan -o here.plan g002-pair
    tool -c "$uri" apply --yes g001-unmanaged
    forwarded
    here "$uri"
    is "$?" 1 "a forwarded socket is not here, although name and address are the same"
    tool -c "$uri" undo --yes
    is "$status" 2 "and undo does not write to that host"
    cp err err-undo
    grep -q 'was written to this address, whose host had the UUID .* then and has .* now' err
    result "and reports why" || show err
    tool -c "$uri" apply --yes --plan here.plan
    is "$status $(grep -c 'its plan is for .*, whose host had the UUID .* make a new one: ' err)" "3 1" \
        "nor does apply --plan" || show err
    # What the message asks for where it is the same host.
    sed -n 's/.* set \(host_uuid = "[-0-9a-f]*"\) in its libvirtd.conf .*/\1/p' err-undo \
        >>/etc/libvirt/libvirtd.conf
    forwarded
    tool -c "$uri" undo --yes
    is "$status" 0 "undo does, if the host gets the UUID of the record" || show err
fi

finish
