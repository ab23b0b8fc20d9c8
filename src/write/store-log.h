/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store-log: the transactions that a store holds.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/store.h"

/* A record in a transaction. */
typedef struct _ifxLogEntry ifxLogEntry;
struct _ifxLogEntry {
    char *transaction;      /* its ID */
    guint number;
    ifxRecord *record;      /* without before and after: see ifxStoreReadRecord() */
    ifxState state;
    bool undone;            /* a later undo took it back, and was not taken back itself */
};

/* All records in the order in which they were made: an array of ifxLogEntry, which frees them. A
 * record that can't be read is left out, and @problems (of char *) says why. NULL with
 * IFX_ERROR_FILE if the folder can't be read. */
GPtrArray *ifxStoreReadLog(const ifxStore *store, GPtrArray *problems, GError **error);

/* The same, of those alone of which the journal does not say what came. */
GPtrArray *ifxStoreReadOpen(const ifxStore *store, GPtrArray *problems, GError **error);

/* Writes into the journal what came of @entry, one of the latter. */
bool ifxStoreEndEntry(const ifxStore *store,
                      const ifxLogEntry *entry,
                      ifxState state,
                      GError **error);

/* The record of @entry in full. NULL with IFX_ERROR_FILE. Free with ifxRecordFree(). */
ifxRecord *ifxStoreReadRecord(const ifxStore *store, const ifxLogEntry *entry, GError **error);

/* Removes the definition with passwords that was kept for @entry, if one still is. */
bool ifxStoreDropSecret(const ifxStore *store, const ifxLogEntry *entry, GError **error);
