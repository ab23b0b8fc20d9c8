/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * takeback: what of a transaction is still in a domain, and what takes it out.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/propose.h"
#include "write/store-log.h"

/* Where a record stands. */
typedef enum {
    IFX_TAKEBACK_WRITTEN,
    IFX_TAKEBACK_UNDONE,
    IFX_TAKEBACK_NOT_WRITTEN,
    IFX_TAKEBACK_RESTORED,
    IFX_TAKEBACK_BROKEN,
    IFX_TAKEBACK_ALTERED,   /* written, and what was written was changed since */
    IFX_TAKEBACK_UNKNOWN,   /* the domain can't be read */
} ifxTakebackState;

/* In words: a constant. */
const char *ifxTakebackStateToString(ifxTakebackState state);

/* Of @entry by the journal; where that is silent, by the domain as it is now. */
ifxTakebackState ifxTakebackFind(ifxSession *session,
                                 const ifxStore *store,
                                 const ifxLogEntry *entry);

/* Proposes to take back what @entry says; where nothing of it is there any more, that is said,
 * @nothing is set, and nothing is proposed. False with IFX_ERROR_REFUSED if it was altered since,
 * with other errors if the record or the domain can't be read. */
bool ifxTakebackPropose(ifxSession *session,
                        const ifxStore *store,
                        const ifxLogEntry *entry,
                        ifxProposals *proposals,
                        bool *nothing,
                        GError **error);
