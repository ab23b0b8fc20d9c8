/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs: small reads in a tree like /sys and /proc, which may be a test's tree.
 *
 * Nothing here blocks or prints. What can't be read is absent. Only plain files are
 * read, only folders listed.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

/* The longest attribute that is read as a line. */
#define IFX_SYSFS_LINE_MAX 4096

/* Reads the start of DIR/NAME into @buffer. Returns its length, or -1. */
gssize ifxSysfsRead(const char *dir, const char *name, char *buffer, gsize size);

/* The same from @offset on, only if all of @size is there. */
bool ifxSysfsReadAt(const char *dir, const char *name, goffset offset, void *buffer, gsize size);

/* Reads all of DIR/NAME, at most @max bytes; free with g_free(). NULL if it can't be read or
 * is longer. The result is NUL-terminated and may hold NUL bytes; *@length is set if not NULL. */
char *ifxSysfsReadAll(const char *dir, const char *name, gsize max, gsize *length);

/* Reads the first line, without white space at its ends. Free with g_free(). NULL if it can't be
 * read. */
char *ifxSysfsReadLine(const char *dir, const char *name);

/* Reads a file that holds one number, "0x030000\n". False if it does not, or if the number is
 * above @max. */
bool ifxSysfsReadNumber(const char *dir, const char *name, guint64 max, guint64 *number);

/* The same for a decimal number: "007" is 7. */
bool ifxSysfsReadDecimal(const char *dir, const char *name, guint64 max, guint64 *number);

/* The last component of the target of the link DIR/NAME; NULL if it is no link. Free with
 * g_free(). */
char *ifxSysfsReadLink(const char *dir, const char *name);

/* The entries of DIR in the order of strcmp(): a new array that owns its strings. Empty if DIR
 * can't be read; then *@problem (if not NULL) holds the reason, except for a folder that does not
 * exist. */
GPtrArray *ifxSysfsList(const char *dir, GError **problem);

/* The names of the folders in DIR, in the order of strcmp(), without those that links lead to: a
 * new array that owns its strings. NULL if DIR cannot be read. */
GPtrArray *ifxSysfsListFolders(const char *dir);

/* Does DIR/NAME exist? */
bool ifxSysfsExists(const char *dir, const char *name);

/* The full path that DIR/NAME leads to, with all links followed. NULL if it leads nowhere. Free
 * with g_free(). */
char *ifxSysfsResolve(const char *dir, const char *name);

/* The PCI functions in @path, such as
 * /sys/devices/pci0000:00/0000:00:1d.0/0000:04:00.0/nvme/nvme1/nvme1n1, beginning with the
 * outermost: new array of ifxPciAddress. */
GArray *ifxSysfsPciAncestors(const char *path);
