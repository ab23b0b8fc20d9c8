#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
#   image.sh        prints the folder with the lab's kernel, initrd and disk. Makes them if there
#                   are none, or if what they are made from changed. If it cannot, it prints the
#                   reason and the exit status is 1.
#
# From the environment:
#   VIRT_IOMMUFIX   the tool; the image has the packages of its libraries, too
#   LAB_CACHE       folder for images, instead of ~/.cache/virt-iommufix
#   LAB_SUITE       a Debian suite whose kernel, libvirt and QEMU the machine gets, such as trixie,
#                   instead of this machine's. The tool must run there, too.
#
# Only root can make an image: the files of the disk belong to several users.

set -u
LC_ALL=C.UTF-8
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH

here=$(cd "$(dirname "$0")" && pwd)
cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/virt-iommufix}

# What a host has, and what the scenarios use.
packages='linux-image-amd64 libvirt-daemon-system libvirt-clients qemu-system-x86 busybox-static
    udev kmod iproute2 pciutils lvm2 dmsetup procps diffutils mount fdisk e2fsprogs mdadm cryptsetup-bin
    xfsprogs btrfs-progs f2fs-tools bcache-tools python3 nftables libnl-3-200 libnl-route-3-200'

# What its devices need (topologies/*.txt), and a host with them.
modules='virtio_pci virtio_blk virtio_net virtio_console 9p 9pnet_virtio virtiofs ext4
    vfio_pci vfio_iommu_type1 pci_stub
    ahci sd_mod nvme e1000e e1000 igb xhci_pci ohci_pci uhci_hcd ehci_pci snd_hda_intel snd_ens1370
    lpc_ich i2c_i801 i6300esb sdhci_pci mmc_block uio_pci_generic bochs
    virtio_scsi sg sr_mod hid_generic evdev usbhid usb_storage uas ftdi_sio cdc_ether rndis_host
    dm_mod dm_crypt dm_thin_pool dm_snapshot dm_mirror dm_multipath dm_writecache dm_integrity
    md_mod raid0 raid1 raid10 raid456 linear bcache loop zram nbd configfs target_core_mod
    target_core_iblock target_core_file target_core_pscsi tcm_loop nvmet xfs btrfs f2fs isofs vfat overlay
    xts cbc aes_generic essiv algif_skcipher algif_hash lzo lzo_rle
    bridge tun dummy bonding 8021q macvlan macvtap ipvlan ipvtap veth team team_mode_activebackup
    vxlan ip_gre vrf macsec netconsole af_packet_diag sch_ingress act_mirred cls_matchall rdma_rxe
    nf_tables nft_dup_netdev nft_fwd_netdev nf_dup_netdev nf_flow_table nf_flow_table_inet'

why() {
    echo "$*"
    exit 1
}

# tool_packages: prints the packages of the libraries that the tool is linked with. A build for ASan
# has more libraries, which must not matter: the lab does not run that build.
tool_packages() {
    ldd "${VIRT_IOMMUFIX:?}" 2>/dev/null | awk '/=> \// { print $1 }' |
        grep -E '^lib(virt|xml2|xslt|glib|json-c|mount|smartcols)[-.0-9]' | while read -r library; do
        dpkg-query -S "*/$library" 2>/dev/null
    done | sed 's/[:,].*//' | sort -u
}

# sources: prints this machine's sources of Debian packages, from either of apt's formats.
sources() {
    if [ -n "${LAB_SUITE:-}" ]; then
        echo "deb http://deb.debian.org/debian $LAB_SUITE main"
        return 0
    fi
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | sort -u
}

# make_root FOLDER: installs the packages in a folder.
make_root() {
    # No initrd of Debian's, no documentation. mmdebstrap has sh write to descriptors of its own,
    # and dash knows those up to 9 only: none of ours, and of make's, may be in the way.
    # shellcheck disable=SC2086 # a list of words
    sources | INITRD=No mmdebstrap --quiet --variant=minbase --architectures=amd64 \
        --include="$(echo $all_packages | tr ' ' ,)" \
        --aptopt='Acquire::Retries "2"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        '' "$1" - 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
}

