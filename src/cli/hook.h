/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hook: what cmd-hook is made of. hook-file is the script by which libvirt calls the tool when a
 * guest starts. hook-answer judges the guest in time, and reports the answer to libvirt and to the
 * system log. hook-guard decides from the plan whether the guest may start.
 *
 * libvirt 6.5 and later runs each executable file in /etc/libvirt/hooks/qemu.d with the guest's
 * name, an operation, a sub-operation and "-", and with the guest's XML on standard input
 * (docs/hooks.html; virHookCall in src/util/virhook.c). It looks for these files when it starts.
 *
 * The script itself answers every call with success, except for "prepare begin" and "start begin":
 * a hook that fails at "reconnect" kills a running guest. If the tool is gone or ends without an
 * answer, the guest may start; with --fail-closed it may not. A tool that crashed or was killed is
 * no reason to start it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"
#include "plan/plan.h"

/* Where the script is on the host whose root is @sysroot. Free with g_free(). */
char *ifxHookFilePath(const char *sysroot);

/* Checks that nobody except for root and the caller can change @tool, the path of the tool with links
 * resolved, or a folder above it: libvirt runs it as root. IFX_ERROR_REFUSED otherwise; the message
 * ends with @copy, the command that installs the tool elsewhere. */
bool ifxHookFileCheckTool(const char *tool, const char *copy, GError **error);

/* What becomes of the script. */
typedef enum {
    IFX_HOOK_FILE_UNCHANGED,
    IFX_HOOK_FILE_INSTALLED,
    IFX_HOOK_FILE_REPLACED,
    IFX_HOOK_FILE_REMOVED,
} ifxHookFileOutcome;

/* Writes the script, as a whole or not at all; not if it is there as it should be. It calls
 * @arguments (NULL-terminated), which begins with the path of the tool. With @dry it writes nothing:
 * @outcome is what it would do. False with IFX_ERROR_FILE, also if the file at @path is not the
 * tool's own. */
bool ifxHookFileInstall(const char *path,
                        const char *const *arguments,
                        bool fail_closed,
                        bool dry,
                        ifxHookFileOutcome *outcome,
                        GError **error);

/* Removes the script, with @dry only as above. False with IFX_ERROR_FILE, also if the file at @path
 * is not the tool's own. */
bool ifxHookFileUninstall(const char *path,
                          bool dry,
                          ifxHookFileOutcome *outcome,
                          GError **error);

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

/* What the guard decided: arrays of char *, which own them. The guest must not start if @reasons or
 * @unanswered has a sentence. Otherwise it may start, or libvirt and QEMU refuse it with messages
 * of their own. */
typedef struct _ifxHookGuardVerdict ifxHookGuardVerdict;
struct _ifxHookGuardVerdict {
    GPtrArray *reasons;     /* a sentence for each group and for each device that the guest would
                             * take from the host's use, and the command that allows these devices */
    GPtrArray *unanswered;  /* a sentence for each device of which nobody knows whether the host
                             * uses it, because a question got no answer in time */
    GPtrArray *notes;       /* a sentence for each device that the guest takes although the host
                             * shows its console on it, or its only keyboard is connected to it */
};

void ifxHookGuardVerdictFree(ifxHookGuardVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxHookGuardVerdict, ifxHookGuardVerdictFree)

/* Decides by the rule. @install is the command that installs the hook as it is now, and is given
 * with more options. The guest gets nothing that the host uses, with these exceptions:
 *
 *  - what is on a disk and is at rest, such as an LVM volume that is not active: the guest's own
 *    disks look like that
 *  - the display of the host's console, and the controller of its only keyboard, if the guest gets
 *    the device itself. The user wants that, and another hook ends the host's session at the same
 *    moment. A placeholder of such a device is refused: the guest does not use it */
ifxHookGuardVerdict *ifxHookGuardJudge(const ifxPlan *plan,
                                  ifxHookRule rule,
                                  ifxHookStage stage,
                                  const char *install);

/* A start that libvirt asks about. */
typedef struct _ifxHookQuestion ifxHookQuestion;
struct _ifxHookQuestion {
    const ifxOptions *options;
    const char *name;       /* of the guest */
    ifxHookStage stage;
    ifxHookRule rule;
    const char *install;    /* see ifxHookGuardJudge() */
    ifxExit status;         /* the answer */
    GPtrArray *messages;    /* char *: what was reported with it; frees them */
};

/* Judges the guest whose XML is on standard input, and reports the answer. Returns IFX_EXIT_DONE
 * if it may start, otherwise IFX_EXIT_INCOMPLETE.
 *
 * It always returns within about 30 seconds. Whatever can wait for ever happens in a child process
 * (base/child.h), which holds none of the pipes that libvirt reads (virCommandRun() in
 * src/util/vircommand.c waits for their end too).
 *
 *  - The domain or the host can't be read: the guest may start, unless --fail-closed is given.
 *  - The answer is late, or the child crashed or was killed: the guest is refused. It has PCI devices, otherwise there is nothing to
 *    wait for, and the host may use them. A guest that does not start can be started again; a disk
 *    that the host loses cannot.
 *
 * The system log gets a line about both, and about the notes and what was unanswered. */
ifxExit ifxHookAnswer(ifxHookQuestion *question);
