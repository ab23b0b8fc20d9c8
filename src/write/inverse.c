/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/inverse.h"

#include <string.h>

#include "base/error.h"
#include "write/inverse-entry.h"
#include "write/inverse-place.h"
#include "xml/xml-patch.h"
#include "xml/xml-doc.h"

/* What a transaction did to one claim. */
typedef struct {
    const ifxClaim *old;    /* in the domain before; NULL: it came in */
    const ifxClaim *new;    /* in the domain after; NULL: it went */
    const ifxClaim *now;    /* in the current one; NULL: it is not there */
    bool pending;           /* it is to be taken back */
} ifxInverseChange;

typedef struct {
    const ifxDomain *before;
    const ifxDomain *after;
    const ifxDomain *current;
    GArray *changes;        /* ifxInverseChange: those in @after, then what went */
    GHashTable *leaving;    /* set of elements of @current, see inverse-place.h */
} ifxInverse;

static void
ifxInverseClear(ifxInverse *inverse)
{
    g_clear_pointer(&inverse->changes, g_array_unref);
    g_clear_pointer(&inverse->leaving, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxInverse, ifxInverseClear)

/* False, always. */
static bool
ifxInverseRefuse(const ifxClaim *claim,
                 GError **error,
                 const char *format,
                 ...) G_GNUC_PRINTF(3, 4);

static bool
ifxInverseRefuse(const ifxClaim *claim,
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
    g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED,
                "the %s of %s %s; take the change back yourself (virsh edit)",
                ifxClaimGetTraits(claim)->word,
                ifxPciAddressFormat(&claim->address, address), why);
    return false;
}

static void
ifxInverseFindChanges(ifxInverse *inverse)
{
    const ifxDomain *before = inverse->before;
    const ifxDomain *after = inverse->after;
    guint i;

    for (i = 0; i < after->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(after->claims, ifxClaim, i);
        const ifxInverseChange change = {
            .old = claim->has_address ? ifxInverseFindClaim(before, after, claim, NULL) : NULL,
            .new = claim,
        };

        if (change.old ? strcmp(ifxInverseGetManaged(before, change.old),
                                ifxInverseGetManaged(after, claim)) != 0 :
            claim->has_address && ifxInverseIsEntry(after, claim))
            g_array_append_val(inverse->changes, change);
    }
    for (i = 0; i < before->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(before->claims, ifxClaim, i);
        const ifxInverseChange change = { .old = claim };

        if (claim->has_address && ifxInverseIsEntry(before, claim) &&
            !ifxInverseFindClaim(after, before, claim, NULL))
            g_array_append_val(inverse->changes, change);
    }
}

static bool
ifxInverseLookForNew(ifxInverse *inverse,
                     ifxInverseChange *change,
                     GError **error)
{
    g_autofree char *alteration = NULL;
    guint count;

    change->now = ifxInverseFindClaim(inverse->current, inverse->after, change->new, &count);
    if (count > 1)
        return ifxInverseRefuse(change->new, error, "is in the domain %u times by now", count);
    if (!change->now)
        return true;
    alteration = ifxInverseDescribeAlteration(inverse->after, change->new,
                                              inverse->current, change->now);
    if (alteration)
        return ifxInverseRefuse(change->new, error, "was altered since: %s", alteration);
    change->pending = true;
    g_hash_table_add(inverse->leaving, GUINT_TO_POINTER(change->now->element));
    return true;
}

static bool
ifxInverseLookForManaged(ifxInverse *inverse,
                         ifxInverseChange *change,
                         GError **error)
{
    const char *old = ifxInverseGetManaged(inverse->before, change->old);
    const char *new = ifxInverseGetManaged(inverse->after, change->new);
    const char *now;
    guint count;
    guint written;

    ifxInverseFindClaim(inverse->after, inverse->after, change->new, &written);
    change->now = ifxInverseFindClaim(inverse->current, inverse->after, change->new, &count);
    if (count == 0)
        return true;
    if (!change->now || count != written)
        return ifxInverseRefuse(change->new, error, "is in the domain %u times by now, not %u",
                                count, written);
    now = ifxInverseGetManaged(inverse->current, change->now);
    if (strcmp(now, old) == 0)
        return true;
    if (strcmp(now, new) != 0)
        return ifxInverseRefuse(change->new, error, "was altered since: managed is '%s' now, "
                                "it was made '%s'", now, new);
    if (change->now->managed_at == IFX_XML_NONE || change->old->managed_at == IFX_XML_NONE)
        return ifxInverseRefuse(change->new, error, "says managed by an attribute in a "
                                "namespace, which no patch can name");
    change->pending = true;
    return true;
}

static bool
ifxInverseLookForOld(ifxInverse *inverse,
                     ifxInverseChange *change,
                     GError **error)
{
    const ifxDomain *current = inverse->current;
    g_autofree char *alteration = NULL;
    guint i;

    change->now = ifxInverseFindClaim(current, inverse->before, change->old, NULL);
    if (change->now) {
        alteration = ifxInverseDescribeAlteration(inverse->before, change->old,
                                                  current, change->now);
        return !alteration ||
            ifxInverseRefuse(change->old, error, "was put back since in another form: %s",
                             alteration);
    }
    for (i = 0; i < current->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(current->claims, ifxClaim, i);

        /* Several disks on one controller are one device. */
        if (claim->has_address && ifxPciAddressEqual(&claim->address, &change->old->address) &&
            (claim->kind != change->old->kind || !ifxClaimGetTraits(claim)->shareable))
            return ifxInverseRefuse(change->old, error, "can't be put back: %s claims the device "
                                    "by now", claim->path);
    }
    if (current->devices == IFX_XML_NONE)
        return ifxInverseRefuse(change->old, error, "can't be put back: there is no <devices>");
    change->pending = true;
    return true;
}

