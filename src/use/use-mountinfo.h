/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-mountinfo: the mounts of one namespace. The one file that calls libmount.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxMount ifxMount;
struct _ifxMount {
    char *target;           /* "/home" */
    char *source;           /* "/dev/sda1", "tank/home"; "none" if it has none */
    char *fs_type;
    char *number;           /* of its device, "8:1"; "0:42" where it has none of its own */
};

/* Reads PROC/PID/mountinfo (proc(5)): new array of ifxMount, which frees them. NULL if it can't
 * be read; *@sound is set to false where a line makes no sense. */
GArray *ifxMountInfoLoad(const char *proc, const char *pid, bool *sound);
