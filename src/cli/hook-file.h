/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook-file: the script by which libvirt calls the tool when a guest starts.
 *
 * libvirt 6.5 and later runs each executable file in /etc/libvirt/hooks/qemu.d with the guest's
 * name, an operation, a sub-operation and "-", and the guest's XML on standard input
 * (docs/hooks.html; virHookCall in src/util/virhook.c). It looks whether there is any when it starts.
 *
 * The script answers all but "prepare begin" and "start begin" itself, with success: a hook that
 * fails at "reconnect" kills a guest that runs. If the tool is gone, or ends in another way than by
 * an answer, the guest may start; with --fail-closed it may not.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* Where the script is on the host whose root is @sysroot. Free with g_free(). */
char *ifxHookFilePath(const char *sysroot);

/* Writes the script, which calls @arguments, NULL-terminated, the path of the tool being the first.
 * One that the tool wrote before is replaced, whole or not at all: @replaced. False with
 * IFX_ERROR_FILE, also if there is a file of somebody else's by that name. */
bool ifxHookFileInstall(const char *path,
                        const char *const *arguments,
                        bool fail_closed,
                        bool *replaced,
                        GError **error);

/* Removes the script; @removed: there was one. False with IFX_ERROR_FILE, also if it is somebody
 * else's. */
bool ifxHookFileUninstall(const char *path, bool *removed, GError **error);
