#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the hook answers for each kind of use, if the guest gets the device that is used, if it has a
# placeholder for it, and if it has only the other device of the group.

. "$srcdir/tests/cli/lib.sh"

# Each card has two functions in one group. The host uses function 0.
slots='10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20 21'
for slot in $slots; do
    case $slot in
    14 | 1c) class=020000 driver=igb ;;
    17) class=030000 driver=nouveau ;;
    18 | 19 | 1e) class=0c0330 driver=xhci_hcd ;;
    1a) class=030200 driver=nvidia ;;
    1b) class=020000 driver=mlx5_core ;;
    1f) class=040300 driver=snd_hda_intel ;;
    *) class=010802 driver=nvme ;;
    esac
    echo "0000:$slot:00.0 $((0x$slot)) $class 0 144d:a808 $driver"
    echo "0000:$slot:00.1 $((0x$slot)) 118000 0 10b5:9050 -"
done >host.txt
cat >>host.txt <<'HOST'
disk    nvme0n1 on 0000:10:00.0
mount   /dev/nvme0n1 /srv ext4
disk    nvme1n1 on 0000:11:00.0
mount   /dev/nvme1n1 / ext4
disk    nvme2n1 on 0000:12:00.0
swap    /dev/nvme2n1
disk    nvme3n1 on 0000:13:00.0
process 700 nginx ns=own
mount   /dev/nvme3n1 /data ext4 in=700
net     eth0 on 0000:14:00.0 up addr=192.168.1.2/24
disk    nvme5n1 on 0000:15:00.0
process 701 dd holds /dev/nvme5n1
disk    nvme6n1 on 0000:16:00.0
process 702 qemu-system-x86 holds /dev/nvme6n1 runs /usr/bin/qemu-system-x86_64 -name guest=db -uuid 3c1a2b4d-0001-4000-8000-00000000cad0
boot_vga 0000:17:00.0
drm     card0 on 0000:17:00.0 connected=HDMI-A-1
usb     1-1 on 0000:18:00.0 id=046d:c31c name=Keyboard
keyboard on 1-1
usb     2-1 on 0000:19:00.0 id=0781:5581
disk    sdb on 2-1
mount   /dev/sdb /backup ext4
mdev    7b3f3e1c-5a8e-4d2e-9b0a-0c1d2e3f4a5b on 0000:1a:00.0 type=nvidia-222 group=90
net     eth1 on 0000:1b:00.0
vdpa    vdpa0 on 0000:1b:00.0 driver=vhost_vdpa
net     eth2 on 0000:1c:00.0 up
disk    nvme7n1 on 0000:1d:00.0 held=yes
usb     3-1 on 0000:1e:00.0 id=046d:c077
mouse   on 3-1
char    snd/controlC0 on 0000:1f:00.0 class=sound number=116:5
process 703 pipewire holds /dev/snd/controlC0
disk    nvme8n1 on 0000:20:00.0 fs=LVM2_member
disk    nvme9n1 on 0000:21:00.0
HOST
mkdir host
"$srcdir/tests/tools/make-host.sh" sysfs host.txt host || exit 99

# hostdev SLOT FUNCTION [placeholder]
hostdev() {
    echo "<hostdev mode='subsystem' type='pci' managed='yes'><source>" \
        "<address domain='0' bus='0x$1' slot='0' function='$2'/></source>"
    [ -z "${3-}" ] || echo "<address type='unassigned'/>"
    echo "</hostdev>"
}

# asks KIND SLOT: the hook, for a guest that has the device by a claim, by a placeholder, or not.
asks() {
    {
        echo "<domain type='kvm'><name>g</name><devices>"
        case $1 in
        claim) hostdev "$2" 0; hostdev "$2" 1 placeholder ;;
        placeholder) hostdev "$2" 0 placeholder; hostdev "$2" 1 ;;
        missing) hostdev "$2" 1 ;;
        esac
        echo "</devices></domain>"
    } >guest.xml
    tool hook --sysroot host g prepare begin - <guest.xml
}

# The last columns: what the hook answers to a claim, a placeholder, and a guest without the device.
#   REASON      refused for it
#   -           starts
#   (REASON)    starts, and the log has a line
while read -r slot use claim placeholder missing; do
    for kind in claim placeholder missing; do
        asks "$kind" "$slot"
        eval "expected=\$$kind"
        case $expected in
        -)
            is "$status $(cat err)" "0 " "$use, $kind: starts"
            ;;
        '('*)
            is "$status $(wc -l <err | tr -d ' ')" "0 1" "$use, $kind: starts"
            grep -qF "takes 0000:$slot:00.0 from the host, as it is declared to: " err &&
                grep -qF "$expected" err
            result "$use, $kind: it is reported" || show err
            ;;
        *)
            is "$status" 1 "$use, $kind: refused"
            if [ "$kind" = missing ]; then
                grep -qE "0000:$slot:00.0 [(].*[)]: $expected([.]|$)" err
            else
                grep -qF "domain g would take 0000:$slot:00.0 from the host, which uses it: " err &&
                    grep -qF "($expected)" err
            fi
            result "$use, $kind: for $expected" || show err
            ;;
        esac
    done
done <<'TABLE'
10 mounted          in-use-mounted  in-use-mounted  in-use-mounted
11 root             in-use-mounted  in-use-mounted  in-use-mounted
12 swap             in-use-swap     in-use-swap     in-use-swap
13 namespace        in-use-mounted  in-use-mounted  in-use-mounted
14 network          in-use-network  in-use-network  in-use-network
15 process          in-use-process  in-use-process  in-use-process
16 other-guest      in-use-domain   in-use-domain   in-use-domain
17 boot-display     (boot-vga)      boot-vga        boot-vga
18 only-keyboard    (last-input)    last-input      last-input
19 usb-disk         in-use-mounted  in-use-mounted  in-use-mounted
1a mdev             mdev-parent     mdev-parent     mdev-parent
1b vdpa             vdpa-parent     vdpa-parent     vdpa-parent
1c idle-network     -               -               missing
1d held             in-use-held     in-use-held     in-use-held
1f sound-server     -               -               missing
20 lvm-at-rest      -               -               unknown-use
21 blank-disk       -               -               missing
TABLE

# The guest takes the display that another user still works on.
echo 'process 704 Xorg holds /dev/dri/card0' >>host.txt
mkdir busy
"$srcdir/tests/tools/make-host.sh" sysfs host.txt busy || exit 99
asks claim 17
tool hook --sysroot busy g prepare begin - <guest.xml
is "$status" 1 "a display that a process has open: refused"
grep -q '(in-use-process)' err
result "for the process" || show err

# What goes with what, and what does not answer: the hook agrees with check.
while read -r fixture expected words; do
    tool hook --sysroot "$(make_sysroot "${fixture%%--*}")" g prepare begin - \
        <"$srcdir/tests/data/domains/$fixture.xml"
    is "$status" "$expected" "$fixture: the hook's answer"
    [ -z "$words" ] || grep -q -- "$words" err
    result "$fixture: for ${words:-nothing}" || show err
done <<'TABLE'
workstation-vmd--controller     0
workstation-vmd--drive          1 0000:00:0e.0 (.*): carrier
workstation-vmd--both           1 0000:00:0e.0 from the host, .*(carrier)
server-vfs--own-group           0
server-vfs--physical-function   1 0000:01:00.0 from the host, .*(pf-with-vfs)
server-vfs--virtual-function    1 0000:01:00.0 (.*): pf-with-vfs
desktop-dead--claimed           0
desktop-dead--blocking          1 0000:02:00.0 (.*): no-answer
desktop-dead--member            0
TABLE

finish
