/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-internal.h"

#include <string.h>

/* What is in a slot of the guest. */
typedef struct _ifxPlanPlaceSlot ifxPlanPlaceSlot;
struct _ifxPlanPlaceSlot {
    guint functions;        /* a bit for each that is taken */
    ifxPciAddress card;     /* the host's card of which they are, as its function 0 */
    bool mixed;             /* they are not of one card, or not of the host's */
};

/* Where devices are now. */
typedef struct _ifxPlanPlaces ifxPlanPlaces;
struct _ifxPlanPlaces {
    const ifxPlan *plan;
    GHashTable *slots;      /* ifxPciAddress in the guest, function 0 -> ifxPlanPlaceSlot */
    GHashTable *cards;      /* ifxPciAddress on the host, function 0 -> GPtrArray of ifxPlanClaim:
                             * the hostdevs by which the guest gets a function of the card */
};

static ifxPciAddress
ifxPlanPlaceFirstFunction(const ifxPciAddress *address)
{
    ifxPciAddress first = *address;

    first.function = 0;
    return first;
}

/* The guest address of @device, a child of <devices>, and its element. False if libvirt is to choose
 * it, or if it is more than an address. */
static bool
ifxPlanPlaceReadAddress(ifxXmlText *text,
                        guint device,
                        ifxPciAddress *address,
                        guint *element)
{
    static const ifxPciAddress chosen = { 0 };
    const guint found = ifxXmlTextNextChild(text, device, IFX_XML_NONE, "address");

    *element = found;
    return found != IFX_XML_NONE &&
        g_strcmp0(ifxXmlTextGetAttribute(text, found, "type"), "pci") == 0 &&
        ifxPciAddressFromAttributes(ifxXmlTextGetAttribute(text, found, "domain"),
                                    ifxXmlTextGetAttribute(text, found, "bus"),
                                    ifxXmlTextGetAttribute(text, found, "slot"),
                                    ifxXmlTextGetAttribute(text, found, "function"),
                                    address, NULL) &&
        !ifxPciAddressEqual(address, &chosen) &&
        ifxXmlTextGetElement(text, found)->past == found + 1;
}

/* Adds that a device is at @address in the guest: a function of @card, or, if that is NULL, anything
 * else. */
static void
ifxPlanPlaceTake(ifxPlanPlaces *places,
                 const ifxPciAddress *address,
                 const ifxPciAddress *card)
{
    const ifxPciAddress key = ifxPlanPlaceFirstFunction(address);
    ifxPlanPlaceSlot *slot = g_hash_table_lookup(places->slots, &key);

    if (!slot) {
        slot = g_new0(ifxPlanPlaceSlot, 1);
        if (card)
            slot->card = *card;
        g_hash_table_insert(places->slots, g_memdup2(&key, sizeof(key)), slot);
    }
    slot->functions |= 1U << address->function;
    slot->mixed |= !card || !ifxPciAddressEqual(card, &slot->card);
}

/* Adds the hostdevs by which the guest gets devices to @places. Returns the host's card of each, by
 * its element; lent by @places. */
static GHashTable *
ifxPlanPlaceFindCards(ifxPlanPlaces *places)
{
    GHashTable *of = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < places->plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(places->plan->claims, ifxPlanClaim, i);
        const ifxPciAddress key = ifxPlanPlaceFirstFunction(&claim->claim->address);
        gpointer card;
        gpointer claims;

        if (claim->claim->kind != IFX_CLAIM_HOSTDEV || claim->claim->placeholder)
            continue;
        if (!g_hash_table_lookup_extended(places->cards, &key, &card, &claims)) {
            card = g_memdup2(&key, sizeof(key));
            claims = g_ptr_array_new();
            g_hash_table_insert(places->cards, card, claims);
        }
        g_ptr_array_add(claims, claim);
        g_hash_table_insert(of, GUINT_TO_POINTER(claim->claim->element), card);
    }
    return of;
}

static void
ifxPlanPlaceFreeClaims(gpointer claims)
{
    g_ptr_array_unref(claims);
}

