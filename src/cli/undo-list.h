/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undo-list: what was written, from the records in the state folder.
 */

#pragma once

#include <glib.h>

#include "cli/session.h"
#include "write/store.h"

/* The same as ifxStoreLogRead(), and prints a message for each record that cannot be read. */
GPtrArray *ifxUndoListRead(const ifxStore *store, GPtrArray *problems, GError **error);

/* undo --list: prints the entries; with --connect, those of these connections alone. */
ifxExit ifxUndoList(ifxSession *session, GError **error);
