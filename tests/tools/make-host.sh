#!/bin/sh
# Makes a host from a description: what a tool would find on it.
#
#   make-host.sh sysfs HOST.txt DIR
#       makes DIR/sys: the PCI devices, their drivers and their IOMMU groups, as the kernel shows
#       them; and DIR/proc, DIR/run/udev, DIR/dev and DIR/netlink if the description has uses (see
#       below). Every link in sys is relative and stays inside DIR.
#   make-host.sh node HOST.txt [DOMAIN.xml...] > FILE
#       writes a <node> document with these domains and a nodedev for each PCI device, for
#       `virsh -c test:///FILE`.
#
# Devices
#
# A description has one device per line. White space separates the columns. Blank lines, and text
# after a #, are ignored.
#
#   ADDRESS GROUP CLASS HEADER VENDOR:DEVICE DRIVER [KEY=VALUE...]
#
#   ADDRESS   as in sysfs: 0000:01:00.0 (lower case; the domain may have more digits). Any other
#             name is a group member that is not a PCI device; its CLASS, HEADER and
#             VENDOR:DEVICE are -
#   GROUP     number of the IOMMU group; - for none
#   CLASS     six hex digits; - for no class
#   HEADER    0, 1 (bridge) or 2 (CardBus bridge); - if nobody can read the configuration space:
#             then there is no config file and no bridge capability
#   VENDOR:DEVICE   four hex digits each
#   DRIVER    name of the driver that is bound; - for none
#   vendor=, product=   names for the nodedev, with _ for each space
#   pf=ADDRESS   this device is a virtual function of that device
#   under=ADDRESS   this device is below that bridge or VMD controller, which has an earlier line
#   pcie=TYPE   a PCI Express device: endpoint, root, up, down (ports of a switch) or bridge (to PCI);
#             its configuration space has 4096 bytes and this capability
#   acs=CAP/CTL   after pcie=: it has this ACS capability and control, two hex digits each:
#             1d is all that the kernel asks for
#   dsn=HEX16   after pcie=: the serial number in its configuration space, 16 hex digits
#   subsystem=VENDOR:DEVICE   four hex digits each; a nodedev does not show it
#   config=64 nobody but root can read more of its configuration space than that
#   dead=1   the device does not answer: its configuration space reads ff. libvirt has no nodedev for
#            it (udevProcessPCI(), libvirt src/node_device/node_device_udev.c)
#   nodev=1   a PCI device that is known only as a member of its group; every column that
#             describes a device is -
#
# The order of the lines is kept: a nodedev lists group members and virtual functions in that
# order. If several devices share a slot, each has the multifunction bit in its header type.
#
# libvirt takes every member's name for a PCI address. It reads four hex numbers, and skips any
# single character after each of the first three. So "AMDI0095:00" becomes 000a:0d:95.0, and
# "dwc3.1.auto" becomes 000d:c3:01.10 (libvirt writes the function in decimal, after 0x). This
# script follows the same rule. libvirt fails for a name that has no hex digit where a number should
# start, or more than eight digits, and gives no nodedev for any device of that group; then this
# script leaves out the devices of the group. (Unlike libvirt, it does not look for a sign, a space
# or 0x before a number.)
#
# libvirt cannot open every document that this script makes: the test driver refuses an address
# with a slot above 0x1f or a function above 7.
#
# The domains are copied as they are, without byte order mark and XML declaration; ISO-8859-1
# becomes UTF-8.
#
# Uses
#
# A line that begins with a word describes a use of the host's devices. It comes after the lines of
# the things that it names.
#
#   disk nvme0n1 on ADDRESS          also sdX, srN and vdX; the device's class decides which kind of
#                                    controller it is
#   disk nvme0n1 on ADDRESS ADDRESS  one subsystem with two controllers
#   disk nvme0n1 on ADDRESS serial=S4EW   the serial number of its controller
#   disk sdb on 1-4                  on a USB device
#   disk zram0                       on nothing
#   part sda1 of sda
#   dm dm-0 luks name=root on sda2   also lvm, mpath, partN, plain, linear
#   md md0 raid1 on sda1 sdb1
#   bcache bcache0 on sda cache=nvme0n1p1
#   loop loop0 file=/srv/x.img
#   btrfs UUID on sda sdb            one file system over these
#   zpool tank [state=ONLINE]        imported, nothing mounted
#       Each of these lines takes fs=crypto_LUKS, label=, uuid=, link=disk/by-id/x, size=
#       (sectors), ro and removable. fs= is what udev found there; without it, it follows from
#       what is on top; fs=- is nothing.
#       dev/NAME is the kernel's answer to whether the block device is held, as src/use/use-held.c
#       reads it: "held" where a mount, swap or another block device is on it or on a partition of
#       it, and otherwise empty. held=yes and held=no are the answer for the block device of the
#       line, whatever is on it.
#   mount /dev/sda1 /boot ext4 [in=812] [root=/@] [dev=sda1] [options=]
#                                    in= is the process whose namespace has the mount; dev= is the
#                                    device behind a source like /dev/root
#   swap /dev/dm-2
#   swap /swapfile
#   net eno1 on ADDRESS [up] [addr=192.168.1.2/24] [addr6=2001:db8::2/64]
#                       [default] [default6] [route=10.0.0.0/8] [mac=] [flags=]
#                       [netns=blue]    in a network namespace of this name, not the host's own;
#                                       netns=- is one that nobody can ask
#                       [packet=INODE]  a packet socket is bound to it
#                       [promisc]
#   net wlan0 wlan on ADDRESS
#   net br0 bridge over eno1         also bond, team, ovs, vrf, vlan [id=], macvlan, macvtap, ipvlan
#   net vnet0 tap
#   net br-ex internal
#       netlink is what the kernel would answer, as src/use/use-nets.h describes it.
#   usb 1-4 on ADDRESS [id=046d:c31c] [name=] [dev=] [driver=]    and 1-4.1 on 1-4
#   keyboard on 1-4                  also keyboard on ps2, mouse on ..., button
#   jack on ADDRESS                  an input device without keys
#   drm card0 on ADDRESS [connected=HDMI-A-1]
#   fb fb0 [on ADDRESS] [name=]      without a device it is the firmware's
#   boot_vga ADDRESS
#   mdev UUID on ADDRESS [type=] [group=]
#   uio uio0 on ADDRESS [name=]
#   vdpa vdpa0 on ADDRESS [driver=vhost_vdpa]
#   char snd/controlC0 on ADDRESS class=sound number=116:5   also on a USB device, and on nothing
#   child host4/scsi_host/host4 on ADDRESS class=scsi_host    any device in a folder below it, also
#                                    bus= instead of class=; driver= and has=ATTRIBUTE:TEXT
#   watchdog watchdog0 [on ADDRESS] [name=i6300ESB_timer] [state=active]
#   process 812 nginx [holds /dev/uio0 ...] [runs nginx -g off]
#       holds: the text of the link, which is what the tool reads in a tree: a name, or what stat()
#       would show, /dev/block/8:1 or /dev/char/226:0;
#       ns=812: it shares the mount namespace of that process; ns=own: it has its own;
#       unreadable: nobody can list the files that it holds; kernel: it is a kernel thread
#   file PATH TEXT                   these four are for what no other line can describe,
#   link PATH TEXT                   or should not
#   fifo PATH
#   remove PATH
#
# A host without any of these lines has no DIR/proc, DIR/run/udev, DIR/dev and DIR/netlink: there
# nobody can see what it uses its devices for.

