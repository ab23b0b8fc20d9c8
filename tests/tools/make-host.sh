#!/bin/sh
# Turns the description of a host into what a tool would find on it.
#
#   make-host.sh sysfs HOST.txt DIR
#       makes DIR/sys: the PCI devices, their drivers and IOMMU groups as the
#       kernel shows them; and what they are used for, see below.  Every link
#       in sys is relative and stays inside DIR.
#   make-host.sh node HOST.txt [DOMAIN.xml...] > FILE
#       writes a <node> document with the domains given and a nodedev for each
#       PCI device, for `virsh -c test:///FILE`.
#
# The description has one device per line; blank lines and text after a # do
# not count.  The columns are split by white space:
#
#   ADDRESS GROUP CLASS HEADER VENDOR:DEVICE DRIVER [KEY=VALUE...]
#
#   ADDRESS   as in sysfs, 0000:01:00.0 (lower case, the domain may be longer);
#             any other name is a group member that is not a PCI device, and
#             wants - for CLASS, HEADER and VENDOR:DEVICE
#   GROUP     number of the IOMMU group, or - for none
#   CLASS     six hex digits, or - for no class
#   HEADER    0, 1 (bridge) or 2 (CardBus bridge); - if the configuration space
#             can't be read: no config file, no bridge capability
#   VENDOR:DEVICE   four hex digits each
#   DRIVER    name of the driver bound, or - for none
#   vendor=, product=   names for the nodedev, with _ for each space
#   pf=ADDRESS   this device is a virtual function of that one
#   under=ADDRESS   it is below that bridge or VMD controller, listed before
#   nodev=1   a PCI device that is only known as member of its group; wants -
#             for all that describes a device
#
# The order of the lines is kept: group members in a nodedev and the virtual
# functions of a device appear as they are listed.  A device which shares its
# slot with another one has the multifunction bit set in its header type.
#
# libvirt takes every member's name for a PCI address.  It reads four hex
# numbers and skips whatever single character ends each of the first three, so
# "AMDI0095:00" becomes 000a:0d:95.0 and "dwc3.1.auto" becomes 000d:c3:01.10
# (it writes the function in decimal, after a 0x).  The nodedevs here are made
# by the same rule.  A name with no hex digit where a number should start, or
# with more than eight, is an error to libvirt, and no nodedev of that group
# can be had: then the group's devices are left out.  (Unlike libvirt, this
# script does not look for a sign, a space or a 0x before a number.)
# Not every document made so can be opened by libvirt: the test driver refuses
# bogus addresses with a slot above 0x1f or a function above 7.
#
# The domains are put in as they are, less the byte order mark and the XML
# declaration; ISO-8859-1 is recoded.
#
# What the host uses its devices for is said in lines that begin with a word,
# after the lines of what they name:
#
#   disk nvme0n1 on ADDRESS          also sdX, srN and vdX; on the kind of
#                                    controller that the device's class tells
#   disk nvme0n1 on ADDRESS ADDRESS  one subsystem, two controllers
#   disk sdb on 1-4                  on a USB device;  disk zram0: on nothing
#   part sda1 of sda
#   dm dm-0 luks name=root on sda2   also lvm, mpath, partN, plain, linear
#   md md0 raid1 on sda1 sdb1
#   bcache bcache0 on sda cache=nvme0n1p1
#   loop loop0 file=/srv/x.img
#   btrfs UUID on sda sdb            one file system over these
#   zpool tank [state=ONLINE]        imported, nothing mounted
#       each with fs=crypto_LUKS, label=, uuid=, link=disk/by-id/x, size=
#       (sectors), ro, removable.  fs= is what udev found there; where it is
#       not said it follows from what stands on it; fs=- is nothing.
#   mount /dev/sda1 /boot ext4 [in=812] [root=/@] [dev=sda1] [options=]
#                                    in= the namespace of that process, dev=
#                                    what a source like /dev/root stands for
#   swap /dev/dm-2;  swap /swapfile
#   net eno1 on ADDRESS [up] [addr=192.168.1.2/24] [addr6=2001:db8::2/64]
#                       [default] [default6] [mac=] [flags=]
#   net wlan0 wlan on ADDRESS
#   net br0 bridge over eno1         also bond, team, ovs, vrf, vlan [id=],
#                                    macvlan, macvtap, ipvlan
#   net vnet0 tap;  net br-ex internal
#   usb 1-4 on ADDRESS [id=046d:c31c] [name=] [dev=]    and 1-4.1 on 1-4
#   keyboard on 1-4;  keyboard on ps2;  mouse on ...;  button
#   jack on ADDRESS                  an input device without keys
#   drm card0 on ADDRESS [connected=HDMI-A-1]
#   fb fb0 [on ADDRESS] [name=]      without a device: the firmware's
#   boot_vga ADDRESS
#   mdev UUID on ADDRESS [type=] [group=];  uio uio0 on ADDRESS [name=]
#   vdpa vdpa0 on ADDRESS [driver=vhost_vdpa]
#   process 812 nginx [holds /dev/uio0 ...] [runs nginx -g off]
#       ns=812 shares that one's mount namespace, ns=own has one of its own;
#       unreadable: nobody can list what it holds; kernel: it is a thread
#   file PATH TEXT;  link PATH TEXT;  fifo PATH;  remove PATH
#                                    what no other line can say, or should not
#
# A host with any of these has DIR/proc and DIR/run/udev too, the others have
# not: there nothing can be seen.

set -eu

LC_ALL=C
export LC_ALL

programs=$(dirname "$0")/make-host
# The files of the program, in order of what they are about
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
