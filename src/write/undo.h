/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undo: what of a transaction is still in a domain, and the change that takes it out.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/write.h"
#include "write/store.h"

/* Where a record stands. */
typedef enum {
    IFX_UNDO_WRITTEN,
    IFX_UNDO_UNDONE,
    IFX_UNDO_NOT_WRITTEN,
    IFX_UNDO_BROKEN,
    IFX_UNDO_ENDED,
    IFX_UNDO_CHANGED,       /* written, and somebody changed what was written */
    IFX_UNDO_UNKNOWN,       /* the domain cannot be read */
} ifxUndoState;

/* In words: a constant. */
const char *ifxUndoStateToString(ifxUndoState state);

/* Can the state be found out from the domain alone? Then ifxUndoFindState() wants the host. */
bool ifxUndoNeedsHost(const ifxLogEntry *entry);

/* The state of @entry from the journal. Where the journal does not have it, because the run was
 * killed: from the domain on @host as it is now. @host may be NULL: it cannot be reached. */
ifxUndoState ifxUndoFindState(const ifxStore *store, const ifxLogEntry *entry, ifxHost *host);

/* Sets @change to the change that takes out of the domain on @host, as it is now, what @entry
 * recorded; free with ifxChangeFree(). NULL: nothing of it is left. False with IFX_ERROR_REFUSED,
 * which names the domain, if it was changed since; with other errors if the record or the domain
 * cannot be read. */
bool ifxUndoMakeChange(const ifxStore *store,
                       const ifxLogEntry *entry,
                       ifxHost *host,
                       ifxChange **change,
                       GError **error);

/* Sets @stays to the path of the first element of @change that undo would not change back, because a
 * site's own stylesheet may change what undo does not know; NULL: undo brings back all of the
 * definition. Free with g_free(). False with an error if it cannot be undone. */
bool ifxUndoCheckChange(const ifxChange *change, char **stays, GError **error);

/* Has @current, the domain of the record, the addresses again that it had before the record's run
 * followed its devices (--moved-from)? */
bool ifxUndoIsMovedBack(const ifxStore *store,
                        const ifxLogEntry *entry,
                        const ifxDomain *current);

/* The ID of the transaction in @log, from ifxStoreLogRead(), that applied the saved plan @plan to the
 * domain @uuid, even if that was undone since; lent by @log. NULL: there is none, or @uuid is NULL. A
 * record without a journal line counts only if its domain is on one of @hosts (ifxHost), and does
 * not show that nothing was written. */
const char *ifxUndoFindPlan(const ifxStore *store,
                            const GPtrArray *log,
                            const GPtrArray *hosts,
                            const char *plan,
                            const char *uuid);

/* For each record without a journal line whose domain is on one of @hosts (ifxHost), finds out from
 * the domain whether it was written, and writes that into the journal. @store must be locked. What
 * cannot be found out stays for the next time. @problems gets a message (char *) for what cannot be
 * written. */
void ifxUndoSettle(const ifxStore *store, const GPtrArray *hosts, GPtrArray *problems);