static void
ifxPlanPlaceFind(ifxPlanPlaces *places,
                 const ifxPlan *plan)
{
    ifxXmlText *text = plan->domain->text;
    g_autoptr(GHashTable) of = NULL;
    guint device = IFX_XML_NONE;

    places->plan = plan;
    places->slots = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, g_free);
    places->cards = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free,
                                          ifxPlanPlaceFreeClaims);
    of = ifxPlanPlaceFindCards(places);
    while ((device = ifxDomainNextDevice(text, device)) != IFX_XML_NONE) {
        ifxPciAddress address;
        guint element;

        if (ifxPlanPlaceReadAddress(text, device, &address, &element))
            ifxPlanPlaceTake(places, &address,
                             g_hash_table_lookup(of, GUINT_TO_POINTER(device)));
    }
}

/* Is @wanted free in the guest, and are only functions of @card in its slot? */
static bool
ifxPlanPlaceIsFree(const ifxPlanPlaces *places,
                   const ifxPciAddress *wanted,
                   const ifxPciAddress *card)
{
    const ifxPciAddress key = ifxPlanPlaceFirstFunction(wanted);
    const ifxPlanPlaceSlot *slot = g_hash_table_lookup(places->slots, &key);

    return !slot || (!slot->mixed && !(slot->functions & 1U << wanted->function) &&
                     ifxPciAddressEqual(&slot->card, card));
}

/* Makes @claim, which is of the same @card, share its slot of the guest with the host's device at
 * @address. Returns the address of that in the guest; NULL: it cannot. The caller owns it. */
static ifxPciAddress *
ifxPlanPlaceShareSlot(const ifxPlanPlaces *places,
                      ifxPlanClaim *claim,
                      const ifxPciAddress *address,
                      const ifxPciAddress *card)
{
    ifxXmlText *text = places->plan->domain->text;
    ifxPciAddress guest;
    guint element;

    if (!ifxPlanPlaceReadAddress(text, claim->claim->element, &guest, &element) ||
        guest.function != 0)
        return NULL;
    guest.function = address->function;
    if (!ifxPlanPlaceIsFree(places, &guest, card))
        return NULL;
    claim->join = g_strcmp0(ifxXmlTextGetAttribute(text, element, "multifunction"), "on") != 0;
    return g_memdup2(&guest, sizeof(guest));
}

static ifxPciAddress *
ifxPlanPlaceFindFor(const ifxPlanPlaces *places,
                    const ifxPciAddress *address)
{
    const ifxPciAddress card = ifxPlanPlaceFirstFunction(address);
    const GPtrArray *claims = g_hash_table_lookup(places->cards, &card);
    guint i;

    for (i = 0; claims && i < claims->len; i++) {
        ifxPciAddress *place =
            ifxPlanPlaceShareSlot(places, claims->pdata[i], address, &card);

        if (place)
            return place;
    }
    return NULL;
}

/* Has the placeholder's <address> nothing but its type? */
static bool
ifxPlanPlaceIsPlain(const ifxPlan *plan,
                    const ifxPlanClaim *claim)
{
    const ifxXmlElement *address =
        ifxXmlTextGetElement(plan->domain->text, ifxPlanClaimFindAddress(plan, claim));

    return address->n_attributes == 1 && address->empty_tag;
}

/* Looks for the places only once there is something to give, which is seldom. */
static void
ifxPlanPlaceGive(ifxPlanPlaces *places,
                 const ifxPlan *plan,
                 const ifxPciAddress *address,
                 ifxPciAddress **guest)
{
    if (!places->plan)
        ifxPlanPlaceFind(places, plan);
    *guest = ifxPlanPlaceFindFor(places, address);
}

void
ifxPlanPlaceAll(ifxPlan *plan)
{
    ifxPlanPlaces places = { 0 };
    guint i;
    guint j;

    for (i = 0; i < plan->claims->len; i++) {
        ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->give && ifxPlanPlaceIsPlain(plan, claim))
            ifxPlanPlaceGive(&places, plan, &claim->claim->address, &claim->guest);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD && member->reason == IFX_REASON_GIVEN)
                ifxPlanPlaceGive(&places, plan, &member->member->address, &member->guest);
        }
    }
    g_clear_pointer(&places.slots, g_hash_table_unref);
    g_clear_pointer(&places.cards, g_hash_table_unref);
}
