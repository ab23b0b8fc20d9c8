/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-file: plans that were kept: a plan document (plan-xml.h) with approvals
 * (plan-approval.h), whose root has an id of its own.
 *
 * Such a file is compared and shown, never trusted: nothing of it is written to libvirt.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Room for some ten thousand domains. */
#define IFX_PLAN_FILE_MAX (256 * 1024 * 1024)

/* Makes of @doc, a document that ifxPlanXmlNew() began, one to be kept: gives it an id, the time
 * and the tool's version. */
void ifxPlanFileMark(xmlDoc *doc);

typedef struct _ifxPlanFile ifxPlanFile;

/* A domain in it. Lent for the file's life. */
typedef struct _ifxPlanFileEntry ifxPlanFileEntry;
struct _ifxPlanFileEntry {
    const xmlNode *node;    /* its <plan> */
    char *name;
    char *uuid;             /* NULL: the definition had none */
    char *uri;              /* NULL: it was planned for no connection */
    bool change;            /* there is something to be applied */
    ifxPolicy policy;       /* by which it was planned */
};

/* From @bytes. NULL with IFX_ERROR_XML if they are no plan file, or one of another version. Free
 * with ifxPlanFileFree(). */
ifxPlanFile *ifxPlanFileParse(GBytes *bytes, GError **error);
void ifxPlanFileFree(ifxPlanFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanFile, ifxPlanFileFree)

/* Lent. */
const char *ifxPlanFileGetId(const ifxPlanFile *file);

/* Array of ifxPlanFileEntry, in the file's order; lent. */
const GPtrArray *ifxPlanFileGetEntries(const ifxPlanFile *file);

/* Is @plan, made by the entry's policy from the domain as it is now, what was approved? @diff is
 * what it would change. False with IFX_ERROR_REFUSED, see ifxPlanApprovalCheck(). */
bool ifxPlanFileCheck(const ifxPlanFileEntry *entry,
                      const ifxPlan *plan,
                      const char *diff,
                      GError **error);

/* Appends what the file says of the domain: claims and members with verdict, reason and evidence.
 * All is escaped. */
void ifxPlanFileDescribe(const ifxPlanFileEntry *entry, GString *out);

/* The diff that was kept. Free with g_string_free(). */
GString *ifxPlanFileGetDiff(const ifxPlanFileEntry *entry);
