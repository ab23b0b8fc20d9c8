/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-file: saved plans. A file is a plan document (plan-xml.h) with approvals (plan-approval.h),
 * and its root has an id.
 *
 * The tool compares and shows the content of such a file, but never trusts it: nothing of it is
 * written to libvirt.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "plan/plan.h"

/* Room for some ten thousand domains. */
#define IFX_PLAN_FILE_MAX (256 * 1024 * 1024)

/* Makes a saved plan of @doc, a document from ifxPlanXmlNew(): sets an id, the time and the tool's
 * version. */
void ifxPlanFileMark(xmlDoc *doc);

typedef struct _ifxPlanFile ifxPlanFile;

/* A domain in the file. Lent for the file's life. */
typedef struct _ifxPlanFileEntry ifxPlanFileEntry;
struct _ifxPlanFileEntry {
    const xmlNode *node;    /* its <plan> */
    char *name;
    char *uuid;             /* NULL: the definition has none */
    char *uri;              /* of the connection; NULL: the plan was made without one */
    char *host_uuid;        /* of its host; NULL: unknown */
    bool several;           /* the file has plans for other connections, too */
    ifxResult result;
    ifxPolicy policy;       /* by which the plan was made; without the path of its capture */
    char *moved_sum;        /* the policy's */
};

/* Reads a file from @bytes. NULL with IFX_ERROR_XML if they are no plan file, or if its version is
 * another. Free with ifxPlanFileFree(). */
ifxPlanFile *ifxPlanFileParse(GBytes *bytes, GError **error);
void ifxPlanFileFree(ifxPlanFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxPlanFile, ifxPlanFileFree)

/* False with IFX_ERROR_XML if a plan in the file is not as it was saved. */
bool ifxPlanFileIsIntact(const ifxPlanFile *file, GError **error);

/* Do @bytes begin as a plan document does? */
bool ifxPlanFileIsPlan(GBytes *bytes);

/* Lent. */
const char *ifxPlanFileGetId(const ifxPlanFile *file);

/* When it was made, ISO 8601; NULL: the file does not say. Lent. */
const char *ifxPlanFileGetTime(const ifxPlanFile *file);

/* Array of ifxPlanFileEntry, in the file's order; lent. */
const GPtrArray *ifxPlanFileGetEntries(const ifxPlanFile *file);

/* Is @plan what was approved? It was made by the entry's policy from the domain as it is now, and
 * @diff is its change. False with IFX_ERROR_REFUSED, see ifxPlanApprovalCheck(); @difference is
 * escaped. */
bool ifxPlanFileCheck(const ifxPlanFileEntry *entry,
                      const ifxPlan *plan,
                      const char *diff,
                      GString *difference,
                      GError **error);

/* Appends what the file holds about the domain: what becomes of it, and its claims and members
 * (ifxPlanDescribe()). The text is escaped and fits @width columns; 0: nothing is broken. */
void ifxPlanFileDescribe(const ifxPlanFileEntry *entry, guint width, GString *out);

/* Appends where the plans of the file come from: id, time, tool, hosts and options; in the same way. */
void ifxPlanFileDescribeHead(const ifxPlanFile *file, guint width, GString *out);

/* Is the domain not complete, or will it not start? */
bool ifxPlanFileIsProblem(const ifxPlanFileEntry *entry);

/* The diff in the file. Free with g_string_free(). */
GString *ifxPlanFileGetDiff(const ifxPlanFileEntry *entry);
