/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undo-list: what was written, from the records in the state folder.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cli/session.h"
#include "write/store.h"

/* All entries of @store (ifxStoreLogRead()). @readable is set to whether all records could be read; for
 * each that could not, prints a message. */
GPtrArray *ifxUndoListRead(const ifxStore *store, bool *readable, GError **error);

/* undo --list: prints the entries; with --connect, those of these connections alone. */
ifxExit ifxUndoList(ifxSession *session, GError **error);
