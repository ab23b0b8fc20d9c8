/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook: what cmd-hook is made of. hook-file is the script by which libvirt calls the tool when a
 * guest starts; hook-guard decides whether the guest may start.
 *
 * libvirt 6.5 and later runs each executable file in /etc/libvirt/hooks/qemu.d with the guest's
 * name, an operation, a sub-operation and "-", and with the guest's XML on standard input
 * (docs/hooks.html; virHookCall in src/util/virhook.c). It looks for these files when it starts.
 *
 * The script itself answers every call with success, except for "prepare begin" and "start begin":
 * a hook that fails at "reconnect" kills a running guest. If the tool is gone or ends without an
 * answer, the guest may start; with --fail-closed it may not.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Where the script is on the host whose root is @sysroot. Free with g_free(). */
char *ifxHookFilePath(const char *sysroot);

/* Writes the script, as a whole or not at all. It calls @arguments (NULL-terminated), which begins
 * with the path of the tool. @replaced: there was one that the tool wrote before. False with
 * IFX_ERROR_FILE, also if the file at @path is not the tool's own. */
bool ifxHookFileInstall(const char *path,
                        const char *const *arguments,
                        bool fail_closed,
                        bool *replaced,
                        GError **error);

/* Removes the script; @removed: there was one. False with IFX_ERROR_FILE, also if the file at @path
 * is not the tool's own. */
bool ifxHookFileUninstall(const char *path, bool *removed, GError **error);

typedef enum {
    IFX_HOOK_VIABLE,    /* a member that the domain does not declare must not make the start fail:
                         * the kernel's rule, see ifxStarts */
    IFX_HOOK_STRICT,    /* the domain must declare each member that it can: the rule of libvirt's
                         * 2019 series */
} ifxHookRule;

/* How far the start is (virHookCall() in src/qemu/qemu_process.c). */
typedef enum {
    IFX_HOOK_PREPARE,   /* libvirt has not taken anything from the host yet (qemuProcessInit) */
    IFX_HOOK_START,     /* declared devices are on vfio-pci, and each interface of a hostdev network
                         * has its virtual function. Only the groups of interfaces are judged, and
                         * no use (qemuProcessLaunch) */
} ifxHookStage;

/* "viable", "strict"; false for anything else. */
bool ifxHookGuardParseRule(const char *text, ifxHookRule *rule);

/* Why the guest must not start: new array of char *, which frees them, with a sentence for each
 * group and for each device that the guest would take from the host's use, and the command that
 * allows these devices: @install, which installs the hook as it is now, with more options. Empty:
 * the guest may start, or libvirt and QEMU refuse it with messages of their own. */
GPtrArray *ifxHookGuardJudge(const ifxPlan *plan,
                             ifxHookRule rule,
                             ifxHookStage stage,
                             const char *install);
