/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch: reading an XML patch (RFC 5261) against a document.
 *
 * Of the RFC's language a closed subset is read:
 *
 *     <diff>                                             root, in no namespace
 *       <add sel='PATH' pos='after'>elements</add>       pos: before, after, prepend;
 *                                                        absent: append
 *       <add sel='PATH' type='@name'>value</add>         an attribute that is not there
 *       <replace sel='PATH/@name'>value</replace>        the value of one that is
 *       <remove sel='PATH'/>                             an element
 *       <remove sel='PATH/@name'/>                       an attribute
 *     </diff>
 *
 * PATH is that of xml-path.h and matches exactly one element of the original document;
 * attributes are in no namespace. Instructions stand in reverse document order of their
 * targets, those for attributes before the one for their element, one a target and none
 * inside of what is removed: so carrying them out one after the other, as the RFC does,
 * and reading them all against the original, as is done here, come to the same.
 * (Where an inserted element has a namesake, write [n], or the RFC finds two.)
 * Anything else is IFX_ERROR_PATCH and names the instruction.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>

#include "xml/xml-text.h"

typedef enum {
    IFX_PATCH_APPEND,
    IFX_PATCH_PREPEND,
    IFX_PATCH_BEFORE,
    IFX_PATCH_AFTER,
    IFX_PATCH_REMOVE,
    IFX_PATCH_ADD_ATTRIBUTE,
    IFX_PATCH_REPLACE_ATTRIBUTE,
    IFX_PATCH_REMOVE_ATTRIBUTE,
} ifxPatchKind;

typedef struct _ifxInstruction ifxInstruction;
struct _ifxInstruction {
    ifxPatchKind kind;
    guint number;           /* from 1 in its document, for messages */
    guint target;           /* the element, or the one that has the attribute */
    const xmlNode *node;    /* of the first four: its element children are inserted; lent */
    char *name;             /* of the attribute; NULL for elements */
    char *value;            /* of an attribute added or replaced, as UTF-8 */
};

typedef struct _ifxXmlPatch ifxXmlPatch;
struct _ifxXmlPatch {
    const ifxXmlText *text;     /* lent */
    GPtrArray *instructions;    /* ifxInstruction, in reverse document order */
};

/* Reads @doc against @text; lends from both, which must outlive it.
 * Free with ifxXmlPatchFree(). */
ifxXmlPatch *ifxXmlPatchRead(const xmlDoc *doc, const ifxXmlText *text, GError **error);
void ifxXmlPatchFree(ifxXmlPatch *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlPatch, ifxXmlPatchFree)

/* Moves the instructions of @other, read against the same text, into @patch. False with
 * IFX_ERROR_PATCH when the two want something of the same target. */
bool ifxXmlPatchJoin(ifxXmlPatch *patch, ifxXmlPatch *other, GError **error);

/* Does the instruction insert elements? */
bool ifxInstructionInserts(const ifxInstruction *instruction);
