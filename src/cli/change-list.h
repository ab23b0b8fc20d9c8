/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * change-list: the changes of apply or undo, from the diff that the user sees to the result.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/change-summary.h"
#include "cli/session.h"
#include "cli/tally.h"
#include "cli/target.h"
#include "report/report-line.h"
#include "write/write.h"
#include "write/store.h"

typedef struct _ifxChangeList ifxChangeList;
struct _ifxChangeList {
    ifxSession *session;    /* lent */
    GPtrArray *changes;     /* ifxChange */
    GPtrArray *lines;       /* ifxReportLine of each; NULL without --json */
    GPtrArray *summaries;   /* ifxChangeSummary: what each does */
    bool noted;             /* what the user should know of the next domain was printed already */
    GArray *states;         /* ifxDomainState of each, before it is written */
};

/* @session must outlive the list. */
void ifxChangeListInit(ifxChangeList *list, ifxSession *session);
void ifxChangeListClear(ifxChangeList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxChangeList, ifxChangeListClear)

/* Prints the notes of @plan, which is that of @target or another one of the same domain; not if the
 * list has @noted. If it changes something, prints the diff on stdout (not with --json) and adds the change. With --json
 * prints the line of a domain that does not change. False with IFX_ERROR_REFUSED for a transient
 * domain, with other errors where something fails; then nothing is added. */
bool ifxChangeListAddPlan(ifxChangeList *list,
                          const ifxTarget *target,
                          const ifxPlan *plan,
                          GError **error);

/* Adds @change the same way; takes over it and @summary, also on failure. @target has the plan for
 * the line of --json; NULL: the change has none. */
bool ifxChangeListAdd(ifxChangeList *list,
                      ifxChange *change,
                      const char *diff_name,
                      const ifxTarget *target,
                      ifxChangeSummary *summary,
                      GError **error);

/* Prints what the user should know of the domain @name before it is written; @takes: the change takes
 * devices from the host. */
void ifxChangeListNoteState(const char *label,
                            const char *name,
                            const ifxDomainState *state,
                            bool takes);

/* Lists what is to be written and asks whether to write it. True without a question with --yes. */
bool ifxChangeListConfirm(const ifxChangeList *list);

/* Lists what would be written; with --json a line for each, with both texts. False with
 * IFX_ERROR_OUTPUT. */
bool ifxChangeListWriteDry(const ifxChangeList *list, GError **error);

/* With --json prints a line for each change, because the user declined them all, and counts them so
 * in @tally. False with IFX_ERROR_OUTPUT. */
bool ifxChangeListWriteDeclined(const ifxChangeList *list, ifxTally *tally, GError **error);

/* Writes all changes as one transaction of @store, under its lock, reports what came of each, and
 * what the user does next.
 * @tally, where each counts as a change, is corrected. @id, unless it is NULL, is set to the
 * transaction's if it has a record (free with g_free()). False with an error before anything was
 * written, and with IFX_ERROR_OUTPUT. */
bool ifxChangeListWrite(const ifxChangeList *list,
                        ifxStore *store,
                        ifxTally *tally,
                        char **id,
                        GError **error);

/* ifxTallySummarize(), and with --json a last line with the same numbers. False with
 * IFX_ERROR_OUTPUT. */
bool ifxChangeListSummarize(const ifxChangeList *list,
                            const ifxTally *tally,
                            const char *change,
                            const char *tail,
                            GError **error);

/* Settles what killed runs left in @store (ifxUndoSettle()), on the hosts of the session. */
void ifxChangeListSettle(const ifxChangeList *list, const ifxStore *store);
