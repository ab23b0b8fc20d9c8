#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's qemu hook: which guests it lets start, and its file.

. "$srcdir/tests/cli/lib.sh"

domains=$srcdir/tests/data/domains

# hook HOST--DOMAIN OPERATION [OPTION...]: as libvirt calls it.
hook() {
    hook_domain=$1
    hook_operation=$2
    shift 2
    tool hook --sysroot "$(make_sysroot "${hook_domain%%--*}")" "$@" \
        "${hook_domain#*--}" "$hook_operation" begin - <"$domains/$hook_domain.xml"
}

# starts NAME, refused WORDS NAME: what came of it.
starts() {
    is "$status $(cat out err)" "0 " "$1"
}

refused() {
    is "$status $(cat out)" "1 " "$2: refused"
    grep -qF -- "$1" err
    result "$2: it says why" || show err
}

# stuck PATH ARGUMENT...: runs the tool, which waits for ever when it opens PATH. Leaves what goes to
# the system log in stuck.log.
stuck() {
    stuck_at=$1
    shift
    : >"$tmp/stuck.log"
    STUCK_AT=$stuck_at STUCK_LOG=$tmp/stuck.log LD_PRELOAD=$STUCK "$VIRT_IOMMUFIX" "$@" >"$tmp/out" 2>"$tmp/err"
    status=$?
}

# This one takes the hook's whole time, so it runs beside all others (see "what does not answer").
mkdir "$tmp/late"
if ! is_checked; then
    (
        late_host=$(make_sysroot desktop-intel)
        begun=$(date +%s)
        STUCK_AT=proc/swaps STUCK_LOG=$tmp/late/log LD_PRELOAD=$STUCK "$VIRT_IOMMUFIX" hook \
            --sysroot "$late_host" nv prepare begin - \
            <"$domains/desktop-intel--placeholder-in-use.xml" >"$tmp/late/out" 2>"$tmp/late/err"
        echo $? >"$tmp/late/status"
        echo $(($(date +%s) - begun)) >"$tmp/late/seconds"
    ) &
    late=$!
fi

# ---- what a guest is refused for

hook gpu-desktop--gpu-only prepare
refused 'All devices of the same IOMMU group 2 of the PCI device 0000:01:00.0 must belong to domain gpu-only; these do not: 0000:01:00.1 (audio device, snd_hda_intel): missing, 0000:01:00.2 (' \
    "a group that lacks devices"
grep -q '. Declare them: virt-iommufix apply gpu-only$' err
result "it says what mends it" || show err
is "$(wc -l <err | tr -d ' ')" 1 "in one line"
hook gpu-desktop--gpu-unmanaged prepare
refused 'must belong to domain gpu-unmanaged' "a device that is not managed"
hook gpu-desktop--gpu-complete prepare
starts "a guest that is complete"
hook gpu-desktop--no-hostdev prepare
starts "a guest without devices"
hook gpu-desktop--placeholder-orphan prepare
starts "placeholders alone"
hook gpu-desktop--sata prepare
refused '. See what prevents that: virt-iommufix check sata' "a group that can't be completed"
hook bridge-driver--cardbus prepare
refused '0000:05:00.0 (CardBus bridge, yenta_cardbus): bridge-blocks' "a bridge in the way"

# For the kernel a device without a driver blocks nothing; for the rule of 2019 it does.
sysroot=$(make_sysroot gpu-desktop)
cp -a "$sysroot" "$tmp/detached"
rm "$tmp"/detached/sys/bus/pci/devices/0000:01:00.[123]/driver
tool hook --sysroot "$tmp/detached" gpu-only prepare begin - <"$domains/gpu-desktop--gpu-only.xml"
starts "the others were detached by hand"
tool hook --sysroot "$tmp/detached" --rule=strict gpu-only prepare begin - \
    <"$domains/gpu-desktop--gpu-only.xml"
refused '0000:01:00.1 (audio device, no driver): missing' "by the strict rule"

# ---- what the host uses now

hook desktop-intel--placeholder-in-use prepare --allow-member=0000:03:00.0
refused 'would take 0000:03:00.0 from the host, which uses it: enp3s0 -> default route (in-use-network)' \
    "the default route is not to be allowed"
