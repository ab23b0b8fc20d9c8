#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs in the machine while image.sh makes its image.

virsh -q -c qemu:///system version >/dev/null &&
    virsh -q -c qemu:///system capabilities >/dev/null &&
    echo "libvirtd answers"
