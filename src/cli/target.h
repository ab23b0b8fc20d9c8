/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * target: a domain that was named, with the plan for it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/host.h"
#include "plan/plan.h"
#include "plan/rewrite.h"
#include "cli/session.h"

/* Lives while it is visited. */
typedef struct _ifxTarget ifxTarget;
struct _ifxTarget {
    const char *label;      /* what the user calls it; of a file its path */
    const char *diff_name;  /* the name that its diff carries */
    gboolean outside;       /* a file outside of the working directory, see ifxDiffName() */
    bool without_secrets;   /* its text came from libvirt, which left passwords out */
    ifxHost *host;
    const ifxPlanHost *known;   /* what the plan is made from, with its domain, */
    const ifxPolicy *policy;    /* and by what */
    const ifxPlan *plan;
};

/* What the session's stylesheets make of the target. NULL with an error that names it.
 * Free with ifxRewriteFree(). */
ifxRewrite *ifxTargetRewrite(ifxSession *session, const ifxTarget *target, GError **error);

/* The diff of what they make of it, for plan files: under the domain's name wherever it comes from.
 * NULL with an error that names it. Free with g_string_free(). */
GString *ifxTargetDiff(ifxSession *session, const ifxTarget *target, GError **error);