sed -i '/\/0 via/d' "$(make_sysroot desktop-intel)/netlink"
hook desktop-intel--placeholder-in-use prepare
refused 'domain placeholder-in-use would take 0000:02:00.0 from the host, which uses it: nvme0n1 -> nvme0n1p1 -> dm-0 (luks) -> dm-1 (lvm) -> /home (in-use-mounted). Unmount it first' \
    "placeholders for a disk and an interface"
grep -q 'If the host does not need these devices: virt-iommufix hook --install --allow-member=0000:02:00.0 --allow-member=0000:03:00.0$' err
result "the command that allows them, as a whole" || show err
is "$(wc -l <err | tr -d ' ')" 3 "a line for each"
hook desktop-intel--placeholder-in-use prepare --rule=strict --fail-closed --allow-member=0000:03:00.0
grep -q ': virt-iommufix hook --install --rule=strict --fail-closed --allow-member=0000:03:00.0 --allow-member=0000:02:00.0$' err
result "it keeps the options that the hook has" || show err
hook desktop-intel--placeholder-in-use prepare --allow-member=0000:02:00.0 \
    --allow-member=0000:03:00.0
starts "both are allowed"
hook desktop-intel--complete-but-gone prepare --allow-member=0000:00:1f.2
refused 'sda -> sda2 -> / (in-use-mounted). The host needs it. Remove it from the domain: ' "the root disk is not to be allowed"
for managed in absent no; do
    hook desktop-intel--nvme-managed-$managed prepare
    refused 'domain nv would take 0000:02:00.0 from the host, which uses it: nvme0n1 -> ' \
        "an NVMe disk, managed: $managed"
done
hook desktop-intel--no-address prepare
refused 'domain na would take 0000:00:00.0 from the host; it is a chipset device, which the host may need at any time (platform-function). Remove it from the domain: virsh edit na' \
    "a claim without an address is one of the host bridge"
grep -q 'If the host does not need these devices: virt-iommufix hook --install --allow-member=0000:00:00.0$' err
result "the command that allows it" || show err
hook desktop-intel--no-address prepare --allow-member=0000:00:00.0
starts "it is allowed"
sed 's/managed=.yes./managed="no"/' "$domains/desktop-intel--placeholder-in-use.xml" >unmanaged.xml
tool hook --sysroot "$(make_sysroot desktop-intel)" x prepare begin - <unmanaged.xml
starts "what is not managed, libvirt does not take"

# ---- when the network has picked the device

cat >interface.xml <<'XML'
<domain type='kvm'><name>net</name><devices>
<interface type='hostdev' managed='yes'>
<source><address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x1'/></source>
</interface>
<hostdev mode='subsystem' type='pci' managed='yes'>
<source><address domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/></source>
</hostdev>
</devices></domain>
XML
tool hook --sysroot "$sysroot" net start begin - <interface.xml
refused 'group 2 of the PCI device 0000:01:00.1 must belong to domain net' "at start begin"
is "$(wc -l <err | tr -d ' ')" 1 "of interfaces alone"
hook gpu-desktop--gpu-only start
starts "what was judged at prepare begin already"

# ---- it is never why a sound guest is down

for operation in start prepare; do
    for sub in end -; do
        tool hook --sysroot "$sysroot" x "$operation" "$sub" - </dev/null
        starts "$operation $sub"
    done
done
for operation in started stopped release reconnect migrate restore attach unheard-of; do
    tool hook --sysroot /nonexistent --fail-closed x "$operation" begin - </dev/null
    starts "$operation"
done

n=0
while read -r text; do
    n=$((n + 1))
    printf '%b' "$text" >odd
    tool hook --sysroot "$sysroot" x prepare begin - <odd
    is "$status $(cat out) $(wc -l <err | tr -d ' ')" "0  1" "odd XML $n: let through"
    grep -q "^virt-iommufix: x: may start, but it could not be checked: " err
    result "odd XML $n: the log reports it" || show err
    tool hook --sysroot "$sysroot" --fail-closed x prepare begin - <odd
    is "$status $(cat out) $(wc -l <err | tr -d ' ')" "1  1" "odd XML $n: refused if it is to be"
done <<'TEXTS'

