/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-internal.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml-doc.h"
#include "xml/xml-patch.h"

/* What the transaction did to one claim. */
typedef struct {
    const ifxClaim *old;    /* in before; NULL: it was added */
    const ifxClaim *new;    /* in after; NULL: it was removed */
    const ifxClaim *now;    /* in current; NULL: it is not there */
    bool pending;           /* the patch has to undo it */
} ifxUndoPatchChange;

typedef struct {
    const ifxDomain *before;
    const ifxDomain *after;
    const ifxDomain *current;
    GArray *changes;        /* ifxUndoPatchChange: the claims of after, then the removed ones */
    GHashTable *leaving;    /* set of GUINT_TO_POINTER(element): what is removed from current */
} ifxUndoPatch;

static void
ifxUndoPatchClear(ifxUndoPatch *undo)
{
    g_clear_pointer(&undo->changes, g_array_unref);
    g_clear_pointer(&undo->leaving, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxUndoPatch, ifxUndoPatchClear)

/* Returns false. */
static bool
ifxUndoPatchRefuse(const ifxUndoPatch *undo,
                   const ifxClaim *claim,
                   GError **error,
                   const char *format,
                   ...) G_GNUC_PRINTF(4, 5);

static bool
ifxUndoPatchRefuse(const ifxUndoPatch *undo,
                   const ifxClaim *claim,
                   GError **error,
                   const char *format,
                   ...)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    g_autofree char *why = NULL;
    va_list arguments;

    va_start(arguments, format);
    why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return ifxErrorRefuse(error, undo->current->name,
                          "the %s of %s %s; undo the change by hand: virsh edit %s",
                          ifxClaimGetTraits(claim)->word,
                          ifxPciAddressFormat(&claim->address, address), why, undo->current->name);
}

static void
ifxUndoPatchFindChanges(ifxUndoPatch *undo)
{
    const ifxDomain *before = undo->before;
    const ifxDomain *after = undo->after;
    guint i;

    for (i = 0; i < after->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(after->claims, ifxClaim, i);
        const ifxUndoPatchChange change = {
            .old = ifxUndoClaimFind(before, after, claim, NULL),
            .new = claim,
        };

        if (change.old ? strcmp(ifxUndoClaimGetManaged(before, change.old),
                                ifxUndoClaimGetManaged(after, claim)) != 0 :
            ifxUndoClaimIsEntry(after, claim))
            g_array_append_val(undo->changes, change);
    }
    for (i = 0; i < before->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);
        const ifxUndoPatchChange change = { .old = claim };

        if (ifxUndoClaimIsEntry(before, claim) &&
            !ifxUndoClaimFind(after, before, claim, NULL))
            g_array_append_val(undo->changes, change);
    }
}

static bool
ifxUndoPatchCheckAdded(ifxUndoPatch *undo,
                       ifxUndoPatchChange *change,
                       GError **error)
{
    g_autofree char *difference = NULL;
    guint count;

    change->now = ifxUndoClaimFind(undo->current, undo->after, change->new, &count);
    if (count > 1)
        return ifxUndoPatchRefuse(undo, change->new, error, "is in the domain %u times now", count);
    if (!change->now)
        return true;
    difference = ifxUndoClaimDescribeDifference(undo->after, change->new,
                                                undo->current, change->now);
    if (difference)
        return ifxUndoPatchRefuse(undo, change->new, error, "was changed since: %s", difference);
    change->pending = true;
    g_hash_table_add(undo->leaving, GUINT_TO_POINTER(change->now->element));
    return true;
}

static bool
ifxUndoPatchCheckManaged(ifxUndoPatch *undo,
                         ifxUndoPatchChange *change,
                         GError **error)
{
    const char *old = ifxUndoClaimGetManaged(undo->before, change->old);
    const char *new = ifxUndoClaimGetManaged(undo->after, change->new);
    const char *now;
    guint count;
    guint written;

    ifxUndoClaimFind(undo->after, undo->after, change->new, &written);
    change->now = ifxUndoClaimFind(undo->current, undo->after, change->new, &count);
    if (count == 0)
        return true;
    if (!change->now || count != written)
        return ifxUndoPatchRefuse(undo, change->new, error, "is in the domain %u times now, not %u",
                                  count, written);
    now = ifxUndoClaimGetManaged(undo->current, change->now);
    if (strcmp(now, old) == 0)
        return true;
    if (strcmp(now, new) != 0)
        return ifxUndoPatchRefuse(undo, change->new, error, "was changed since: managed is '%s' "
                                  "now and was set to '%s'", now, new);
    if (change->now->managed_at == IFX_XML_NONE || change->old->managed_at == IFX_XML_NONE)
        return ifxUndoPatchRefuse(undo, change->new, error, "has managed as an attribute in a "
                                  "namespace, which no XML patch can name");
    change->pending = true;
    return true;
}

