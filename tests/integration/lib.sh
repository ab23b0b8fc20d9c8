# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What every integration test starts with: . "$srcdir/tests/integration/lib.sh"
# See README.md in this folder.
#
# A test that sources this is run twice: outside, where it only makes a private world and runs
# itself in it; and inside, where a libvirtd of its own answers at qemu:///system. Inside, the test
# is process 1: when it ends, however it ends, every process and mount of its world is gone.
#
# From the environment, in addition to what tests/cli/lib.sh takes:
#   INTEGRATION   "all": the long form of the test, and a program that is missing is a failure;
#                 else the short form, and it is skipped
#   SHIM          the shared object built from shim.c

PATH=$PATH:/usr/sbin:/sbin
export PATH

# cannot REASON: this test can't be run here.
cannot() {
    echo "1..0 # SKIP $1"
    exit 0
}

# is_long: all points and places, not a sample of them?
is_long() {
    [ "${INTEGRATION:-}" = all ]
}

# is_checked: is the tool run under ASan or valgrind?
is_checked() {
    [ -n "${MEMORY_LOGS:-}" ]
}

integration_outside() {
    [ "$(id -u)" -eq 0 ] || cannot "only root can make a world of its own"
    for program in unshare mount libvirtd virsh qemu-system-x86_64; do
        command -v "$program" >/dev/null && continue
        is_long || cannot "there is no $program"
        echo "Bail out! there is no $program"
        exit 1
    done
    unshare -m -n -p -f --mount-proc mount -t tmpfs tmpfs /run 2>/dev/null ||
        cannot "this root may not unshare and mount"
    IFX_WORLD=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-world.XXXXXX") || exit 99
    export IFX_WORLD
    trap 'rm -rf "$IFX_WORLD"' EXIT
    # unshare's child dies with it.
    trap 'kill -KILL "$unshare_pid" 2>/dev/null; exit 99' HUP INT TERM
    unshare -m -n -p -f --kill-child --mount-proc --propagation private \
        sh "$0" "$@" &
    unshare_pid=$!
    wait "$unshare_pid"
    exit $?
}

# over FOLDER: an empty one of our own is seen instead of it.
over() {
    mkdir -p "$IFX_WORLD/over/$1"
    mount --bind "$IFX_WORLD/over/$1" "$1" || exit 99
}

# A /dev without kvm: if libvirt finds a kvm that QEMU cannot use, it probes QEMU again for each
# definition.
integration_dev() {
    dev=$IFX_WORLD/over/dev
    mkdir -p "$dev/pts" "$dev/shm"
    for node in null zero full random urandom tty; do
        : >"$dev/$node"
        mount --bind "/dev/$node" "$dev/$node" || exit 99
    done
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$dev/pts" || exit 99
    ln -s pts/ptmx "$dev/ptmx"
    ln -s /proc/self/fd "$dev/fd"
    ln -s fd/0 "$dev/stdin"
    ln -s fd/1 "$dev/stdout"
    ln -s fd/2 "$dev/stderr"
    mount --rbind "$dev" /dev || exit 99
}

# libvirtd looks for a user of a package that is not needed otherwise.
integration_users() {
    for file in passwd group; do
        cp "/etc/$file" "$IFX_WORLD/over/$file"
        grep -q '^libvirt-qemu:' "/etc/$file" || case $file in
        passwd) echo 'libvirt-qemu:x:64055:64055::/:/bin/false' ;;
        group) echo 'libvirt-qemu:x:64055:' ;;
        esac >>"$IFX_WORLD/over/$file"
        grep -q '^kvm:' /etc/group || [ "$file" = passwd ] ||
            echo 'kvm:x:64056:' >>"$IFX_WORLD/over/$file"
        mount --bind "$IFX_WORLD/over/$file" "/etc/$file" || exit 99
    done
}