set -eu

LC_ALL=C
export LC_ALL

programs=$(dirname "$0")/make-host
# The program, in one file for each subject.
awk_program()
{
    awk -f "$programs/pci.awk" -f "$programs/tree.awk" -f "$programs/node.awk" \
        -f "$programs/use.awk" -f "$programs/block.awk" -f "$programs/process.awk" \
        -f "$programs/net.awk" -f "$programs/console.awk" -f "$programs/main.awk" "$@"
}

usage()
{
    echo "usage: make-host.sh sysfs HOST.txt DIR" >&2
    echo "       make-host.sh node HOST.txt [DOMAIN.xml...]" >&2
    exit 2
}

readable()
{
    for file; do
        [ -r "$file" ] || { echo "make-host.sh: can't read $file" >&2; exit 1; }
    done
}

# awk takes NAME=VALUE for an assignment, and - for its standard input.
operand()
{
    case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf './%s\n' "$1" ;;
    esac
}

[ $# -ge 2 ] || usage
output=$1
readable "$2"
host=$(operand "$2")
shift 2

case $output in
sysfs)
    [ $# -eq 1 ] || usage
    script=$(awk_program output=sysfs mode=host "$host")
    [ ! -e "$1/sys" ] || { echo "make-host.sh: $1/sys exists" >&2; exit 1; }
    mkdir -p -- "$1"
    cd -- "$1"
    eval "$script"
    ;;
node)
    readable "$@"
    left=$#
    while [ "$left" -gt 0 ]; do
        set -- "$@" mode=domain "$(operand "$1")"
        shift
        left=$((left - 1))
    done
    awk_program output=node mode=host "$host" "$@"
    ;;
*)
    usage
    ;;
esac