/* Sets what is pending; none if all is back. */
static bool
ifxInverseLook(ifxInverse *inverse,
               bool *any,
               GError **error)
{
    ifxInverseChange *gone = NULL;
    guint i;

    *any = false;
    for (i = 0; i < inverse->changes->len; i++) {
        ifxInverseChange *change = &g_array_index(inverse->changes, ifxInverseChange, i);

        if (!(!change->old ? ifxInverseLookForNew(inverse, change, error) :
              change->new ? ifxInverseLookForManaged(inverse, change, error) :
              ifxInverseLookForOld(inverse, change, error)))
            return false;
        *any = *any || change->pending;
        if (!change->old && !change->pending && !gone)
            gone = change;
    }
    if (*any && gone)
        return ifxInverseRefuse(gone->new, error, "was taken out since, the rest of the change "
                                "was not");
    return true;
}

static void
ifxInverseSetManaged(const ifxInverse *inverse,
                     const ifxInverseChange *change,
                     ifxXmlPatch *patch)
{
    const guint target = change->now->managed_at;
    const ifxXmlAttribute *old = change->old->managed_at == IFX_XML_NONE ? NULL :
        ifxXmlTextFindAttribute(inverse->before->text, change->old->managed_at, "managed");
    const ifxPatchKind kind = !old ? IFX_PATCH_REMOVE_ATTRIBUTE :
        ifxXmlTextFindAttribute(inverse->current->text, target, "managed") ?
        IFX_PATCH_REPLACE_ATTRIBUTE : IFX_PATCH_ADD_ATTRIBUTE;
    ifxInstruction *instruction = ifxXmlPatchAdd(patch, kind, target, "managed");

    if (old)
        instruction->value = g_strndup(old->decoded, old->decoded_length);
}

/* Instructions that put back what went; @adds takes what they insert. */
static bool
ifxInversePutBack(const ifxInverse *inverse,
                  ifxXmlPatch *patch,
                  xmlDoc *adds,
                  GError **error)
{
    g_autoptr(xmlDoc) tree = ifxXmlDocFromText(inverse->before->text, error);
    g_autoptr(GHashTable) places_used = g_hash_table_new(NULL, NULL);
    xmlNode *root = xmlNewDocNode(adds, NULL, (const xmlChar *) "adds", NULL);
    ifxInversePlaces places;
    guint i;

    xmlDocSetRootElement(adds, root);
    if (!tree)
        return false;
    ifxInversePlacesInit(&places, inverse->before, inverse->current, inverse->leaving);
    for (i = 0; i < inverse->changes->len; i++) {
        const ifxInverseChange *change = &g_array_index(inverse->changes, ifxInverseChange, i);
        xmlNode *add;
        guint place;

        if (!change->pending || !change->old || change->new)
            continue;
        place = ifxInversePlacesFind(&places, change->old->element);
        /* One instruction a target. */
        add = g_hash_table_lookup(places_used, GUINT_TO_POINTER(place));
        if (!add) {
            add = xmlNewChild(root, NULL, (const xmlChar *) "add", NULL);
            g_hash_table_insert(places_used, GUINT_TO_POINTER(place), add);
            ifxXmlPatchAdd(patch, place == inverse->current->devices ? IFX_PATCH_PREPEND :
                           IFX_PATCH_AFTER, place, NULL)->node = add;
        }
        ifxXmlDocCopyElement(inverse->before->text, change->old->element, tree, add);
    }
    return true;
}

static char *
ifxInverseWrite(const ifxInverse *inverse,
                GError **error)
{
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchNew(inverse->current->text);
    g_autoptr(xmlDoc) adds = xmlNewDoc((const xmlChar *) "1.0");
    bool put_back = false;
    guint i;

    for (i = 0; i < inverse->changes->len; i++) {
        const ifxInverseChange *change = &g_array_index(inverse->changes, ifxInverseChange, i);

        if (!change->pending)
            continue;
        if (!change->old)
            ifxXmlPatchAdd(patch, IFX_PATCH_REMOVE, change->now->element, NULL);
        else if (change->new)
            ifxInverseSetManaged(inverse, change, patch);
        else
            put_back = true;
    }
    if (put_back && !ifxInversePutBack(inverse, patch, adds, error))
        return NULL;
    return ifxXmlPatchFormat(patch);
}

bool
ifxInverseMake(const ifxDomain *before,
               const ifxDomain *after,
               const ifxDomain *current,
               char **patch,
               GError **error)
{
    g_auto(ifxInverse) inverse = {
        .before = before,
        .after = after,
        .current = current,
        .changes = g_array_new(FALSE, FALSE, sizeof(ifxInverseChange)),
        .leaving = g_hash_table_new(NULL, NULL),
    };
    bool any;

    *patch = NULL;
    ifxInverseFindChanges(&inverse);
    if (!ifxInverseLook(&inverse, &any, error))
        return false;
    if (any)
        *patch = ifxInverseWrite(&inverse, error);
    return !any || *patch;
}
