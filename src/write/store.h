/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store: the state folder, which records what was written so that it can be undone.
 *
 *     lock                          held by the run that writes
 *     transactions/ID/              one run that writes; ID is its time in UTC, but always a higher
 *                                   number than the one before: the clock may be put back
 *         0001.json                 a definition that is to be replaced: record.h
 *         journal                   a line for the result of each record: its number, a word, the
 *                                   time
 *
 * Folders have mode 0700, files 0600. No file is overwritten; the journal only grows. A call that
 * adds a record returns after the record is on disk (fsync of the file and of the folders). A
 * record without a line in the journal is one whose run was killed; the domain shows what came of
 * it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/record.h"

typedef struct _ifxStore ifxStore;

/* Opens $VIRT_IOMMUFIX_STATE; without that /var/lib/virt-iommufix for root, and virt-iommufix in
 * the XDG state folder ($XDG_STATE_HOME, ~/.local/state) for other users. NULL with IFX_ERROR_FILE
 * if the path is not absolute. With @write a missing folder is made, and NULL with IFX_ERROR_FILE
 * means that it cannot be written. Without @write a missing folder is an empty store. Free with
 * ifxStoreFree(). */
ifxStore *ifxStoreOpen(bool write, GError **error);
void ifxStoreFree(ifxStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxStore, ifxStoreFree)

/* Keeps other runs with this folder from writing to libvirt until the store is freed. False with
 * IFX_ERROR_FILE, which names the process, if another run writes now. Does nothing if the store is
 * locked already. */
bool ifxStoreLock(ifxStore *store, GError **error);

/* What came of a record. */
typedef enum {
    IFX_STATE_OPEN,         /* the journal has no line for it */
    IFX_STATE_WRITTEN,      /* written and read back */
    IFX_STATE_NOT_WRITTEN,  /* the tool or libvirt refused it */
    IFX_STATE_BROKEN,       /* libvirt has another definition, in which claims are wrong */
    IFX_STATE_ENDED,        /* undo found nothing left of it, or no such domain */
} ifxState;

/* The word for it in the journal; a constant. */
const char *ifxStateToString(ifxState state);

/* A run that writes. */
typedef struct _ifxTransaction ifxTransaction;

/* Is @word like the ID of a transaction, "20261128-235551-444054"? */
bool ifxTransactionIsId(const char *word);

/* Writes nothing yet. @store must be locked and outlive the transaction. Free with
 * ifxTransactionFree(). */
ifxTransaction *ifxTransactionNew(ifxStore *store);
void ifxTransactionFree(ifxTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTransaction, ifxTransactionFree)

/* The ID is lent. */
const char *ifxTransactionGetId(const ifxTransaction *transaction);

/* The number of records. */
guint ifxTransactionCount(const ifxTransaction *transaction);

/* Writes @record. @number is set to its number in the transaction, from 1 on. False with
 * IFX_ERROR_FILE: the definition must not be replaced. */
bool ifxTransactionAdd(ifxTransaction *transaction,
                       const ifxRecord *record,
                       guint *number,
                       GError **error);

/* Writes the result of the record into the journal. False with IFX_ERROR_FILE: nothing is lost,
 * because the domain shows the result. */
bool ifxTransactionWriteState(ifxTransaction *transaction,
                              guint number,
                              ifxState state,
                              GError **error);

/* A record in a transaction. */
typedef struct _ifxLogEntry ifxLogEntry;
struct _ifxLogEntry {
    char *transaction;      /* its ID */
    guint number;
    ifxRecord *record;      /* without before and after: see ifxStoreLogReadRecord() */
    ifxState state;
    bool undone;            /* a later undo undid it, and was not undone itself */
};

/* A record that cannot be read. */
typedef struct _ifxLogProblem ifxLogProblem;
struct _ifxLogProblem {
    char *transaction;      /* its ID */
    char *message;
};

/* An empty array of ifxLogProblem, which frees them. */
GPtrArray *ifxStoreLogNewProblems(void);

/* All records in the order in which they were made: an array of ifxLogEntry, which frees them. A
 * record that cannot be read is left out, and added to @problems (ifxStoreLogNewProblems()). NULL with
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