<domain
\001\002
<network/>
<!DOCTYPE domain [<!ENTITY a "b">]><domain type='kvm'><name>&a;</name></domain>
TEXTS
tool hook --sysroot /nonexistent x prepare begin - <"$domains/gpu-desktop--gpu-only.xml"
is "$status" 0 "a host that can't be read"
tool hook --sysroot /nonexistent --fail-closed x prepare begin - \
    <"$domains/gpu-desktop--gpu-only.xml"
is "$status" 1 "a host that can't be read, and --fail-closed"
tool hook --sysroot "$sysroot" "$(printf 'x\033[2J')" prepare begin - </dev/null
! grep -q "$(printf '\033')" err
result "an escape sequence in the name" || show err

# ---- what does not answer

if is_checked; then
    skip "what does not answer" "nothing can be preloaded into what ASan or valgrind runs"
else
    # A process that hangs: its open files, then only its command line.
    cat >busy.txt <<'HOST'
0000:02:00.0 3 010802 0 144d:a808 nvme
disk    nvme0n1 on 0000:02:00.0
process 4711 cp
HOST
    busy=$tmp/busy
    mkdir "$busy"
    "$srcdir/tests/tools/make-host.sh" sysfs busy.txt "$busy" || exit 99
    disk=$domains/desktop-intel--nvme-managed-absent.xml
    stuck nothing hook --sysroot "$busy" nv prepare begin - <"$disk"
    starts "a disk that is free"
    stuck 4711/fd hook --sysroot "$busy" nv prepare begin - <"$disk"
    refused 'domain nv would take 0000:02:00.0 from the host, and it is unknown whether the host uses it: cp (4711) did not show in time what it has open (unknown-use). Look again: virt-iommufix check nv' \
        "a disk that is free, and a process that hangs"
    grep -qF 'cp (4711) did not show in time what it has open' stuck.log
    result "the system log reports it" || show stuck.log
    stuck 4711/fd hook --sysroot "$busy" --allow-member=0000:02:00.0 nv prepare begin - <"$disk"
    starts "it is allowed"
    stuck 4711/fd check --sysroot "$busy" "$disk"
    is "$status" 1 "check refuses it"
    grep -qF 'is declared, and the tool cannot tell from here whether the host needs it: cp (4711) did not show in time what it has open (unknown-use)' out err
    result "and names the process" || show out
    stuck dev/nvme0n1 hook --sysroot "$busy" nv prepare begin - <"$disk"
    refused 'unknown whether the host uses it: nvme0n1 -> the kernel did not answer in time whether it is held (unknown-use)' \
        "a disk that hangs"
    ln -s /dev/nvme0n1 "$busy/proc/4711/fd/3"
    stuck 4711/cmdline hook --sysroot "$busy" nv prepare begin - <"$disk"
    refused 'uses it: nvme0n1 -> cp (4711) (in-use-process)' "a command line that hangs"

    wait "$late"
    is "$(cat "$tmp/late/status") $(cat "$tmp/late/out")" "1 " "the check hangs: refused"
    grep -qF 'its devices could not be checked within 30 seconds. See what the check waits for: virt-iommufix check nv' \
        "$tmp/late/err"
    result "it says why" || show "$tmp/late/err"
    grep -qF 'nv: refused: its devices could not be checked within 30 seconds' "$tmp/late/log"
    result "the system log reports it" || show "$tmp/late/log"
    [ "$(cat "$tmp/late/seconds")" -lt 60 ]
    result "in time" || show "$tmp/late/seconds"
fi

# ---- usage

while read -r words; do
    # shellcheck disable=SC2086 # words
    tool hook $words </dev/null
    is "$status $(wc -l <err | tr -d ' ')" "2 1" "hook $words"
done <<'WORDS'

x
x prepare begin
x prepare begin - y
--rule=lax x prepare begin -
--install --uninstall
--install x
--dry-run x prepare begin -
-c test:///default x prepare begin -
--allow-member=x --install
WORDS

# ---- its file

# The build tree may belong to others.
if ! is_checked; then
    mkdir bin && cp "$VIRT_IOMMUFIX" bin/virt-iommufix
    VIRT_IOMMUFIX=$tmp/bin/virt-iommufix
