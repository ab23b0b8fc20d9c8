/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-patch.h"

#include <string.h>

#include "edit.h"
#include "error.h"
#include "xml-path.h"
#include "xml-style.h"
#include "xml-verify.h"

#define IFX_EMPTY_TAG_END "/>"

typedef enum {
    IFX_ADD_APPEND,
    IFX_ADD_PREPEND,
    IFX_ADD_BEFORE,
    IFX_ADD_AFTER,
} ifxAddPos;

typedef struct {
    ifxAddPos pos;
    guint target;
    const xmlNode *node;    /* the <add>, whose children are inserted */
    guint number;           /* from 1, for messages */
} ifxInstruction;

struct _ifxXmlPatch {
    const ifxXmlText *text;
    GArray *instructions;   /* ifxInstruction, in the patch's order */
};

static bool
ifxXmlPatchIs(const xmlNode *node,
              const char *name)
{
    return node->type == XML_ELEMENT_NODE && !node->ns &&
        xmlStrEqual(node->name, BAD_CAST name);
}

static bool
ifxXmlPatchIsBlank(const xmlNode *node)
{
    return node->type == XML_COMMENT_NODE || xmlIsBlankNode(node);
}

static bool
ifxXmlPatchReadPos(const xmlNode *node,
                   ifxAddPos *pos,
                   GError **error)
{
    static const char *const words[] = {
        [IFX_ADD_APPEND] = "append",
        [IFX_ADD_PREPEND] = "prepend",
        [IFX_ADD_BEFORE] = "before",
        [IFX_ADD_AFTER] = "after",
    };
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST "pos");
    bool known = !value;
    guint i;

    *pos = IFX_ADD_APPEND;
    for (i = IFX_ADD_PREPEND; value && i <= IFX_ADD_AFTER; i++) {
        if (xmlStrEqual(value, BAD_CAST words[i])) {
            *pos = (ifxAddPos) i;
            known = true;
        }
    }
    if (!known)
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                    "pos='%s' is none of before, after, prepend", (const char *) value);
    xmlFree(value);
    return known;
}

static bool
ifxXmlPatchCheckAttributes(const xmlNode *node,
                           GError **error)
{
    const xmlAttr *attr;

    for (attr = node->properties; attr; attr = attr->next) {
        if (attr->ns || (!xmlStrEqual(attr->name, BAD_CAST "sel") &&
                         !xmlStrEqual(attr->name, BAD_CAST "pos"))) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                        "it has an attribute '%s'; only sel and pos are known",
                        (const char *) attr->name);
            return false;
        }
    }
    return true;
}

static bool
ifxXmlPatchCheckContent(const xmlNode *node,
                        GError **error)
{
    const xmlNode *child;
    bool any = false;

    for (child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            any = true;
        } else if (!xmlIsBlankNode(child)) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                        "it inserts something else than elements");
            return false;
        }
    }
    if (!any)
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH, "it inserts nothing");
    return any;
}

static bool
ifxXmlPatchReadAdd(const xmlNode *node,
                   const ifxXmlText *text,
                   ifxInstruction *instruction,
                   GError **error)
{
    xmlChar *sel;

    if (!ifxXmlPatchIs(node, "add")) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                    "<%s> is not known, only <add> is", (const char *) node->name);
        return false;
    }
    if (!ifxXmlPatchCheckAttributes(node, error) ||
        !ifxXmlPatchReadPos(node, &instruction->pos, error) ||
        !ifxXmlPatchCheckContent(node, error))
        return false;

    sel = xmlGetNoNsProp(node, BAD_CAST "sel");
    if (!sel) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH, "it has no sel");
        return false;
    }
    instruction->node = node;
    instruction->target = ifxXmlPathResolve(text, (const char *) sel,
                                            strlen((const char *) sel), error);
    xmlFree(sel);
    if (instruction->target == IFX_XML_NONE)
        return false;
    if (instruction->target == 0 &&
        (instruction->pos == IFX_ADD_BEFORE || instruction->pos == IFX_ADD_AFTER)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                    "nothing can stand beside the root element");
        return false;
    }
    return true;
}

