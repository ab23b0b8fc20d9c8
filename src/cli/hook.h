/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook: what cmd-hook is made of. hook-file is the script by which libvirt calls the tool when a
 * guest starts; hook-guard judges whether the guest may.
 *
 * libvirt 6.5 and later runs each executable file in /etc/libvirt/hooks/qemu.d with the guest's
 * name, an operation, a sub-operation and "-", and the guest's XML on standard input
 * (docs/hooks.html; virHookCall in src/util/virhook.c). It looks for them when it starts.
 *
 * The script answers all but "prepare begin" and "start begin" itself, with success: a hook that
 * fails at "reconnect" kills a guest that runs. If the tool is gone, or ends in another way than by
 * an answer, the guest may start; with --fail-closed it may not.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

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

typedef enum {
    IFX_HOOK_VIABLE,   /* no member that is not declared may make the start fail: the kernel's
                         * rule, see ifxStarts */
    IFX_HOOK_STRICT,   /* each member that can be declared is: the rule of libvirt's 2019 series */
} ifxHookRule;

/* How far libvirt is (virHookCall() in src/qemu/qemu_process.c). */
typedef enum {
    IFX_HOOK_PREPARE,  /* nothing was taken from the host yet (qemuProcessInit) */
    IFX_HOOK_START,    /* what is declared is on vfio-pci, and each interface of a hostdev network
                         * has its virtual function: only the groups of interfaces are judged, and
                         * no use (qemuProcessLaunch) */
} ifxHookStage;

/* "viable", "strict"; false for anything else. */
bool ifxHookGuardParseRule(const char *text, ifxHookRule *rule);

/* Why the guest must not start: new array of char *, which it frees, a sentence without its end
 * for each group and for each device that would be taken from the host's use. Empty: it may start,
 * or libvirt and QEMU refuse it in words of their own. */
GPtrArray *ifxHookGuardJudge(const ifxPlan *plan, ifxHookRule rule, ifxHookStage stage);