fi
root=$tmp/root
mkdir "$root"
script=$root/etc/libvirt/hooks/qemu.d/virt-iommufix
install() {
    tool hook --sysroot "$root" --install "$@"
}

# call NAME OPERATION: as libvirt does it. The host is this machine; what is asked is the file.
printf '<domain' >torn
call() {
    "$script" "$1" "$2" begin - >out 2>err
    status=$?
}

tool hook --sysroot "$root" --uninstall
is "$status" 0 "nothing to remove"
tool hook --sysroot "$tmp/absent" --install
is "$status $(cat err)" "2 virt-iommufix: cannot install the hook: there is no folder $tmp/absent" \
    "--install makes no root"

tool hook --sysroot "$root" --install --dry-run --json
is "$status $(grep -o '"outcome":.*' out) $(find "$root" -type f)" '0 "outcome":"would-install"} ' \
    "--install --dry-run: what it would write, and nothing is written"
install
is "$status $(cat out)" "0 " "--install"
grep -q 'was written\. libvirt looks for hooks only when it starts, so restart it once' err
result "it says to restart the daemon" || show err
is "$(stat -c %a "$script")" 755 "libvirt can run it"
is "$(find "$root" -type f)" "$script" "nothing else is there"
sh -n "$script"
result "a shell reads it"
call -x prepare <"$domains/gpu-desktop--no-hostdev.xml"
starts "it lets a guest start that may, for any name"
call x prepare <torn
is "$status" 0 "and what it can't read"
install --rule=strict --fail-closed --allow-member=0000:02:00.0
is "$status" 0 "--install again"
grep -q 'was replaced' err
result "it is replaced" || show err
grep -q -- "'hook' '--rule=strict' '--fail-closed' '--allow-member=0000:02:00.0' -- \"\$@\"$" "$script"
result "with the options" || show "$script"
call x prepare <torn
is "$status" 1 "refuses what it can't read"
call x reconnect <torn
is "$status" 0 "but never at reconnect"

# From here: --dry-run prints what would become of it, and the next run what did.
touch -d '2001-01-01' "$script"
cp -p "$script" old
install --json --rule=strict --fail-closed --allow-member=0000:02:00.0
is "$(grep -o '"outcome":.*' out) $(find "$script" -newer old)" '"outcome":"unchanged"} ' \
    "--install with the same options again: nothing is written"
grep -qx "virt-iommufix: $script is as it should be" err
result "it says so" || show err
chmod 644 "$script"
install --json --dry-run --rule=strict --fail-closed --allow-member=0000:02:00.0
is "$(grep -o '"outcome":.*' out) $(stat -c %a "$script")" '"outcome":"would-replace"} 644' "another mode is a change"
install --json --rule=strict --fail-closed --allow-member=0000:02:00.0
is "$(grep -o '"outcome":.*' out) $(stat -c %a "$script")" '"outcome":"replaced"} 755' "which is made"
tool hook --sysroot "$root" --uninstall --dry-run --json
is "$(grep -o '"outcome":.*' out) $(cmp "$script" old)" '"outcome":"would-remove"} ' "--uninstall --dry-run"

# The check itself crashes: nobody knows whether the host uses what the guest takes. Whoever starts the
# tool can ignore the end of children, so that they vanish when they end.
if ! is_checked; then
    for ignored in "" "trap '' CHLD"; do
        (
            eval "$ignored"
            STUCK_CRASH=1
            export STUCK_CRASH
            stuck proc/swaps hook --sysroot "$(make_sysroot desktop-intel)" nv prepare begin - \
                <"$domains/desktop-intel--placeholder-in-use.xml"
            echo "$status" >status
        )
        is "$(cat status)" 1 "the check crashes${ignored:+, and ends of children are ignored}"
        grep -qF 'nv: refused: its devices could not be checked because the check crashed or was killed. Try it: virt-iommufix check nv' err
        result "it says so" || show err
        grep -qF 'nv: refused: its devices could not be checked because' stuck.log
        result "the system log reports it" || show stuck.log
    done
fi