/* Reverse document order, one a target. */
static bool
ifxXmlPatchCheckOrder(const ifxXmlPatch *patch,
                      const ifxInstruction *instruction,
                      GError **error)
{
    const guint n = patch->instructions->len;

    if (n == 0 ||
        g_array_index(patch->instructions, ifxInstruction, n - 1).target > instruction->target)
        return true;

    g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                "its target does not stand before that of instruction %u: "
                "instructions go from the document's end to its start, one a target", n);
    return false;
}

ifxXmlPatch *
ifxXmlPatchRead(const xmlDoc *doc,
                const ifxXmlText *text,
                GError **error)
{
    g_autoptr(ifxXmlPatch) patch = g_new0(ifxXmlPatch, 1);
    const xmlNode *root = xmlDocGetRootElement(doc);
    const xmlNode *node;

    patch->text = text;
    patch->instructions = g_array_new(FALSE, TRUE, sizeof(ifxInstruction));

    if (!root || !ifxXmlPatchIs(root, "diff")) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH,
                    "the patch's root is <%s>, not <diff>",
                    root ? (const char *) root->name : "");
        return NULL;
    }

    for (node = root->children; node; node = node->next) {
        ifxInstruction instruction = { .number = patch->instructions->len + 1 };

        if (ifxXmlPatchIsBlank(node))
            continue;
        if (!ifxXmlPatchReadAdd(node, text, &instruction, error) ||
            !ifxXmlPatchCheckOrder(patch, &instruction, error)) {
            g_prefix_error(error, "instruction %u of the patch: ", instruction.number);
            return NULL;
        }
        g_array_append_val(patch->instructions, instruction);
    }
    return g_steal_pointer(&patch);
}

void
ifxXmlPatchFree(ifxXmlPatch *patch)
{
    if (!patch)
        return;
    g_array_unref(patch->instructions);
    g_free(patch);
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
ifxXmlPatchWriteAll(const ifxInstruction *instruction,
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

/* Where the content of @target ends but for white space: the end tag keeps its line. */
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

/* Where the edit stands that carries the instruction out. */
static gsize
ifxXmlPatchOffset(const ifxXmlText *text,
                  const ifxInstruction *instruction)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, instruction->target);

    switch (instruction->pos) {
    case IFX_ADD_BEFORE:
        return target->start;
    case IFX_ADD_AFTER:
        return target->end;
    case IFX_ADD_PREPEND:
    case IFX_ADD_APPEND:
        break;
    }
    if (target->empty_tag)
        return target->end - strlen(IFX_EMPTY_TAG_END);
    return instruction->pos == IFX_ADD_PREPEND ? target->content :
        ifxXmlPatchContentEnd(text, target);
}

static bool
ifxXmlPatchAddBeside(const ifxXmlPatch *patch,
                     const ifxInstruction *instruction,
                     GArray *edits,
                     GError **error)
{
    const bool after = instruction->pos == IFX_ADD_AFTER;
    GString *out = g_string_new(NULL);
    ifxXmlStyle style;
    bool ok;

    ifxXmlStyleDetect(&style, patch->text, instruction->target);
    ok = ifxXmlPatchWriteAll(instruction, &style, 0, after, out, error);
    ifxXmlStyleClear(&style);
    ifxEditsAdd(edits, ifxXmlPatchOffset(patch->text, instruction), 0, g_string_free(out, FALSE));
    return ok;
}

static bool
ifxXmlPatchAddInside(const ifxXmlPatch *patch,
                     const ifxInstruction *instruction,
                     GArray *edits,
                     GError **error)
{
    const ifxXmlText *text = patch->text;
    const ifxXmlElement *target = ifxXmlTextGetElement(text, instruction->target);
    const guint last = ifxXmlPatchLastChild(text, instruction->target);
    const guint model = last == IFX_XML_NONE ? instruction->target :
        instruction->pos == IFX_ADD_PREPEND ? instruction->target + 1 : last;
    const guint depth = last == IFX_XML_NONE ? 1 : 0;
    GString *out = g_string_new(NULL);
    ifxXmlStyle style;
    bool ok;

    ifxXmlStyleDetect(&style, text, model);
    if (target->empty_tag) {
        /* <devices/> is opened. */
        g_string_append_c(out, '>');
    }
    ok = ifxXmlPatchWriteAll(instruction, &style, depth, true, out, error);
    if (target->empty_tag || target->content == target->content_end)
        ifxXmlStyleBreak(&style, 0, out);
    if (target->empty_tag) {
        gsize length;
        const char *name = ifxXmlTextGetName(text, target, &length);

        g_string_append_printf(out, "</%.*s>", (int) length, name);
    }
    ifxXmlStyleClear(&style);
    ifxEditsAdd(edits, ifxXmlPatchOffset(text, instruction),
                target->empty_tag ? strlen(IFX_EMPTY_TAG_END) : 0, g_string_free(out, FALSE));
    return ok;
}

