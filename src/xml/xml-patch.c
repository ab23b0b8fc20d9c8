/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "base/error.h"

typedef bool (*ifxXmlPatchReader)(const xmlNode *node,
                                  const ifxXmlText *text,
                                  ifxInstruction *instruction,
                                  GError **error);

static void
ifxInstructionFree(gpointer opaque)
{
    ifxInstruction *instruction = opaque;

    g_free(instruction->name);
    g_free(instruction->value);
    g_free(instruction);
}

ifxXmlPatch *
ifxXmlPatchNew(const ifxXmlText *text)
{
    ifxXmlPatch *patch = g_new0(ifxXmlPatch, 1);

    patch->text = text;
    patch->instructions = g_ptr_array_new_with_free_func(ifxInstructionFree);
    return patch;
}

/* Attributes follow their element in document order, so here they come before it. Attributes of
 * one element have no order. */
static bool
ifxInstructionIsInOrder(const ifxInstruction *earlier,
                        const ifxInstruction *later)
{
    return earlier->target > later->target ||
        (earlier->target == later->target && earlier->name);
}

void
ifxXmlPatchFree(ifxXmlPatch *patch)
{
    if (!patch)
        return;
    g_ptr_array_unref(patch->instructions);
    g_free(patch);
}

bool
ifxInstructionInserts(const ifxInstruction *instruction)
{
    return instruction->kind <= IFX_PATCH_AFTER;
}

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

/* NULL if absent. Free with g_free(). */
static char *
ifxXmlPatchDupAttribute(const xmlNode *node,
                        const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = g_strdup((const char *) value);

    xmlFree(value);
    return copy;
}

/* Are all attributes in @known, which is NULL-terminated? */
static bool
ifxXmlPatchCheckAttributes(const xmlNode *node,
                           const char *const *known,
                           GError **error)
{
    const xmlAttr *attr;

    for (attr = node->properties; attr; attr = attr->next) {
        if (attr->ns || !g_strv_contains(known, (const char *) attr->name)) {
            g_autofree char *words = g_strjoinv(", ", (char **) known);

            return ifxErrorSet(error, IFX_ERROR_PATCH,
                               "attribute '%s' is not allowed; <%s> has only: %s",
                               (const char *) attr->name, (const char *) node->name, words);
        }
    }
    return true;
}

static bool
ifxXmlPatchReadPos(const xmlNode *node,
                   ifxPatchKind *kind,
                   GError **error)
{
    g_autofree char *pos = ifxXmlPatchDupAttribute(node, "pos");

    if (!pos)
        *kind = IFX_PATCH_APPEND;
    else if (strcmp(pos, "prepend") == 0)
        *kind = IFX_PATCH_PREPEND;
    else if (strcmp(pos, "before") == 0)
        *kind = IFX_PATCH_BEFORE;
    else if (strcmp(pos, "after") == 0)
        *kind = IFX_PATCH_AFTER;
    else
        ifxErrorSet(error, IFX_ERROR_PATCH, "pos='%s' is not before, after or prepend", pos);
    return !pos || *kind != IFX_PATCH_APPEND;
}

/* The content of an instruction that inserts elements. */
static bool
ifxXmlPatchCheckElements(const xmlNode *node,
                         GError **error)
{
    const xmlNode *child;
    bool any = false;

    for (child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            any = true;
        else if (!xmlIsBlankNode(child))
            return ifxErrorSet(error, IFX_ERROR_PATCH, "only elements can be inserted");
    }
    return any || ifxErrorSet(error, IFX_ERROR_PATCH, "it inserts nothing");
}

/* The content of an instruction that writes an attribute. Free with g_free(). */
static bool
ifxXmlPatchReadValue(const xmlNode *node,
                     char **value,
                     GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const xmlNode *child;

    for (child = node->children; child; child = child->next) {
        if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE)
            return ifxErrorSet(error, IFX_ERROR_PATCH, "the value of an attribute must be text");
        g_string_append(text, (const char *) child->content);
    }
    *value = g_string_free(g_steal_pointer(&text), FALSE);
    return true;
}