integration_inside() {
    TMPDIR=$IFX_WORLD
    # One file system in memory holds all that changes: fsync costs nothing.
    mount -t tmpfs -o mode=755 tmpfs "$IFX_WORLD" || exit 99
    mkdir "$IFX_WORLD/over"
    integration_users
    for folder in /etc/libvirt /var/lib /var/cache /var/log /run; do
        over "$folder"
    done
    integration_dev
    # libudev would not believe the links of a sysfs that is none.
    SYSTEMD_DEVICE_VERIFY_SYSFS=0
    export SYSTEMD_DEVICE_VERIFY_SYSFS

    cat >/etc/libvirt/libvirtd.conf <<CONF
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "3:file:$IFX_WORLD/libvirtd.log"
host_uuid = "6a0e7fd2-5d7a-4c55-9a33-3f1d2c9b6e01"
CONF
    cat >/etc/libvirt/qemu.conf <<CONF
user = "root"
group = "root"
security_driver = "none"
stdio_handler = "file"
namespaces = []
cgroup_controllers = []
CONF
}

if [ -z "${IFX_WORLD:-}" ]; then
    integration_outside "$@"
fi
integration_inside
. "$srcdir/tests/cli/lib.sh"

uri=qemu:///system
state=/var/lib/virt-iommufix

# on_host HOST.txt: this machine has the devices of that description. Before libvirtd is started.
on_host() {
    "$srcdir/tests/tools/make-host.sh" sysfs "$1" "$IFX_WORLD/host" || exit 99
    # A guest that is started wants to know the processors.
    mkdir -p "$IFX_WORLD/host/sys/devices/system"
    mount --bind /sys/devices/system "$IFX_WORLD/host/sys/devices/system" || exit 99
    # Where cgroups are still listed, libvirtd takes them for usable.
    umount -R -l /sys 2>/dev/null
    mount --rbind "$IFX_WORLD/host/sys" /sys || exit 99
    if [ -d "$IFX_WORLD/host/run" ]; then
        cp -R "$IFX_WORLD/host/run/." /run
    fi
}

# What starts and kills libvirtd: libvirtd.sh.
control="sh $srcdir/tests/integration/libvirtd.sh"

# vsh COMMAND...: virsh, on our libvirtd.
vsh() {
    virsh -q -c "$uri" "$@"
}

# make_guests COUNT: makes host and guests (guests.awk); the host is this machine's, libvirtd
# is started, the guests are defined.
make_guests() {
    mkdir "$tmp/guests"
    awk -v count="$1" -v dir="$tmp/guests" -f "$srcdir/tests/integration/guests.awk" || exit 99
    on_host "$tmp/guests/host.txt"
    $control start || exit 99
    for commands in define autostart snapshot; do
        [ -s "$tmp/guests/$commands" ] || continue
        vsh "$(cat "$tmp/guests/$commands")" >"$tmp/out" || exit 99
    done
}

# dump: all guests as they are defined, with their passwords.
dump() {
    vsh "$(cat "$tmp/guests/dump")"
}

# other: all else that belongs to a guest and must stay.
other() {
    vsh "list --all --name --autostart; list --all --name --with-snapshot;
        $([ ! -s "$tmp/guests/snapshots" ] || cat "$tmp/guests/snapshots")"
}

# planned DUMP: what is to become of it.
planned() {
    awk -f "$srcdir/tests/integration/planned.awk" "$tmp/guests/plan" "$1"
}

# expected RESULT: how many guests are to meet it.
expected() {
    awk -v result="$1" '$2 == result { n++ } END { print n + 0 }' "$tmp/guests/plan"
}

# clean_state FOLDER: is it as nobody but its owner may see it, and without a password?
clean_state() {
    is "$(find "$1" -type d ! -perm 700 -o ! -type d ! -perm 600)" "" \
        "the state folder is its owner's alone"
    is "$(grep -rl 'Qz9[0-9]' "$1")" "" "and holds no password"
}

# preloaded DO ARGUMENT...: runs the tool with the shim, which does DO; SHIM_* from the environment.
# Leaves what `tool` leaves, and the calls that were counted in $tmp/calls.
preloaded() {
    rm -f "$tmp/calls"
    SHIM_DO=$1
    shift
    SHIM_DO=$SHIM_DO SHIM_LOG=$tmp/calls LD_PRELOAD=$SHIM "$VIRT_IOMMUFIX" "$@" \
        >"$tmp/out" 2>"$tmp/err"
    status=$?
}
