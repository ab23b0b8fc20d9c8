/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record: what is kept of a definition before it is replaced: one JSON object.
 *
 *     { "schema_version": 1, "command": "apply", "time": "2026-11-23T08:31:54Z",
 *       "tool": "1.0", "uri": "qemu:///system", "uuid": ..., "name": ...,
 *       "undoes": { "transaction": ID, "number": 1 },  of an undo
 *       "plan": ID,                                     of apply --plan
 *       "before": ..., "after": ... }
 *
 * No text in it holds a secret.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct _ifxRecord ifxRecord;
struct _ifxRecord {
    char *command;      /* "apply", "undo" */
    char *time;         /* when it was made, in UTC */
    char *uri;
    char *uuid;
    char *name;
    char *undoes;       /* the transaction of which it takes back a record; NULL: none */
    guint undoes_number;
    char *plan;         /* the plan file's id; NULL: none */
    char *before;       /* the definition as it was, */
    char *after;        /* and as it was to be */
};

void ifxRecordFree(ifxRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRecord, ifxRecordFree)

/* Drops what is long: before and after become NULL. */
void ifxRecordShorten(ifxRecord *record);

/* The JSON, with a final newline. What is no UTF-8 is escaped. Free with g_free(). */
char *ifxRecordFormat(const ifxRecord *record);

/* NULL with IFX_ERROR_FILE if @text of @length bytes is no such object, or one of a later
 * version. Free with ifxRecordFree(). */
ifxRecord *ifxRecordParse(const char *text, gsize length, GError **error);
