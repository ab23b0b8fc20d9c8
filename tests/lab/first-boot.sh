#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the machine does while its image is made (image.sh).

virsh -q -c qemu:///system version >/dev/null &&
    virsh -q -c qemu:///system capabilities >/dev/null &&
    echo "libvirtd answers"