/* Edits of neighbours can meet at one offset: what is added behind an element or as
 * the first child stands before what is added as the last child or before the next. */
static int
ifxXmlPatchCompareEdits(gconstpointer a,
                        gconstpointer b,
                        gpointer opaque)
{
    const ifxInstruction *left = *(const ifxInstruction *const *) a;
    const ifxInstruction *right = *(const ifxInstruction *const *) b;
    const ifxXmlText *text = opaque;
    const gsize left_offset = ifxXmlPatchOffset(text, left);
    const gsize right_offset = ifxXmlPatchOffset(text, right);
    const gboolean left_late = left->pos == IFX_ADD_APPEND || left->pos == IFX_ADD_BEFORE;
    const gboolean right_late = right->pos == IFX_ADD_APPEND || right->pos == IFX_ADD_BEFORE;

    if (left_offset != right_offset)
        return left_offset < right_offset ? -1 : 1;
    return left_late - right_late;
}

/* The instructions in the order in which their insertions stand in the result. */
static GPtrArray *
ifxXmlPatchSort(const ifxXmlPatch *patch)
{
    GPtrArray *sorted = g_ptr_array_new();
    guint i;

    for (i = 0; i < patch->instructions->len; i++)
        g_ptr_array_add(sorted, &g_array_index(patch->instructions, ifxInstruction, i));
    g_ptr_array_sort_with_data(sorted, ifxXmlPatchCompareEdits, (gpointer) patch->text);
    return sorted;
}

GArray *
ifxXmlPatchGetEdits(const ifxXmlPatch *patch,
                    GError **error)
{
    g_autoptr(GPtrArray) sorted = ifxXmlPatchSort(patch);
    g_autoptr(GArray) edits = ifxEditsNew();
    guint i;

    for (i = 0; i < sorted->len; i++) {
        const ifxInstruction *instruction = sorted->pdata[i];
        const bool beside = instruction->pos == IFX_ADD_BEFORE || instruction->pos == IFX_ADD_AFTER;

        if (!(beside ? ifxXmlPatchAddBeside : ifxXmlPatchAddInside)(patch, instruction,
                                                                   edits, error)) {
            g_prefix_error(error, "instruction %u of the patch: ", instruction->number);
            return NULL;
        }
    }
    return g_steal_pointer(&edits);
}

/* Where in document order the insertion stands, and how deep. */
static ifxXmlInsertion
ifxXmlPatchLocate(const ifxXmlText *text,
                  const ifxInstruction *instruction)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, instruction->target);
    ifxXmlInsertion insertion = { .nodes = instruction->node, .depth = target->depth };

    switch (instruction->pos) {
    case IFX_ADD_BEFORE:
        insertion.before = instruction->target;
        break;
    case IFX_ADD_AFTER:
        insertion.before = target->past;
        break;
    case IFX_ADD_PREPEND:
        insertion.before = instruction->target + 1;
        insertion.depth++;
        break;
    case IFX_ADD_APPEND:
        insertion.before = target->past;
        insertion.depth++;
        break;
    }
    return insertion;
}

bool
ifxXmlPatchVerify(const ifxXmlPatch *patch,
                  const ifxXmlText *result,
                  GError **error)
{
    g_autoptr(GPtrArray) sorted = ifxXmlPatchSort(patch);
    g_autoptr(GArray) insertions = g_array_new(FALSE, FALSE, sizeof(ifxXmlInsertion));
    guint i;

    for (i = 0; i < sorted->len; i++) {
        const ifxXmlInsertion insertion = ifxXmlPatchLocate(patch->text, sorted->pdata[i]);

        g_array_append_val(insertions, insertion);
    }
    return ifxXmlVerifyInserted(patch->text, insertions, result, error);
}