/* Sets the target, and the attribute's name where sel ends in /@name. */
static bool
ifxXmlPatchReadSel(const xmlNode *node,
                   const ifxXmlText *text,
                   ifxInstruction *instruction,
                   GError **error)
{
    g_autofree char *sel = ifxXmlPatchDupAttribute(node, "sel");
    const char *at = sel ? strstr(sel, "/@") : NULL;

    if (!sel)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "it has no sel");
    if (at && xmlValidateNCName(BAD_CAST at + 2, 0) == 0)
        instruction->name = g_strdup(at + 2);
    instruction->target = ifxXmlPathResolve(text, sel,
                                            instruction->name ? (gsize) (at - sel) : strlen(sel),
                                            error);
    if (instruction->target == IFX_XML_NONE)
        return false;
    if (instruction->name &&
        !ifxXmlTextFindAttribute(text, instruction->target, instruction->name)) {
        return ifxErrorSet(error, IFX_ERROR_PATCH, "'%s' matches nothing in the document", sel);
    }
    return true;
}

static bool
ifxXmlPatchReadAddAttribute(const xmlNode *node,
                            const ifxXmlText *text,
                            const char *type,
                            ifxInstruction *instruction,
                            GError **error)
{
    instruction->kind = IFX_PATCH_ADD_ATTRIBUTE;
    if (*type != '@' || xmlValidateNCName(BAD_CAST type + 1, 0) != 0 ||
        strcmp(type, "@xmlns") == 0) {
        return ifxErrorSet(error, IFX_ERROR_PATCH, "type='%s' is not of the form @name", type);
    }
    if (xmlHasProp(node, BAD_CAST "pos"))
        return ifxErrorSet(error, IFX_ERROR_PATCH, "pos is only for elements");
    if (ifxXmlTextFindAttribute(text, instruction->target, type + 1))
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "its target already has an attribute '%s': use <replace>", type + 1);
    instruction->name = g_strdup(type + 1);
    return ifxXmlPatchReadValue(node, &instruction->value, error);
}

static bool
ifxXmlPatchReadAdd(const xmlNode *node,
                   const ifxXmlText *text,
                   ifxInstruction *instruction,
                   GError **error)
{
    static const char *const known[] = { "sel", "pos", "type", NULL };
    g_autofree char *type = ifxXmlPatchDupAttribute(node, "type");

    if (!ifxXmlPatchCheckAttributes(node, known, error) ||
        !ifxXmlPatchReadSel(node, text, instruction, error))
        return false;
    if (instruction->name)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "nothing can be added to an attribute");
    if (type)
        return ifxXmlPatchReadAddAttribute(node, text, type, instruction, error);
    if (!ifxXmlPatchReadPos(node, &instruction->kind, error) ||
        !ifxXmlPatchCheckElements(node, error))
        return false;

    instruction->node = node;
    if (instruction->target == 0 &&
        (instruction->kind == IFX_PATCH_BEFORE || instruction->kind == IFX_PATCH_AFTER))
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "nothing can be inserted beside the root element");
    return true;
}

static bool
ifxXmlPatchReadReplace(const xmlNode *node,
                       const ifxXmlText *text,
                       ifxInstruction *instruction,
                       GError **error)
{
    static const char *const known[] = { "sel", NULL };

    instruction->kind = IFX_PATCH_REPLACE_ATTRIBUTE;
    if (!ifxXmlPatchCheckAttributes(node, known, error) ||
        !ifxXmlPatchReadSel(node, text, instruction, error))
        return false;
    if (!instruction->name)
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "only an attribute can be replaced: sel must end in /@name");
    return ifxXmlPatchReadValue(node, &instruction->value, error);
}

static bool
ifxXmlPatchReadRemove(const xmlNode *node,
                      const ifxXmlText *text,
                      ifxInstruction *instruction,
                      GError **error)
{
    static const char *const known[] = { "sel", NULL };

    if (!ifxXmlPatchCheckAttributes(node, known, error) ||
        !ifxXmlPatchReadSel(node, text, instruction, error))
        return false;
    instruction->kind = instruction->name ? IFX_PATCH_REMOVE_ATTRIBUTE : IFX_PATCH_REMOVE;
    if (node->children)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "<remove> must be empty");
    if (instruction->kind == IFX_PATCH_REMOVE && instruction->target == 0)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "the root element cannot be removed");
    return true;
}

