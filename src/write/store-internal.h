/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store-internal: what store and store-log share.
 */

#pragma once

#include <glib.h>

#include "write/store.h"

struct _ifxStore {
    char *path;
    int folder;             /* -1: there is none, and none is to be made */
    int transactions;       /* the same */
    int lock;               /* -1: not locked */
};

/* Appends a line to an open journal, see ifxTransactionEnd(). */
bool ifxStoreWriteJournal(int journal,
                          const char *id,
                          guint number,
                          ifxState state,
                          GError **error);

/* The names of a record's files. Free with g_free(). */
static inline char *
ifxStoreRecordName(guint number)
{
    return g_strdup_printf("%04u.json", number);
}

static inline char *
ifxStoreSecretName(guint number)
{
    return g_strdup_printf("%04u.secret.xml", number);
}
