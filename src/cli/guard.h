/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard: may a guest start on its host as that is now? What libvirt's qemu hook asks.
 */

#pragma once

#include "plan/plan.h"

typedef enum {
    IFX_GUARD_VIABLE,   /* no member that is not declared may make the start fail: the kernel's
                         * rule, see ifxStarts */
    IFX_GUARD_STRICT,   /* each member that can be declared is: the rule of libvirt's 2019 series */
} ifxGuardRule;

/* How far libvirt is (virHookCall() in src/qemu/qemu_process.c). */
typedef enum {
    IFX_GUARD_PREPARE,  /* nothing was taken from the host yet (qemuProcessInit) */
    IFX_GUARD_START,    /* what is declared is on vfio-pci, and each interface of a hostdev network
                         * has its virtual function: only the groups of interfaces are judged, and
                         * no use (qemuProcessLaunch) */
} ifxGuardStage;

/* "viable", "strict"; false for anything else. */
bool ifxGuardRuleParse(const char *text, ifxGuardRule *rule);

/* Why the guest must not start: new array of char *, which it frees, a sentence without its end
 * for each group and for each device that would be taken from the host's use. Empty: it may start,
 * or libvirt and QEMU refuse it in words of their own. */
GPtrArray *ifxGuardJudge(const ifxPlan *plan, ifxGuardRule rule, ifxGuardStage stage);
