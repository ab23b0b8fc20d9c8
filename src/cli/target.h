/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * target: a domain or file that the user named, and the plan for it.
 *
 *     ifxTarget *target = ifxTargetReadDomain(host, "gaming", false, error);
 *
 *     if (target && ifxTargetMakePlan(target, &options, &policy, error))
 *         print(target->plan->result);
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/moved.h"
#include "cli/options.h"
#include "host/host.h"
#include "plan/plan-named.h"
#include "plan/plan.h"
#include "plan/rewrite.h"

typedef struct _ifxTarget ifxTarget;
struct _ifxTarget {
    char *label;            /* what the user calls it: the domain's name, the path of a file */
    char *diff_name;        /* the name that its diff carries */
    gboolean outside;       /* a file outside the working directory, see ifxDiffName() */
    ifxNamedKind kind;
    bool without_secrets;   /* its XML came from libvirt, which left passwords out */
    ifxHost *host;          /* lent */
    ifxDomain *domain;

    /* From ifxTargetMakePlan() on. */
    ifxTopology *topology;
    ifxUseGraph *use;        /* NULL: it was not read, because the domain can't have a device */
    ifxPlanHost known;      /* what the plan is made from, with the domain */
    ifxPolicy policy;       /* and by what; @allowed and @left_out are lent */
    guint number;           /* which it is of the run's targets, from 1 on; and how many there are */
    guint total;
    ifxNamed *named;        /* what commands about it need */
    ifxPlan *plan;
};

/* Reads a file for @host; "-" is standard input. NULL with an error. The target lives as long as
 * @host at most. */
ifxTarget *ifxTargetReadFile(ifxHost *host, const char *path, GError **error);

/* Reads the domain that @key names (ifxHostReadDomain()). @several: there are other hosts, so that
 * its label and its diff name the host, too. NULL with an error. */
ifxTarget *ifxTargetReadDomain(ifxHost *host, const char *key, bool several, GError **error);

void ifxTargetFree(ifxTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTarget, ifxTargetFree)

/* Prints once for a host what could not be asked because the tool does not run as root. */
void ifxTargetNoteUnasked(ifxHost *host);

/* Reads what the domain's host has to do with it, and makes the plan. @options name the
 * host. False
 * with an error. */
bool ifxTargetMakePlan(ifxTarget *target,
                       const ifxOptions *options,
                       const ifxPolicy *policy,
                       const ifxMoved *moved,
                       GError **error);

/* What @stylesheets (ifxStylesheet) make of the target. NULL with an error that names it. Free with
 * ifxRewriteFree(). */
ifxRewrite *ifxTargetRewrite(const ifxTarget *target,
                             const GPtrArray *stylesheets,
                             GError **error);

/* The same for a diff that is shown (ifxRewriteNewPreview()). */
ifxRewrite *ifxTargetPreview(const ifxTarget *target,
                             const GPtrArray *stylesheets,
                             GError **error);

/* The diff of that for a saved plan: under the domain's name wherever it comes from. NULL with an
 * error that names the target. Free with g_string_free(). */
GString *ifxTargetDiff(const ifxTarget *target, const GPtrArray *stylesheets, GError **error);
