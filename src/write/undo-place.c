/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/undo-internal.h"

#include "xml/xml-compare.h"

static const ifxClaim *
ifxUndoPlaceGetClaim(const ifxDomain *domain,
                     guint element)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (claim->element == element)
            return claim;
    }
    return NULL;
}

/* The child of current's <devices> that has everything that @element of before has. If several
 * have, the one with the same rank among them, or the last. */
static guint
ifxUndoPlaceFindAlike(const ifxUndoPlaces *places,
                      guint element)
{
    const ifxXmlText *before = places->before->text;
    const ifxXmlText *current = places->current->text;
    const guint past = ifxXmlTextGetElement(current, places->current->devices)->past;
    guint found = IFX_XML_NONE;
    guint rank = 0;
    guint i;

    for (i = ifxXmlTextGetElement(before, element)->parent + 1; i <= element;
         i = ifxXmlTextGetElement(before, i)->past)
        rank += ifxXmlCompareElements(before, element, before, i, NULL);
    for (i = places->current->devices + 1; i < past && rank > 0;
         i = ifxXmlTextGetElement(current, i)->past) {
        if (!g_hash_table_contains(places->leaving, GUINT_TO_POINTER(i)) &&
            ifxXmlCompareElements(before, element, current, i, NULL)) {
            found = i;
            rank--;
        }
    }
    return found;
}

/* The element of current that is @element, a child of before's <devices>; IFX_XML_NONE: it is
 * gone. */
static guint
ifxUndoPlaceFindElement(const ifxUndoPlaces *places,
                        guint element)
{
    const ifxClaim *claim = ifxUndoPlaceGetClaim(places->before, element);
    const ifxClaim *now;

    if (!claim)
        return ifxUndoPlaceFindAlike(places, element);
    now = ifxUndoClaimFind(places->current, places->before, claim, NULL);
    return now && ifxUndoClaimIsEntry(places->current, now) ? now->element : IFX_XML_NONE;
}

void
ifxUndoPlacesInit(ifxUndoPlaces *places,
                  const ifxDomain *before,
                  const ifxDomain *current,
                  GHashTable *leaving)
{
    guint i = IFX_XML_NONE;

    *places = (ifxUndoPlaces) {
        .before = before,
        .current = current,
        .leaving = leaving,
        .last_kept = IFX_XML_NONE,
        .last_hostdev = IFX_XML_NONE,
        .last_entry = IFX_XML_NONE,
    };
    for (;;) {
        i = ifxXmlTextNextChild(current->text, current->devices, i, "hostdev");
        if (i == IFX_XML_NONE)
            break;
        if (!g_hash_table_contains(leaving, GUINT_TO_POINTER(i)))
            places->last_hostdev = i;
    }
    for (;;) {
        i = ifxXmlTextNextChild(before->text, before->devices, i, "hostdev");
        if (i == IFX_XML_NONE)
            break;
        if (ifxUndoPlaceFindElement(places, i) != IFX_XML_NONE)
            places->last_kept = i;
    }
}

/* The sibling before @element; IFX_XML_NONE for the first. */
static guint
ifxUndoPlaceGetPrevious(const ifxXmlText *text,
                        guint element)
{
    guint previous = IFX_XML_NONE;
    guint i;

    for (i = ifxXmlTextGetElement(text, element)->parent + 1; i != element;
         i = ifxXmlTextGetElement(text, i)->past)
        previous = i;
    return previous;
}

static guint
ifxUndoPlaceFind(const ifxUndoPlaces *places,
                 guint entry)
{
    const ifxXmlText *before = places->before->text;
    guint previous = ifxUndoPlaceGetPrevious(before, entry);
    guint place = places->current->devices;

    while (previous != IFX_XML_NONE) {
        guint found;

        /* An entry goes where the one before it went. To look that up instead of searching keeps
         * the time from growing with the square of their number. */
        if (previous == places->last_entry) {
            place = places->last_place;
            break;
        }
        found = ifxUndoPlaceFindElement(places, previous);
        if (found != IFX_XML_NONE) {
            place = found;
            break;
        }
        previous = ifxUndoPlaceGetPrevious(before, previous);
    }
    return place;
}

guint
ifxUndoPlacesFind(ifxUndoPlaces *places,
                  guint entry)
{
    guint place = ifxUndoPlaceFind(places, entry);

    if (ifxXmlTextIsNamed(places->before->text, entry, "hostdev") &&
        (places->last_kept == IFX_XML_NONE || places->last_kept < entry) &&
        places->last_hostdev != IFX_XML_NONE && places->last_hostdev > place)
        place = places->last_hostdev;
    places->last_entry = entry;
    places->last_place = place;
    return place;
}
