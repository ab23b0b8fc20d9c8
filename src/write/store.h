/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store: the folder that keeps what was written, so that it can be taken back.
 *
 *     lock                          held by the run that writes
 *     transactions/ID/              one run that writes; ID is its time in UTC
 *         0001.json                 a definition that is to be replaced: record.h
 *         0001.secret.xml           the definition with its passwords, until the new one was read
 *                                   back (--keep-backup: for good)
 *         journal                   a line for what came of each record: its number, a word, the
 *                                   time
 *
 * Folders have mode 0700, files 0600. No file is overwritten; the journal grows. A record is on
 * disk (fsync of it and of the folders) before a call that adds one returns. A record of which
 * the journal says nothing is one whose run was ended: what came of it is seen from the domain.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/record.h"

typedef struct _ifxStore ifxStore;

/* In $VIRT_IOMMUFIX_STATE, else /var/lib/virt-iommufix for root, else virt-iommufix in the XDG
 * state folder ($XDG_STATE_HOME, ~/.local/state). @write: it is made where it is missing, and
 * IFX_ERROR_FILE says if it can't be written; else one that is missing is empty.
 * Free with ifxStoreFree(). */
ifxStore *ifxStoreOpen(bool write, GError **error);
void ifxStoreFree(ifxStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxStore, ifxStoreFree)

/* Until the store is freed no other run with this folder writes to libvirt. IFX_ERROR_FILE, which
 * names the process, if one does now. Once it is locked another call does nothing. */
bool ifxStoreLock(ifxStore *store, GError **error);

/* What came of a record. */
typedef enum {
    IFX_STATE_OPEN,         /* the journal does not say */
    IFX_STATE_WRITTEN,      /* and it was read back */
    IFX_STATE_NOT_WRITTEN,  /* refused, by the tool or by libvirt */
    IFX_STATE_RESTORED,     /* written, found wrong, and the old definition put back */
    IFX_STATE_BROKEN,       /* written, found wrong, and somebody changed it since */
} ifxState;

/* A word of the journal; a constant. */
const char *ifxStateToString(ifxState state);

/* A run that writes. */
typedef struct _ifxTransaction ifxTransaction;

/* A new one; nothing is on disk yet. @store must be locked and outlive it. Free with
 * ifxTransactionFree(). */
ifxTransaction *ifxTransactionNew(ifxStore *store);
void ifxTransactionFree(ifxTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxTransaction, ifxTransactionFree)

/* Lent. */
const char *ifxTransactionGetId(const ifxTransaction *transaction);

/* How many records it has. */
guint ifxTransactionCount(const ifxTransaction *transaction);

/* Keeps @record, and @secret, the definition with its passwords. @number, from 1 on, is the
 * record's in the transaction. False with IFX_ERROR_FILE: the definition must not be replaced. */
bool ifxTransactionAdd(ifxTransaction *transaction,
                       const ifxRecord *record,
                       GBytes *secret,
                       guint *number,
                       GError **error);

/* Writes what came of the record into the journal. False with IFX_ERROR_FILE: nothing is lost by
 * it, since it is seen from the domain. */
bool ifxTransactionEnd(ifxTransaction *transaction,
                       guint number,
                       ifxState state,
                       GError **error);

/* Removes the definition with its passwords. */
bool ifxTransactionDropSecret(ifxTransaction *transaction, guint number, GError **error);
