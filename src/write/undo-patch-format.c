/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-patch-internal.h"

#include "xml/xml-doc.h"
#include "xml/xml-patch.h"

/* Each attribute of the address as it was; one that was not there goes. */
static void
ifxUndoPatchSetAddress(const ifxUndoPatch *undo,
                       const ifxUndoPatchChange *change,
                       ifxXmlPatch *patch)
{
    static const char *const names[] = { "domain", "bus", "slot", "function" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *old = ifxXmlTextGetAttribute(undo->before->text, change->old->address_at,
                                                 names[i]);
        const char *now = ifxXmlTextGetAttribute(undo->current->text, change->now->address_at,
                                                 names[i]);
        const ifxPatchKind kind = !old ? IFX_PATCH_REMOVE_ATTRIBUTE :
            now ? IFX_PATCH_REPLACE_ATTRIBUTE : IFX_PATCH_ADD_ATTRIBUTE;

        if (g_strcmp0(old, now) != 0)
            ifxXmlPatchAdd(patch, kind, change->now->address_at, names[i])->value = g_strdup(old);
    }
}

static void
ifxUndoPatchSetManaged(const ifxUndoPatch *undo,
                       const ifxUndoPatchChange *change,
                       ifxXmlPatch *patch)
{
    const guint target = change->now->managed_at;
    const ifxXmlAttribute *old = change->old->managed_at == IFX_XML_NONE ? NULL :
        ifxXmlTextFindAttribute(undo->before->text, change->old->managed_at, "managed");
    const ifxPatchKind kind = !old ? IFX_PATCH_REMOVE_ATTRIBUTE :
        ifxXmlTextFindAttribute(undo->current->text, target, "managed") ?
        IFX_PATCH_REPLACE_ATTRIBUTE : IFX_PATCH_ADD_ATTRIBUTE;
    ifxInstruction *instruction = ifxXmlPatchAdd(patch, kind, target, "managed");

    if (old)
        instruction->value = g_strndup(old->decoded, old->decoded_length);
}

/* The last hostdev that stays; IFX_XML_NONE: there is none. */
static guint
ifxUndoPatchFindLast(const ifxUndoPatch *undo)
{
    const ifxXmlText *text = undo->current->text;
    guint last = IFX_XML_NONE;
    guint i = IFX_XML_NONE;

    do {
        i = ifxXmlTextNextChild(text, undo->current->devices, i, "hostdev");
        if (i != IFX_XML_NONE && !g_hash_table_contains(undo->leaving, GUINT_TO_POINTER(i)))
            last = i;
    } while (i != IFX_XML_NONE);
    return last;
}

/* Adds the instruction that adds removed claims again; @adds has what it inserts. */
static bool
ifxUndoPatchAddRemoved(const ifxUndoPatch *undo,
                       ifxXmlPatch *patch,
                       xmlNode *adds,
                       GError **error)
{
    g_autoptr(xmlDoc) tree = ifxXmlDocFromText(undo->before->text, error);
    xmlNode *add = xmlNewChild(adds, NULL, (const xmlChar *) "add", NULL);
    const guint last = ifxUndoPatchFindLast(undo);
    const bool any = last != IFX_XML_NONE;
    guint i;

    if (!tree)
        return false;
    ifxXmlPatchAdd(patch, any ? IFX_PATCH_AFTER : IFX_PATCH_APPEND,
                   any ? last : undo->current->devices, NULL)->node = add;
    for (i = 0; i < undo->changes->len; i++) {
        const ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (change->pending && change->kind == IFX_UNDO_PATCH_REMOVED)
            ifxXmlDocCopyElement(undo->before->text, change->old->element, tree, add);
    }
    return true;
}

/* Adds what undoes @change, unless that was removed: these are added again all at once. */
static void
ifxUndoPatchAddInstructions(const ifxUndoPatch *undo,
                            const ifxUndoPatchChange *change,
                            xmlNode *adds,
                            ifxXmlPatch *patch)
{
    switch (change->kind) {
    case IFX_UNDO_PATCH_ADDED:
        ifxXmlPatchAdd(patch, IFX_PATCH_REMOVE, change->now->element, NULL);
        break;
    case IFX_UNDO_PATCH_MOVED:
        ifxUndoPatchSetAddress(undo, change, patch);
        break;
    case IFX_UNDO_PATCH_MANAGED:
        ifxUndoPatchSetManaged(undo, change, patch);
        break;
    case IFX_UNDO_PATCH_GIVEN:
        ifxUndoGuestMove(undo->before, change->old, undo->current, change->now, adds, patch);
        break;
    case IFX_UNDO_PATCH_MULTIFUNCTION:
        ifxUndoGuestSetMultifunction(undo->before, change->old, undo->current, change->now, patch);
        break;
    case IFX_UNDO_PATCH_REMOVED:
        break;
    }
}

char *
ifxUndoPatchFormat(const ifxUndoPatch *undo,
                   GError **error)
{
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchNew(undo->current->text);
    g_autoptr(xmlDoc) doc = xmlNewDoc((const xmlChar *) "1.0");
    xmlNode *adds = xmlNewDocNode(doc, NULL, (const xmlChar *) "adds", NULL);
    bool put_back = false;
    guint i;

    xmlDocSetRootElement(doc, adds);
    for (i = 0; i < undo->changes->len; i++) {
        const ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (change->pending)
            ifxUndoPatchAddInstructions(undo, change, adds, patch);
        put_back = put_back || (change->pending && change->kind == IFX_UNDO_PATCH_REMOVED);
    }
    if (put_back && !ifxUndoPatchAddRemoved(undo, patch, adds, error))
        return NULL;
    return ifxXmlPatchFormat(patch);
}
