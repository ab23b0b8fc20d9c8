/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remark: a thing to report about a plan, and what to do about it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan-named.h"
#include "plan/plan.h"

/* What there is to report about a claim, a member, or the domain as a whole. Nothing is escaped, and
 * no sentence has a full stop. */
typedef struct _ifxRemark ifxRemark;
struct _ifxRemark {
    bool refused;           /* nothing is changed because of it */
    bool note;              /* it is in nobody's way */
    char *key;              /* of a note about another domain: the same in the notes of both; NULL:
                             * it is about no other domain */
    char *text;             /* what happened: "0000:01:00.1 (audio device, snd_hda_intel) is
                             * missing" */
    GPtrArray *advice;      /* char *: what to do about it, a sentence each */
};
void ifxRemarkFree(ifxRemark *remark);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRemark, ifxRemarkFree)

/* Takes over @text. */
ifxRemark *ifxRemarkNew(bool refused, char *text);

/* Adds the command that names the device at @address with --allow-member, for the case of
 * @condition. */
void ifxRemarkAddChoice(ifxRemark *remark,
                        const ifxNamed *named,
                        const char *condition,
                        const ifxPciAddress *address);

/* Adds how the user can override the refusal of the device at @address, or that this is not
 * @possible. Where something else in @plan can't be overridden, it adds no command that fails. */
void ifxRemarkAddOverride(ifxRemark *remark,
                          const ifxNamed *named,
                          const ifxPlan *plan,
                          bool possible,
                          const ifxPciAddress *address);

/* All of it on one line. Free with g_free(). */
char *ifxRemarkFormat(const ifxRemark *remark);
