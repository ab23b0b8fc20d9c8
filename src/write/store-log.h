/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store-log: the transactions in a store.
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
    ifxRecord *record;      /* without before and after: see ifxStoreLogReadRecord() */
    ifxState state;
    bool undone;            /* a later undo undid it, and was not undone itself */
};

/* All records in the order in which they were made: an array of ifxLogEntry, which frees them. A
 * record that cannot be read is left out, and @problems (char *) gets a message. NULL with
 * IFX_ERROR_FILE if the folder cannot be read. */
GPtrArray *ifxStoreLogRead(const ifxStore *store, GPtrArray *problems, GError **error);

/* The same for those records alone that have no line in the journal; undone is not set. */
GPtrArray *ifxStoreLogReadOpen(const ifxStore *store, GPtrArray *problems, GError **error);

/* Writes the result of @entry, one of the latter, into the journal. False with IFX_ERROR_FILE. */
bool ifxStoreLogWriteState(const ifxStore *store,
                           const ifxLogEntry *entry,
                           ifxState state,
                           GError **error);

/* The whole record of @entry. NULL with IFX_ERROR_FILE. Free with ifxRecordFree(). */
ifxRecord *ifxStoreLogReadRecord(const ifxStore *store, const ifxLogEntry *entry, GError **error);

/* Removes the definition with passwords of @entry, if there still is one. False with
 * IFX_ERROR_FILE. */
bool ifxStoreLogDropSecret(const ifxStore *store, const ifxLogEntry *entry, GError **error);
