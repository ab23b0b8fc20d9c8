/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write-internal: what the files of this room share.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "write/write.h"
#include "write/store.h"

/* store and store-log. */

struct _ifxStore {
    char *path;
    int folder;             /* -1: there is none, and none is to be made */
    int transactions;       /* the same */
    int lock;               /* -1: not locked */
};

/* Appends a line to an open journal, see ifxTransactionWriteState(). */
bool ifxStoreWriteJournal(int journal,
                          const char *id,
                          guint number,
                          ifxState state,
                          GError **error);

/* The name of a record's file. Free with g_free(). */
static inline char *
ifxStoreRecordName(guint number)
{
    return g_strdup_printf("%04u.json", number);
}

/* change-write: one change on its way to libvirt. */

typedef struct _ifxChangeWrite ifxChangeWrite;

/* Reads nothing and writes nothing. All is lent and must outlive the result. Free with
 * ifxChangeWriteFree(). */
ifxChangeWrite *ifxChangeWriteNew(ifxTransaction *transaction,
                                  const ifxChange *change,
                                  ifxWriteOptions options);
void ifxChangeWriteFree(ifxChangeWrite *write);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxChangeWrite, ifxChangeWriteFree)

/* Writes the change. What it asks libvirt, in this order, after the plan was made from a dump without
 * passwords (before):
 *
 *     is it persistent           it still has a definition: one that is transient by now would get one
 *     dump with passwords (1)    the text that the patch is carried out on
 *     dump without passwords     it is before, and it was read after (1): so (1) is what was planned for
 *     (the record goes to disk)
 *     dump with passwords (2)    it is (1): nobody changed it while the new text and the record were made
 *     define, with validation    libvirt accepts the new text
 *     dump with passwords (3)    the claims are as they should be, and all else is as it was
 *
 * Only between (2) and the define call would an edit of somebody else be lost (write.h).
 *
 * @note is set to what the user should know, or stays as it is (free with g_free()). False
 *  - with IFX_ERROR_REFUSED: the definition is not the one that the change was made from, or the
 *    domain has none; nothing was written,
 *  - with IFX_ERROR_QUIT: a signal came before the new definition went to libvirt,
 *  - with IFX_ERROR_FILE: the record cannot be written; nothing else was,
 *  - with IFX_ERROR_MISMATCH: libvirt or somebody else made something else of it, in which claims
 *    are not as they should be; that definition stays,
 *  - with IFX_ERROR_CONNECTION or IFX_ERROR_XML: libvirt refuses the definition; or the connection
 *    broke (ifxHostIsAlive()) and it is not known what came of the change: once the connection is
 *    open again, another call finds that out and does what is left. */
bool ifxChangeWriteRun(ifxChangeWrite *write, char **note, GError **error);

/* Has libvirt another definition than before the run? */
ifxChanged ifxChangeWriteGetChanged(const ifxChangeWrite *write);
