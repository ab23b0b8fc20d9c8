/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * storage-pool: what a libvirt storage pool needs of the host.
 *
 * Where it mounts something, or is a folder of something mounted, the mount shows that.
 */

#pragma once

#include <glib.h>

/* The devices, the SCSI host and the ZFS pool of its <source> (virStoragePoolDefParseSource,
 * libvirt src/conf/storage_conf.c), as of ifxDomainFindNeeds(): new array of char *, which frees
 * them. NULL with IFX_ERROR_XML. */
GPtrArray *ifxStoragePoolFindNeeds(GBytes *bytes, GError **error);