# The tool is gone, or crashes.
sed -i "s,^'/[^']*',/nonexistent," "$script"
call x prepare </dev/null
is "$status" 1 "no tool, --fail-closed"
call x reconnect </dev/null
is "$status" 0 "no tool, reconnect"
install
sed "s,^'/[^']*',/nonexistent," "$script" >without
cat without >"$script"
call x prepare </dev/null
is "$status" 0 "no tool"
# shellcheck disable=SC2016 # for the script's shell
printf '#!/bin/sh\nkill -SEGV $$\n' >crash
chmod +x crash
sed "s,^/nonexistent,$tmp/crash," without >"$script"
call x prepare </dev/null
is "$status" 1 "the tool crashes"
for code in 2 3 126 127 128 255; do
    printf '#!/bin/sh\nexit %s\n' $code >crash
    call x prepare </dev/null
    printf '%s %s\n' $code "$status"
done >statuses
printf '2 0\n3 0\n126 0\n127 0\n128 0\n255 1\n' >wanted
same statuses wanted "only a crash counts as one"

(umask 0777 && "$VIRT_IOMMUFIX" hook --sysroot "$root" --install) 2>err
is "$? $(stat -c %a "$script")" "0 755" "whatever the umask" || show err

tool hook --sysroot "$root" --uninstall
is "$status $(find "$root" -type f)" "0 " "--uninstall"

# A tool that others can change, and a folder in which AppArmor lets no hook run it.
if is_checked; then
    skip "a tool that others can change" "the tool is a script here"
else
    # changeable MODE FILE [OWNER]: FILE has this mode, and belongs to OWNER if root runs the test.
    changeable() {
        chmod "$1" "$2"
        [ $# -eq 2 ] || chown "$3" "$2"
        install --rule=strict
        is "$status $(find "$root" -type f)" "3 " "$2 with mode $1${3:+, owner $3}: refused" || show err
        grep -qx "virt-iommufix: $VIRT_IOMMUFIX: refused: libvirt would run it as root, but others can change $2: it.*\. Install the tool in /usr/bin: install -m 755 $VIRT_IOMMUFIX /usr/bin/virt-iommufix && /usr/bin/virt-iommufix hook --install --rule=strict --sysroot $root" err
        result "it says why, and the command" || show err
        [ $# -eq 2 ] || chown 0 "$2"
        chmod 755 "$2"
    }
    changeable 0777 "$tmp/bin"
    changeable 0757 "$VIRT_IOMMUFIX"
    changeable 0777 "$tmp"
    if [ "$(id -u)" -eq 0 ]; then
        changeable 0755 "$tmp/bin" 65534
        changeable 0755 "$VIRT_IOMMUFIX" 65534
        chgrp 50 "$tmp/bin"
        changeable 0775 "$tmp/bin"
        chgrp 0 "$tmp/bin"
    fi
    chmod 1777 "$tmp/bin"
    ln -s bin/virt-iommufix link
    "$tmp/link" hook --sysroot "$root" --install 2>err
    is "$? $(wc -l <err)" "0 1" "a folder with the sticky bit, and a link" || show err
    chmod 755 "$tmp/bin"
    mkdir "$root/etc/apparmor.d"
    for daemon in libvirtd virtqemud; do
        : >"$root/etc/apparmor.d/usr.sbin.$daemon"
        install
        is "$status $(grep -c "AppArmor ($root/etc/apparmor.d/usr.sbin.$daemon) may keep libvirt from running $VIRT_IOMMUFIX" err)" \
            "0 1" "AppArmor's profile of $daemon" || show err
        rm "$root/etc/apparmor.d/usr.sbin.$daemon"
    done
    tool hook --sysroot "$root" --uninstall
fi
printf '#!/bin/sh\n# Another one\n' >"$script"
cp "$script" another
install
is "$status" 2 "another's file"
same "$script" another "it is left alone"
tool hook --sysroot "$root" --uninstall
is "$status" 2 "it is not removed"
same "$script" another "it stays"
rm "$script"
ln -s ../../../../another "$script"
install
is "$status $(readlink "$script")" "2 ../../../../another" "a link"
rm "$script"
mkdir "$script"
install
is "$status" 2 "a folder"
rm -r "${root:?}/etc"
: >"$root/etc"
install
is "$status $(wc -l <err | tr -d ' ')" "2 1" "no folder can be made"

finish
