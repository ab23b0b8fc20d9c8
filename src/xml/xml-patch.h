/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xml-patch: an XML patch (RFC 5261) for a document: read it, carry it out, verify the result.
 *
 * Only a subset of the RFC's language is read:
 *
 *     <diff>                                             root, in no namespace
 *       <add sel='PATH' pos='after'>elements</add>       pos: before, after, prepend;
 *                                                        absent: append
 *       <add sel='PATH' type='@name'>value</add>         a new attribute
 *       <replace sel='PATH/@name'>value</replace>        the value of an attribute
 *       <remove sel='PATH'/>                             an element
 *       <remove sel='PATH/@name'/>                       an attribute
 *     </diff>
 *
 * PATH is as in xml-text.h and matches exactly one element of the original document. Attributes
 * are in no namespace. Instructions are in reverse document order of their targets, those for
 * attributes before the one for their element. There is one instruction for a target, and none
 * inside an element that is removed. So two ways give the same result: to carry the instructions
 * out one after the other, as the RFC does, and to read them all against the original, as is done
 * here. (If a sibling of the same name is inserted, write [n], otherwise the RFC finds two.)
 * Anything else is IFX_ERROR_PATCH, which names the instruction.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

#include "xml/xml-doc.h"
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
    guint target;           /* the element, or the element that has the attribute */
    const xmlNode *node;    /* its element children are inserted (the first four kinds); lent */
    char *name;             /* of the attribute; NULL for elements */
    char *value;            /* of an attribute that is added or replaced, as UTF-8 */
};

typedef struct _ifxXmlPatch ifxXmlPatch;
struct _ifxXmlPatch {
    const ifxXmlText *text;     /* lent */
    GPtrArray *instructions;    /* ifxInstruction, in reverse document order */
};

/* Reads the patch @doc for the document @text. The patch uses both, which must outlive it.
 * Free with ifxXmlPatchFree(). */
ifxXmlPatch *ifxXmlPatchRead(const xmlDoc *doc, const ifxXmlText *text, GError **error);

/* A patch without instructions. It uses @text, which must outlive it. Free with
 * ifxXmlPatchFree(). */
ifxXmlPatch *ifxXmlPatchNew(const ifxXmlText *text);
void ifxXmlPatchFree(ifxXmlPatch *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxXmlPatch, ifxXmlPatchFree)

/* Inserts an instruction at its place in @patch. @name, which is copied, is needed for that. The
 * caller sets what else the kind needs. Whether the instruction conflicts with others is not
 * checked. Lent by @patch. */
ifxInstruction *ifxXmlPatchAdd(ifxXmlPatch *patch,
                               ifxPatchKind kind,
                               guint target,
                               const char *name);

/* Moves the instructions of @other, which is for the same text, into @patch. False with
 * IFX_ERROR_PATCH if both have an instruction for one target. */
bool ifxXmlPatchJoin(ifxXmlPatch *patch, ifxXmlPatch *other, GError **error);

/* Does the instruction insert elements? */
bool ifxInstructionInserts(const ifxInstruction *instruction);

/* The document, in UTF-8, that ifxXmlPatchRead() reads as @patch. Free with g_free(). */
char *ifxXmlPatchFormat(const ifxXmlPatch *patch);

/* The edits (edit.h) that carry the patch out in the document's own style: its indentation,
 * line ending and quotes. An element that is removed takes its line with it if the line holds
 * nothing else. New array. NULL with IFX_ERROR_PATCH for what an insertion can't hold: entity
 * references, comments, processing instructions, and a name outside ASCII where the document is
 * not in UTF-8. */
GArray *ifxXmlPatchEditsNew(const ifxXmlPatch *patch, GError **error);

/* Is @result the patch's document with the patch carried out? libxml2 reads @result, and each
 * element is compared with libxml2's reading of the original, so this finds errors of the byte
 * scanner and of the edits. Elements, attributes, namespaces and text are compared, white space
 * in text is not. False with IFX_ERROR_MISMATCH at the first element that differs, or with
 * IFX_ERROR_XML if @result is not well-formed: the edits must not be used. */
bool ifxXmlPatchVerify(const ifxXmlPatch *patch, GBytes *result, GError **error);

/* Is that shown without reading all of @result? It takes a tenth of the time. @edits, of
 * ifxXmlPatchEditsNew(), made @result. Each insertion is read inside the start tags of the elements
 * around it, and every other byte must be the original's. This is a proof, because libxml2 read the
 * original at the scanner's offsets (xml-text-internal.h): it reaches each insertion in the content
 * of that element, leaves it in the same state, and the bytes to come are the same.
 * False if that shows nothing: the document is not in UTF-8, the patch does more than insert
 * elements beside or into others, or @result is not what it should be. Then ifxXmlPatchVerify()
 * decides. */
bool ifxXmlPatchLocalVerify(const ifxXmlPatch *patch, const GArray *edits, GBytes *result);
