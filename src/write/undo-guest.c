/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-internal.h"

#include <string.h>

#include "xml/xml-text.h"

/* IFX_XML_NONE: it has none. */
static guint
ifxUndoGuestFindAddress(const ifxDomain *domain,
                        const ifxClaim *claim)
{
    return ifxXmlTextNextChild(domain->text, claim->element, IFX_XML_NONE, "address");
}

bool
ifxUndoGuestHasAddress(const ifxDomain *domain,
                       const ifxClaim *claim)
{
    return ifxUndoGuestFindAddress(domain, claim) != IFX_XML_NONE;
}

bool
ifxUndoGuestIsMultifunction(const ifxDomain *domain,
                            const ifxClaim *claim)
{
    const guint address = ifxUndoGuestFindAddress(domain, claim);

    return address != IFX_XML_NONE &&
        g_strcmp0(ifxXmlTextGetAttribute(domain->text, address, "multifunction"), "on") == 0;
}

static bool
ifxUndoGuestHasParts(const ifxDomain *domain,
                     guint address)
{
    return address != IFX_XML_NONE &&
        ifxXmlTextGetElement(domain->text, address)->past != address + 1;
}

bool
ifxUndoGuestCanMove(const ifxDomain *before,
                    const ifxClaim *old,
                    const ifxDomain *current,
                    const ifxClaim *now)
{
    const guint target = ifxUndoGuestFindAddress(current, now);

    return !ifxUndoGuestHasParts(before, ifxUndoGuestFindAddress(before, old)) &&
        !ifxUndoGuestHasParts(current, target);
}

static void
ifxUndoGuestSetValue(ifxInstruction *instruction,
                     const ifxXmlAttribute *attribute)
{
    instruction->value = g_strndup(attribute->decoded, attribute->decoded_length);
}

/* Makes the attribute @name of @target of @patch's text the one that @source of @before has; removes it
 * if that has none. */
static void
ifxUndoGuestSetAttribute(const ifxDomain *before,
                         guint source,
                         guint target,
                         const char *name,
                         ifxXmlPatch *patch)
{
    const ifxXmlAttribute *old = source == IFX_XML_NONE ? NULL :
        ifxXmlTextFindAttribute(before->text, source, name);
    const ifxXmlAttribute *now = ifxXmlTextFindAttribute(patch->text, target, name);

    if (!old && now)
        ifxXmlPatchAdd(patch, IFX_PATCH_REMOVE_ATTRIBUTE, target, name);
    else if (old && (!now || old->decoded_length != now->decoded_length ||
                     memcmp(old->decoded, now->decoded, old->decoded_length) != 0))
        ifxUndoGuestSetValue(ifxXmlPatchAdd(patch, now ? IFX_PATCH_REPLACE_ATTRIBUTE :
                                            IFX_PATCH_ADD_ATTRIBUTE, target, name), old);
}

void
ifxUndoGuestSetMultifunction(const ifxDomain *before,
                             const ifxClaim *old,
                             const ifxDomain *current,
                             const ifxClaim *now,
                             ifxXmlPatch *patch)
{
    ifxUndoGuestSetAttribute(before, ifxUndoGuestFindAddress(before, old),
                             ifxUndoGuestFindAddress(current, now), "multifunction", patch);
}

/* Sets each attribute of @target that @source of @before or @target has. */
static void
ifxUndoGuestSetAll(const ifxDomain *before,
                   guint source,
                   guint target,
                   ifxXmlPatch *patch)
{
    const struct {
        const ifxXmlText *text;
        guint element;
    } sides[] = { { before->text, source }, { patch->text, target } };
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    guint side;
    guint i;

    for (side = 0; side < G_N_ELEMENTS(sides); side++) {
        const ifxXmlElement *element = ifxXmlTextGetElement(sides[side].text, sides[side].element);
        const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(sides[side].text, element);

        for (i = 0; i < element->n_attributes; i++) {
            if (attributes[i].local && !attributes[i].ns &&
                g_hash_table_add(seen, (gpointer) attributes[i].local))
                ifxUndoGuestSetAttribute(before, source, target, attributes[i].local, patch);
        }
    }
}

/* IFX_XML_NONE: it has none. */
static guint
ifxUndoGuestFindLast(const ifxXmlText *text,
                     guint element)
{
    const guint past = ifxXmlTextGetElement(text, element)->past;
    guint last = IFX_XML_NONE;
    guint child;

    for (child = element + 1; child < past; child = ifxXmlTextGetElement(text, child)->past)
        last = child;
    return last;
}

/* Appends the <address> at @source of @before to the claim @now. @adds owns what is appended. The claim
 * itself can be the target of another instruction: what comes after it. */
static void
ifxUndoGuestAppend(const ifxDomain *before,
                   guint source,
                   const ifxClaim *now,
                   xmlNode *adds,
                   ifxXmlPatch *patch)
{
    const ifxXmlElement *element = ifxXmlTextGetElement(before->text, source);
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(before->text, element);
    xmlNode *add = xmlNewChild(adds, NULL, (const xmlChar *) "add", NULL);
    xmlNode *address = xmlNewChild(add, NULL, (const xmlChar *) "address", NULL);
    const guint last = ifxUndoGuestFindLast(patch->text, now->element);
    const bool any = last != IFX_XML_NONE;
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        g_autofree char *value = g_strndup(attributes[i].decoded, attributes[i].decoded_length);

        if (attributes[i].local && !attributes[i].ns)
            xmlNewProp(address, (const xmlChar *) attributes[i].local, (const xmlChar *) value);
    }
    ifxXmlPatchAdd(patch, any ? IFX_PATCH_AFTER : IFX_PATCH_APPEND, any ? last : now->element,
                   NULL)->node = add;
}

void
ifxUndoGuestMove(const ifxDomain *before,
                 const ifxClaim *old,
                 const ifxDomain *current,
                 const ifxClaim *now,
                 xmlNode *adds,
                 ifxXmlPatch *patch)
{
    const guint source = ifxUndoGuestFindAddress(before, old);
    const guint target = ifxUndoGuestFindAddress(current, now);

    if (source != IFX_XML_NONE && target != IFX_XML_NONE)
        ifxUndoGuestSetAll(before, source, target, patch);
    else if (source != IFX_XML_NONE)
        ifxUndoGuestAppend(before, source, now, adds, patch);
    else if (target != IFX_XML_NONE)
        ifxXmlPatchAdd(patch, IFX_PATCH_REMOVE, target, NULL);
}
