/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "xml/edit.h"
#include "base/error.h"
#include "xml/xml-patch-internal.h"

#define IFX_EMPTY_TAG_END "/>"

/* The order of edits at one offset. First: edits in a start tag, and what is added after an
 * element or as the first child. Then: removals. Last: what is added as the last child or before
 * the next element. */
typedef enum {
    IFX_RANK_TAG,
    IFX_RANK_EARLY,
    IFX_RANK_REMOVAL,
    IFX_RANK_LATE,
} ifxRank;

typedef struct {
    ifxInstruction *instruction;
    gsize offset;
    gsize removed;
    ifxRank rank;
} ifxPlace;

/* The end of the content of @target without white space: the end tag keeps its line. */
static gsize
ifxXmlPatchContentEnd(const ifxXmlText *text,
                      const ifxXmlElement *target)
{
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    gsize end = target->content_end;

    while (end > target->content && strchr(" \t\r\n", bytes[end - 1]))
        end--;
    return end;
}

/* An attribute is removed with the white space before it. */
static void
ifxXmlPatchPlaceAttribute(const ifxXmlText *text,
                          ifxPlace *place)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, place->instruction->target);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, target);
    const ifxXmlAttribute *own = ifxXmlTextFindAttribute(text, place->instruction->target,
                                                         place->instruction->name);
    gsize before = target->start;
    gsize end = target->start + strlen("<") + target->name_length;
    guint i;

    for (i = 0; i < target->n_attributes && (i == 0 || &attributes[i - 1] != own); i++) {
        before = end;
        end = attributes[i].value + attributes[i].raw_length + strlen("'");
    }

    place->rank = IFX_RANK_TAG;
    if (place->instruction->kind == IFX_PATCH_ADD_ATTRIBUTE) {
        place->offset = end;
    } else if (place->instruction->kind == IFX_PATCH_REPLACE_ATTRIBUTE) {
        place->offset = own->value;
        place->removed = own->raw_length;
    } else {
        place->offset = before;
        place->removed = end - before;
    }
}

/* The line break before the line is removed, not the one after it, so that what is added after
 * the previous element or as the last child is outside the removed bytes. */
static void
ifxXmlPatchPlaceRemoval(const ifxXmlText *text,
                        ifxPlace *place)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, place->instruction->target);
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    gsize start = target->start;
    gsize end = target->end;

    place->rank = IFX_RANK_REMOVAL;
    while (start > 0 && (bytes[start - 1] == ' ' || bytes[start - 1] == '\t'))
        start--;
    while (end < length && strchr(" \t\r", bytes[end]))
        end++;
    if (start > 0 && bytes[start - 1] == '\n' && (end == length || bytes[end] == '\n')) {
        start -= start > 1 && bytes[start - 2] == '\r' ? 2 : 1;
        place->offset = start;
    } else {
        place->offset = target->start;
    }
    place->removed = target->end - place->offset;
}

static void
ifxXmlPatchPlaceInsertion(const ifxXmlText *text,
                          ifxPlace *place)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, place->instruction->target);
    const ifxPatchKind kind = place->instruction->kind;

    place->rank = kind == IFX_PATCH_AFTER || kind == IFX_PATCH_PREPEND ?
        IFX_RANK_EARLY : IFX_RANK_LATE;
    if (kind == IFX_PATCH_BEFORE) {
        place->offset = target->start;
    } else if (kind == IFX_PATCH_AFTER) {
        place->offset = target->end;
    } else if (target->empty_tag) {
        place->offset = target->end - strlen(IFX_EMPTY_TAG_END);
        place->removed = strlen(IFX_EMPTY_TAG_END);
    } else {
        place->offset = kind == IFX_PATCH_PREPEND ? target->content :
            ifxXmlPatchContentEnd(text, target);
    }
}

static ifxPlace
ifxXmlPatchPlace(const ifxXmlText *text,
                 ifxInstruction *instruction)
{
    ifxPlace place = { .instruction = instruction };

    if (ifxInstructionInserts(instruction))
        ifxXmlPatchPlaceInsertion(text, &place);
    else if (instruction->kind == IFX_PATCH_REMOVE)
        ifxXmlPatchPlaceRemoval(text, &place);
    else
        ifxXmlPatchPlaceAttribute(text, &place);
    return place;
}

/* Zero for new attributes of one element: the sort keeps the order of the patch. */
static int
ifxXmlPatchComparePlaces(gconstpointer a,
                         gconstpointer b)
{
    const ifxPlace *left = a;
    const ifxPlace *right = b;

    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return (int) left->rank - (int) right->rank;
}

/* The ifxPlace of each instruction, in the order of the document's bytes. */
static GArray *
ifxXmlPatchSort(const ifxXmlPatch *patch)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(ifxPlace));
    guint i;

    for (i = 0; i < patch->instructions->len; i++) {
        const ifxPlace place = ifxXmlPatchPlace(patch->text, patch->instructions->pdata[i]);

        g_array_append_val(places, place);
    }
    g_array_sort(places, ifxXmlPatchComparePlaces);
    return places;
}