# modules_of ROOT VERSION MODULE...: prints their files below ROOT, after those that they need.
modules_of() {
    root=$1
    version=$2
    shift 2
    for module; do
        chroot "$root" modprobe -S "$version" --show-depends "$module" ||
            echo "the kernel has no module $module" >&2
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# keep_modules ROOT VERSION: removes all of the kernel's 4,000 modules except those used here.
keep_modules() {
    # shellcheck disable=SC2086 # a list of words
    modules_of "$1" "$2" $modules | sed "s,^,$1," | sort >"$work/keep"
    find "$1/lib/modules/$2/kernel" -name '*.ko*' | sort | comm -13 "$work/keep" - | xargs rm -f
    chroot "$1" depmod "$2"
}

# unpack_kernel FILE KERNEL: QEMU starts a kernel that is not packed, too, and emulated, unpacking takes
# seconds. A kernel that is packed in another way stays as it is.
unpack_kernel() {
    at=$(LC_ALL=C grep -abo -m 1 "$(printf '\375\067zXZ')" "$1" | head -n 1 | cut -d: -f1)
    # What comes after the packed kernel is no error.
    [ -n "$at" ] && tail -c "+$((at + 1))" "$1" | xz -dc >"$2" 2>/dev/null
    [ "$(head -c 4 "$2" 2>/dev/null)" = "$(printf '\177ELF')" ] || cp "$1" "$2"
}

# make_initrd ROOT VERSION FILE: the initrd loads what the disk needs, mounts the disk and the two
# shared folders, and starts init.sh.
make_initrd() {
    mkdir -p "$work/initrd/bin" "$work/initrd/dev" "$work/initrd/proc" "$work/initrd/sys" \
        "$work/initrd/root"
    cp "$1/bin/busybox" "$work/initrd/bin/busybox"
    modules_of "$1" "$2" virtio_pci virtio_blk ext4 9p 9pnet_virtio | while read -r module; do
        # busybox takes no compressed ones, which Linux 6.12 of Debian has.
        name=$(basename "$module" .xz)
        case $module in
        *.xz) xz -dc "$1$module" >"$work/initrd/$name" ;;
        *) cp "$1$module" "$work/initrd/" ;;
        esac
        # A module for instructions that this processor lacks prints an error.
        echo "insmod /$name 2>/dev/null"
    done >"$work/insmod"
    {
        echo '#!/bin/busybox sh'
        echo '/bin/busybox --install -s /bin'
        echo 'mount -t devtmpfs dev /dev; mount -t proc proc /proc; mount -t sysfs sys /sys'
        cat "$work/insmod"
        # The disk of / can have any name.
        # shellcheck disable=SC2016
        echo 'until disk=$(findfs LABEL=lab 2>/dev/null); do sleep 0.1; done'
        # shellcheck disable=SC2016
        echo 'mount "$disk" /root'
        for share in source build; do
            echo "mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144" \
                "$share /root/lab/$share"
        done
        echo 'mount --move /dev /root/dev; umount /proc /sys'
        echo 'exec switch_root /root /bin/sh /lab/source/tests/lab/init.sh'
    } >"$work/initrd/init"
    chmod 755 "$work/initrd/init"
    (cd "$work/initrd" && find . | ./bin/busybox cpio -o -H newc 2>/dev/null) >"$3"
}

# make_disk ROOT FILE
make_disk() {
    mkdir -p "$1/lab/source" "$1/lab/build"
    rm -rf "${1:?}/boot" "$1/var/lib/apt/lists" "$1/var/cache/apt"
    echo lab >"$1/etc/hostname"
    rm -f "$1/etc/libvirt/qemu/networks/autostart/"*
    truncate -s 3G "$2"
    mkfs.ext4 -q -L lab -O '^has_journal' -E lazy_itable_init=1,root_owner=0:0 -d "$1" "$2"
}

# boot_once FOLDER: libvirtd probes QEMU, which takes long, and caches the result.
boot_once() {
    srcdir=$(cd "$here/../.." && pwd) LAB_SNAPSHOT=off LAB_TIMEOUT=300 \
        sh "$here/boot.sh" "$1" tests/lab/first-boot.sh
}

all_packages=$(echo "$packages $(tool_packages)" | tr -s ' \n' '  ')
key=$({
    cat "$here/image.sh"
    echo "$all_packages ${LAB_SUITE:-}"
} | sha256sum | cut -c1-12)
image=$cache/lab-$key

[ -e "$image/done" ] && echo "$image" && exit 0

for program in mmdebstrap apt-get mkfs.ext4 flock xz qemu-system-x86_64; do
    command -v "$program" >/dev/null || why "there is no $program"
done
[ "$(id -u)" -eq 0 ] || why "only root can make the image of the lab"
[ "$(uname -m)" = x86_64 ] || why "the lab is a PC's, and this is none"
[ -n "$(sources)" ] || why "apt knows no source of Debian packages"

mkdir -p "$cache" || why "there is no $cache"
exec 9>"$image.lock"
flock 9
[ -e "$image/done" ] && echo "$image" && exit 0

rm -rf "$image"
mkdir "$image" || why "there is no $image"
work=$(mktemp -d "$cache/work.XXXXXX") || why "nothing can be written in $cache"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
make_root "$work/root" >"$image/log" 2>&1 || why "the packages can't be had: $image/log"
version=$(basename "$work/root"/lib/modules/*)
if ! {
    unpack_kernel "$work/root/boot/vmlinuz-$version" "$image/kernel" &&
        keep_modules "$work/root" "$version" &&
        make_initrd "$work/root" "$version" "$image/initrd" &&
        make_disk "$work/root" "$image/disk"
} >>"$image/log" 2>&1; then
    why "the image can't be made: $image/log"
fi
boot_once "$image" >"$work/boot" 2>&1
grep -q '^libvirtd answers' "$work/boot" || {
    cat "$work/boot" >>"$image/log"
    why "the machine does not boot: $image/log"
}
: >"$image/done"
echo "$image"