static bool
ifxUndoPatchCheckRemoved(ifxUndoPatch *undo,
                         ifxUndoPatchChange *change,
                         GError **error)
{
    const ifxDomain *current = undo->current;
    g_autofree char *difference = NULL;
    guint i;

    change->now = ifxUndoClaimFind(current, undo->before, change->old, NULL);
    if (change->now) {
        difference = ifxUndoClaimDescribeDifference(undo->before, change->old,
                                                    current, change->now);
        return !difference ||
            ifxUndoPatchRefuse(undo, change->old, error, "was added again in another form: %s",
                               difference);
    }
    for (i = 0; i < current->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(current->claims, ifxClaim, i);

        /* Several disks of one controller share the device. */
        if (ifxPciAddressEqual(&claim->address, &change->old->address) &&
            (claim->kind != change->old->kind || !ifxClaimGetTraits(claim)->shareable))
            return ifxUndoPatchRefuse(undo, change->old, error, "cannot be added again: %s claims "
                                      "the device now", claim->path);
    }
    if (current->devices == IFX_XML_NONE)
        return ifxUndoPatchRefuse(undo, change->old, error, "cannot be added again: the domain has "
                                  "no <devices>");
    change->pending = true;
    return true;
}

/* Sets what is pending, and @any if anything is. */
static bool
ifxUndoPatchCheckAll(ifxUndoPatch *undo,
                     bool *any,
                     GError **error)
{
    ifxUndoPatchChange *gone = NULL;
    guint i;

    *any = false;
    for (i = 0; i < undo->changes->len; i++) {
        ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (!(!change->old ? ifxUndoPatchCheckAdded(undo, change, error) :
              change->new ? ifxUndoPatchCheckManaged(undo, change, error) :
              ifxUndoPatchCheckRemoved(undo, change, error)))
            return false;
        *any = *any || change->pending;
        if (!change->old && !change->pending && !gone)
            gone = change;
    }
    if (*any && gone)
        return ifxUndoPatchRefuse(undo, gone->new, error, "was removed since, but the rest of the "
                                  "change was not");
    return true;
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

/* Adds the instruction that adds removed claims again; @adds owns what it inserts. */
static bool
ifxUndoPatchAddRemoved(const ifxUndoPatch *undo,
                       ifxXmlPatch *patch,
                       xmlDoc *adds,
                       GError **error)
{
    g_autoptr(xmlDoc) tree = ifxXmlDocFromText(undo->before->text, error);
    xmlNode *add = xmlNewDocNode(adds, NULL, (const xmlChar *) "add", NULL);
    const guint last = ifxUndoPatchFindLast(undo);
    const bool any = last != IFX_XML_NONE;
    guint i;

    xmlDocSetRootElement(adds, add);
    if (!tree)
        return false;
    ifxXmlPatchAdd(patch, any ? IFX_PATCH_AFTER : IFX_PATCH_APPEND,
                   any ? last : undo->current->devices, NULL)->node = add;
    for (i = 0; i < undo->changes->len; i++) {
        const ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (change->pending && change->old && !change->new)
            ifxXmlDocCopyElement(undo->before->text, change->old->element, tree, add);
    }
    return true;
}

static char *
ifxUndoPatchFormat(const ifxUndoPatch *undo,
                   GError **error)
{
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchNew(undo->current->text);
    g_autoptr(xmlDoc) adds = xmlNewDoc((const xmlChar *) "1.0");
    bool put_back = false;
    guint i;

    for (i = 0; i < undo->changes->len; i++) {
        const ifxUndoPatchChange *change = &g_array_index(undo->changes, ifxUndoPatchChange, i);

        if (!change->pending)
            continue;
        if (!change->old)
            ifxXmlPatchAdd(patch, IFX_PATCH_REMOVE, change->now->element, NULL);
        else if (change->new)
            ifxUndoPatchSetManaged(undo, change, patch);
        else
            put_back = true;
    }
    if (put_back && !ifxUndoPatchAddRemoved(undo, patch, adds, error))
        return NULL;
    return ifxXmlPatchFormat(patch);
}

bool
ifxUndoPatchMake(const ifxDomain *before,
                 const ifxDomain *after,
                 const ifxDomain *current,
                 char **patch,
                 GError **error)
{
    g_auto(ifxUndoPatch) undo = {
        .before = before,
        .after = after,
        .current = current,
        .changes = g_array_new(FALSE, FALSE, sizeof(ifxUndoPatchChange)),
        .leaving = g_hash_table_new(NULL, NULL),
    };
    bool any;

    *patch = NULL;
    ifxUndoPatchFindChanges(&undo);
    if (!ifxUndoPatchCheckAll(&undo, &any, error))
        return false;
    if (any)
        *patch = ifxUndoPatchFormat(&undo, error);
    return !any || *patch;
}
