/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs: small reads in a tree like /sys and /proc, which may be a made one.
 *
 * Nothing here blocks or fails loudly: what can't be read is absent. Only plain files are
 * read, only folders listed.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

/* What the attributes that are read in full have at most. */
#define IFX_SYSFS_LINE_MAX 4096

/* Reads the start of DIR/NAME into @buffer; its length, or -1. */
gssize ifxSysfsRead(const char *dir, const char *name, char *buffer, gsize size);

/* The same for all of it, up to @max bytes: free with g_free(). NULL if it can't be read, or
 * is longer. NUL-terminated, and may hold NUL bytes: *@length is set if not NULL. */
char *ifxSysfsReadAll(const char *dir, const char *name, gsize max, gsize *length);

/* Its first line, without white space at its ends. Free with g_free(). NULL if it can't be
 * read. */
char *ifxSysfsReadLine(const char *dir, const char *name);

/* A file that holds one number, "0x030000\n"; false if it does not, or one above @max. */
bool ifxSysfsReadNumber(const char *dir, const char *name, guint64 max, guint64 *number);

/* The same for one that is written in decimal, "007" being 7. */
bool ifxSysfsReadDecimal(const char *dir, const char *name, guint64 max, guint64 *number);

/* The last component of the link DIR/NAME; NULL if it is no link. Free with g_free(). */
char *ifxSysfsReadLink(const char *dir, const char *name);

/* The entries of DIR in order of strcmp(): new array of char *, which frees them. Empty if it
 * can't be read, and then *@problem (if not NULL) says why, but for a folder that is not there. */
GPtrArray *ifxSysfsList(const char *dir, GError **problem);

/* Is there something of that name? */
bool ifxSysfsExists(const char *dir, const char *name);

/* Where DIR/NAME leads to, all links followed, in full. NULL if nowhere. Free with g_free(). */
char *ifxSysfsResolve(const char *dir, const char *name);

/* The PCI functions that @path, such as
 * /sys/devices/pci0000:00/0000:00:1d.0/0000:04:00.0/nvme/nvme1/nvme1n1, leads through, from the
 * outermost on: new array of ifxPciAddress. */
GArray *ifxSysfsPciAncestors(const char *path);
