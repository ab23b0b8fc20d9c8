/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record: a definition before it is replaced and after, as one JSON object in a file.
 *
 *     { "schema_version": 1, "command": "apply", "time": "2026-11-23T08:31:54Z",
 *       "tool": "1.0", "uri": "qemu:///system", "uuid": ..., "name": ...,
 *       "undoes": { "transaction": ID, "number": 1 },  for undo
 *       "host_uuid": UUID,                              where libvirt knows it
 *       "plan": ID,                                     for apply --plan
 *       "moved_from": SUM, "moved_to": SUM,             for apply --moved-from
 *       "moved": [ { "from": ADDRESS, "to": ADDRESS } ], ...
 *       "before": ..., "after": ... }
 *
 * It holds no secret.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/pci-address.h"

/* A claim of @from became one of @to. */
typedef struct _ifxRecordMove ifxRecordMove;
struct _ifxRecordMove {
    ifxPciAddress from;
    ifxPciAddress to;
};

typedef struct _ifxRecord ifxRecord;
struct _ifxRecord {
    char *command;      /* "apply", "undo" */
    char *time;         /* when it was made, in UTC */
    char *uri;
    char *host_uuid;    /* of that host; NULL: unknown */
    char *uuid;
    char *name;
    char *undoes;       /* the transaction whose record it undoes; NULL: none */
    guint undoes_number;    /* the number of that record */
    char *plan;         /* the ID of the saved plan; NULL: none */
    char *moved_from;   /* of a run with --moved-from: the sum of the host's devices before and then
                         * (ifxMovesClaimsSum()); NULL: it followed no moves */
    char *moved_to;
    GArray *moved;      /* ifxRecordMove: the addresses that claims had and got; NULL: none */
    char *before;       /* the definition as it was */
    char *after;        /* the definition that libvirt was to get */
};

void ifxRecordFree(ifxRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRecord, ifxRecordFree)

/* Frees the long members: before and after become NULL. */
void ifxRecordShorten(ifxRecord *record);

/* The JSON, with a final newline. Bytes that are not UTF-8 are replaced. Free with g_free(). */
char *ifxRecordFormat(const ifxRecord *record);

/* NULL with IFX_ERROR_FILE if @text of @length bytes is not such an object, or one of a later
 * version. Free with ifxRecordFree(). */
ifxRecord *ifxRecordParse(const char *text, gsize length, GError **error);
