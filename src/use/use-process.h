/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-process: what processes have open: disks, VFIO groups, displays, userspace drivers.
 *
 * What counts is the name that /proc/PID/fd/N leads to, as the kernel writes it (d_path(): the
 * name within the mount namespace of whoever opened it). Not seen is what is open and nobody's
 * descriptor: mapped and closed, on its way through a socket, held by a thread with a table
 * of its own.
 */

#pragma once

#include "use/use.h"

/* The things, and their files in /dev as aliases, are there already. One use for each thing
 * that a process has open, however often:
 *
 *  - of mdev/ and vdpa/: IFX_USE_MDEV_PARENT and IFX_USE_VDPA_PARENT, vital: who has the slice
 *    loses it with its parent.
 *  - of vfio/ and vfio-dev/ by the QEMU of a domain: ifxUseGraphAddDomainProcess().
 *  - of all else by the QEMU of a domain: IFX_USE_DOMAIN, "domain NAME".
 *  - IFX_USE_PROCESS, "COMM (PID)".
 *
 * The QEMU of a domain is what libvirt starts with -name guest=NAME and -uuid UUID
 * (qemuBuildNameCommandLine, qemuBuildCommandLine). The tool's own process does not count.
 *
 * Adds IFX_SIGHT_PROCESSES if the open files of every process could be listed: at least of
 * one, and where /proc is the kernel's own, of those of the whole host: neither another PID
 * namespace's nor mounted with hidepid. */
void ifxUseProcessLoad(const char *sysroot, ifxUseGraph *use);
