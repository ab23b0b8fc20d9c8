/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostdev-alias: who speaks to QEMU of a hostdev by its alias.
 *
 * libvirt numbers hostdevs in their order (qemuAssignDeviceHostdevAlias in libvirt
 * src/qemu/qemu_alias.c). A domain can name them so in qemu:commandline (-set device.hostdev0...)
 * and in qemu:override (alias='hostdev0').
 */

#pragma once

#include "domain/domain.h"

/* The first alias that @domain names, such as hostdev0; NULL: none. Free with g_free(). */
char *ifxHostdevAliasFind(const ifxDomain *domain);
