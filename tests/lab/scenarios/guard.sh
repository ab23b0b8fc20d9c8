#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guard: what libvirt's qemu hook prints when a guest starts, and how long it takes.

host='slot used'
. "$srcdir/tests/lab/lib.sh"

# milliseconds COMMAND...: prints its duration, the best of three.
milliseconds() {
    best=
    for _ in 1 2 3; do
        begun=$(date +%s%N)
        "$@" >"$tmp/out" 2>"$tmp/err" || show "$tmp/err"
        took=$((($(date +%s%N) - begun) / 1000000))
        [ -n "$best" ] && [ "$best" -le "$took" ] || best=$took
    done
    echo "$best"
}

# start_and_stop NAME
start_and_stop() {
    vsh start "$1" && vsh destroy "$1"
}

# restart_libvirtd: libvirtd looks for hooks only when it starts.
restart_libvirtd() {
    kill "$(cat /run/libvirtd.pid)"
    while [ -e /run/libvirtd.pid ]; do
        sleep 0.1
    done
    libvirtd --daemon
    until vsh uri >/dev/null 2>&1; do
        sleep 0.1
    done
}

# refused NAME WORDS...: the guest does not start, and virsh prints the hook's words. The log shows
# them as a user sees them.
refused() {
    name=$1
    shift
    for words; do
        fails "$name" "$words"
    done
    show "$tmp/err"
}

guest part "$slot_nic"
guest whole "$slot_nic" "placeholder:$slot_usb" "placeholder:$slot_sound"
guest detached "$slot_nic"
guest disk "$data_sound" "placeholder:$data_disk"
guest loose "$data_sound" "unmanaged:$data_disk"
guest none
guest running

without=$(milliseconds start_and_stop whole)
without_devices=$(milliseconds start_and_stop none)
starts running

# The first installation.
tool hook --install
ends 0 "hook --install"
says "restart libvirtd"
restart_libvirtd
is "$(vsh domstate running)" running "a guest that runs is left alone by the restart"

# A group with devices that are not declared, before the host loses anything.
at_rest=$(driver_of "$slot_nic" "$slot_usb" "$slot_sound")
refused part "All devices of the same IOMMU group $(group_of "$slot_nic") of the PCI device $slot_nic must belong to domain part" \
    "Declare them: virt-iommufix apply part"
is "$(driver_of "$slot_nic" "$slot_usb" "$slot_sound")" "$at_rest" "no driver has changed"
starts whole
stops whole
tool apply --yes part
ends 0 "what it says to type"
starts part
stops part

# The others are detached by hand: the kernel's rule allows the start, the rule of 2019 does not.
for device in "$slot_usb" "$slot_sound"; do
    vsh nodedev-detach "pci_$(echo "$device" | tr :. _)" >/dev/null
done
starts detached
stops detached
tool hook --install --rule=strict
ends 0 "hook --install --rule=strict"
refused detached "must belong to domain detached"
starts whole
stops whole
tool hook --install
for device in "$slot_usb" "$slot_sound"; do
    vsh nodedev-reattach "pci_$(echo "$device" | tr :. _)" >/dev/null
done

# The definition was right when it was written, but now the disk is mounted.
starts disk
stops disk
disk=$(block_of "$data_disk")
mkfs.ext4 -q "/dev/$disk"
mkdir -p /srv/data
mount "/dev/$disk" /srv/data
echo precious >/srv/data/file
refused disk "domain disk would take $data_disk from the host, which uses it: $disk -> /srv/data (in-use-mounted). Unmount it first"
echo 3 >/proc/sys/vm/drop_caches
is "$(cat /srv/data/file)" precious "the disk can be read"
fails loose "must be manually detached"

# Unmounted lazily: no mount table shows the file system, but a file is open.
exec 8</srv/data/file
umount -l /srv/data
refused disk "domain disk would take $data_disk from the host, which uses it: $disk -> mounted, mount point not visible (in-use-mounted)"
echo 3 >/proc/sys/vm/drop_caches
is "$(cat <&8)" precious "the file that is still open can be read"
exec 8<&-
starts disk
stops disk

# Without the tool each guest starts. If it crashes, nobody knows what the host uses.
starts none
stops none
mv /usr/local/bin/virt-iommufix /usr/local/bin/gone
starts whole
stops whole
# shellcheck disable=SC2016 # for another shell
printf '#!/bin/sh\nkill -SEGV $$\n' >/usr/local/bin/virt-iommufix
chmod 755 /usr/local/bin/virt-iommufix
refused whole "Hook script execution failed"
mv /usr/local/bin/gone /usr/local/bin/virt-iommufix
tool hook --install --fail-closed
mv /usr/local/bin/virt-iommufix /usr/local/bin/gone
refused whole "Hook script execution failed"
restart_libvirtd
is "$(vsh domstate running)" running "a guest that runs is left alone, with any hook"
mv /usr/local/bin/gone /usr/local/bin/virt-iommufix

# Its duration.
tool hook --install
with=$(milliseconds start_and_stop whole)
with_devices=$(milliseconds start_and_stop none)
guest_xml whole "$slot_nic" "placeholder:$slot_usb" "placeholder:$slot_sound" >"$tmp/whole"
hook=$(milliseconds sh -c "virt-iommufix hook whole prepare begin - <'$tmp/whole'")
echo "# a start and a stop, in ms: three devices: $without without the hook, $with with it; none: $without_devices, $with_devices; the hook alone: $hook"

tool hook --uninstall
ends 0 "hook --uninstall"
stops running
vsh undefine part >/dev/null
guest part "$slot_nic"
fails part "is not viable"

finish