static bool
ifxXmlPatchReadInstruction(const xmlNode *node,
                           const ifxXmlText *text,
                           ifxInstruction *instruction,
                           GError **error)
{
    static const struct {
        const char *name;
        ifxXmlPatchReader read;
    } readers[] = {
        { "add", ifxXmlPatchReadAdd },
        { "replace", ifxXmlPatchReadReplace },
        { "remove", ifxXmlPatchReadRemove },
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (ifxXmlPatchIs(node, readers[i].name))
            return readers[i].read(node, text, instruction, error);
    }
    if (node->type != XML_ELEMENT_NODE)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "only instructions are allowed here, no text");
    return ifxErrorSet(error, IFX_ERROR_PATCH,
                       "<%s> is no instruction: use <add>, <replace> or <remove>, in no namespace",
                       (const char *) node->name);
}

/* May @later come after @earlier? */
static bool
ifxXmlPatchCheckPair(const ifxXmlText *text,
                     const ifxInstruction *earlier,
                     const ifxInstruction *later,
                     GError **error)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, later->target);

    if (earlier->target == later->target && g_strcmp0(earlier->name, later->name) == 0)
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "instruction %u has the same target; only one is allowed",
                           earlier->number);
    if (!ifxInstructionIsInOrder(earlier, later))
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "its target is not before that of instruction %u: "
                           "instructions go from the end of the document to its start",
                           earlier->number);
    if (later->kind == IFX_PATCH_REMOVE && earlier->target < target->past)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "it removes what instruction %u changes",
                           earlier->number);
    return true;
}

/* May @instruction be at @place, after those before it? It is compared with all those for
 * attributes of the same element. */
static bool
ifxXmlPatchCheckPlace(const ifxXmlPatch *patch,
                      guint place,
                      const ifxInstruction *instruction,
                      GError **error)
{
    guint i;

    for (i = place; i > 0; i--) {
        const ifxInstruction *earlier = patch->instructions->pdata[i - 1];

        if (!ifxXmlPatchCheckPair(patch->text, earlier, instruction, error))
            return false;
        if (earlier->target != instruction->target)
            break;
    }
    return true;
}

ifxXmlPatch *
ifxXmlPatchRead(const xmlDoc *doc,
                const ifxXmlText *text,
                GError **error)
{
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchNew(text);
    const xmlNode *root = xmlDocGetRootElement(doc);
    const xmlNode *node;

    if (!root || !ifxXmlPatchIs(root, "diff")) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "the patch's root is <%s>, not <diff>",
                    root ? (const char *) root->name : "");
        return NULL;
    }

    for (node = root->children; node; node = node->next) {
        const guint place = patch->instructions->len;
        ifxInstruction *instruction;

        if (ifxXmlPatchIsBlank(node))
            continue;
        instruction = g_new0(ifxInstruction, 1);
        g_ptr_array_add(patch->instructions, instruction);
        instruction->number = place + 1;
        if (!ifxXmlPatchReadInstruction(node, text, instruction, error) ||
            !ifxXmlPatchCheckPlace(patch, place, instruction, error)) {
            g_prefix_error(error, "instruction %u of the patch: ", instruction->number);
            return NULL;
        }
    }
    return g_steal_pointer(&patch);
}

/* Inserts @instruction at its place, which is @from or later. Returns the place. */
static guint
ifxXmlPatchInsert(ifxXmlPatch *patch,
                  guint from,
                  ifxInstruction *instruction)
{
    while (from < patch->instructions->len &&
           ifxInstructionIsInOrder(patch->instructions->pdata[from], instruction))
        from++;
    g_ptr_array_insert(patch->instructions, (gint) from, instruction);
    return from;
}

ifxInstruction *
ifxXmlPatchAdd(ifxXmlPatch *patch,
               ifxPatchKind kind,
               guint target,
               const char *name)
{
    ifxInstruction *instruction = g_new0(ifxInstruction, 1);

    instruction->kind = kind;
    instruction->target = target;
    instruction->name = g_strdup(name);
    ifxXmlPatchInsert(patch, 0, instruction);
    return instruction;
}

bool
ifxXmlPatchJoin(ifxXmlPatch *patch,
                ifxXmlPatch *other,
                GError **error)
{
    guint place = 0;
    guint i;

    while (other->instructions->len > 0)
        place = ifxXmlPatchInsert(patch, place, g_ptr_array_steal_index(other->instructions, 0));

    for (i = 1; i < patch->instructions->len; i++) {
        if (!ifxXmlPatchCheckPlace(patch, i, patch->instructions->pdata[i], error)) {
            g_prefix_error(error, "the patches of two stylesheets conflict: ");
            return false;
        }
    }
    return true;
}