GPtrArray *
ifxXmlPatchEditsListInsertions(const ifxXmlPatch *patch)
{
    g_autoptr(GArray) places = ifxXmlPatchSort(patch);
    GPtrArray *insertions = g_ptr_array_new();
    guint i;

    for (i = 0; i < places->len; i++) {
        ifxInstruction *instruction = g_array_index(places, ifxPlace, i).instruction;

        if (ifxInstructionInserts(instruction))
            g_ptr_array_add(insertions, instruction);
    }
    return insertions;
}

/* The last child element, IFX_XML_NONE if there is none. */
static guint
ifxXmlPatchLastChild(const ifxXmlText *text,
                     guint parent)
{
    const guint past = ifxXmlTextGetElement(text, parent)->past;
    guint last = IFX_XML_NONE;
    guint i;

    for (i = parent + 1; i < past; i = ifxXmlTextGetElement(text, i)->past)
        last = i;
    return last;
}

static bool
ifxXmlPatchWriteElements(const ifxInstruction *instruction,
                         const ifxXmlStyle *style,
                         guint depth,
                         bool break_before,
                         GString *out,
                         GError **error)
{
    const xmlNode *child;

    for (child = instruction->node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        if (break_before)
            ifxXmlStyleBreak(style, depth, out);
        if (!ifxXmlStyleWrite(style, child, depth, out, error))
            return false;
        if (!break_before)
            ifxXmlStyleBreak(style, depth, out);
    }
    return true;
}

static bool
ifxXmlPatchWriteBeside(const ifxXmlText *text,
                       const ifxInstruction *instruction,
                       GString *out,
                       GError **error)
{
    g_auto(ifxXmlStyle) style = { 0 };

    ifxXmlStyleDetect(&style, text, instruction->target);
    return ifxXmlPatchWriteElements(instruction, &style, 0, instruction->kind == IFX_PATCH_AFTER,
                                    out, error);
}

static bool
ifxXmlPatchWriteInside(const ifxXmlText *text,
                       const ifxInstruction *instruction,
                       GString *out,
                       GError **error)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, instruction->target);
    const guint last = ifxXmlPatchLastChild(text, instruction->target);
    const guint model = last == IFX_XML_NONE ? instruction->target :
        instruction->kind == IFX_PATCH_PREPEND ? instruction->target + 1 : last;
    g_auto(ifxXmlStyle) style = { 0 };

    ifxXmlStyleDetect(&style, text, model);
    if (target->empty_tag)
        g_string_append_c(out, '>');
    if (!ifxXmlPatchWriteElements(instruction, &style, last == IFX_XML_NONE ? 1 : 0, true, out,
                                  error))
        return false;
    if (target->empty_tag || target->content == target->content_end)
        ifxXmlStyleBreak(&style, 0, out);
    if (target->empty_tag) {
        gsize length;
        const char *name = ifxXmlTextGetName(text, target, &length);

        g_string_append_printf(out, "</%.*s>", (int) length, name);
    }
    return true;
}

/* Only the value between the old quotes, or a whole new attribute. */
static bool
ifxXmlPatchWriteAttribute(const ifxXmlText *text,
                          const ifxInstruction *instruction,
                          GString *out,
                          GError **error)
{
    const ifxXmlAttribute *old =
        ifxXmlTextFindAttribute(text, instruction->target, instruction->name);
    g_auto(ifxXmlStyle) style = { 0 };

    ifxXmlStyleDetect(&style, text, instruction->target);
    if (old) {
        style.quote = old->quote;
        ifxXmlStyleWriteValue(&style, instruction->value, out);
        return true;
    }
    return ifxXmlStyleWriteAttribute(&style, instruction->name, instruction->value, out, error);
}

static bool
ifxXmlPatchWrite(const ifxXmlText *text,
                 const ifxInstruction *instruction,
                 GString *out,
                 GError **error)
{
    switch (instruction->kind) {
    case IFX_PATCH_BEFORE:
    case IFX_PATCH_AFTER:
        return ifxXmlPatchWriteBeside(text, instruction, out, error);
    case IFX_PATCH_APPEND:
    case IFX_PATCH_PREPEND:
        return ifxXmlPatchWriteInside(text, instruction, out, error);
    case IFX_PATCH_ADD_ATTRIBUTE:
    case IFX_PATCH_REPLACE_ATTRIBUTE:
        return ifxXmlPatchWriteAttribute(text, instruction, out, error);
    case IFX_PATCH_REMOVE:
    case IFX_PATCH_REMOVE_ATTRIBUTE:
        break;
    }
    return true;
}

GArray *
ifxXmlPatchEditsNew(const ifxXmlPatch *patch,
                    GError **error)
{
    g_autoptr(GArray) places = ifxXmlPatchSort(patch);
    g_autoptr(GArray) edits = ifxEditsNew();
    guint i;

    for (i = 0; i < places->len; i++) {
        const ifxPlace *place = &g_array_index(places, ifxPlace, i);
        g_autoptr(GString) out = g_string_new(NULL);

        if (!ifxXmlPatchWrite(patch->text, place->instruction, out, error)) {
            g_prefix_error(error, "instruction %u of the patch: ", place->instruction->number);
            return NULL;
        }
        ifxEditsAdd(edits, place->offset, place->removed,
                    g_string_free(g_steal_pointer(&out), FALSE));
    }
    return g_steal_pointer(&edits);
}
