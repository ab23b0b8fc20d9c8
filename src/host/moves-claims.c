/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/moves-claims.h"

#include "base/pci-class.h"

void
ifxMovesClaimsFollow(const ifxMoves *moves,
                     ifxDomain *domain)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxMove *move = ifxMovesFind(moves, &claim->written);

        claim->address = move && move->state == IFX_MOVE_MOVED ? move->now->address :
            claim->written;
        claim->lost = move && (move->state == IFX_MOVE_GONE || move->state == IFX_MOVE_UNCLEAR);
    }
}

/* The only one of @candidates in @named; NULL: none or several are. */
static const ifxDevice *
ifxMovesClaimsFindNamed(const GPtrArray *candidates,
                        GHashTable *named)
{
    const ifxDevice *found = NULL;
    guint i;

    for (i = 0; i < candidates->len; i++) {
        const ifxDevice *device = candidates->pdata[i];

        if (!g_hash_table_contains(named, &device->address))
            continue;
        if (found)
            return NULL;
        found = device;
    }
    return found;
}

void
ifxMovesClaimsChoose(const ifxMoves *moves,
                     ifxDomain *domain,
                     GHashTable *named)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxMove *move = ifxMovesFind(moves, &claim->written);
        const ifxDevice *device = move && move->state == IFX_MOVE_UNCLEAR ?
            ifxMovesClaimsFindNamed(move->candidates, named) : NULL;

        if (device) {
            claim->address = device->address;
            claim->lost = false;
        }
    }
}

void
ifxMovesClaimsForget(ifxDomain *domain)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        claim->address = claim->written;
        claim->lost = false;
    }
}

static bool
ifxMovesClaimsAreSame(const ifxDomain *then,
                      const ifxDomain *domain)
{
    guint i;

    if (then->claims->len != domain->claims->len)
        return false;
    for (i = 0; i < then->claims->len; i++) {
        const ifxClaim *old = &g_array_index(then->claims, ifxClaim, i);
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (old->kind != claim->kind || !ifxPciAddressEqual(&old->written, &claim->written))
            return false;
    }
    return true;
}

ifxWritten
ifxMovesClaimsCompare(const ifxMoves *moves,
                      const ifxDomain *then,
                      const ifxDomain *domain)
{
    g_autoptr(GHashTable) written = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;

    if (ifxMovesClaimsAreSame(then, domain))
        return IFX_WRITTEN_BEFORE;
    for (i = 0; i < domain->claims->len; i++)
        g_hash_table_add(written, &g_array_index(domain->claims, ifxClaim, i).written);
    for (i = 0; i < then->claims->len; i++) {
        const ifxMove *move =
            ifxMovesFind(moves, &g_array_index(then->claims, ifxClaim, i).written);

        if (move && move->state == IFX_MOVE_MOVED &&
            g_hash_table_contains(written, &move->now->address))
            return IFX_WRITTEN_SINCE;
    }
    return IFX_WRITTEN_UNKNOWN;
}

bool
ifxMovesClaimsHaveFollowed(const ifxMoves *moves,
                           const ifxDomain *then,
                           const ifxDomain *domain)
{
    guint next = 0;
    guint i;

    for (i = 0; i < domain->claims->len && next < then->claims->len; i++) {
        const ifxClaim *old = &g_array_index(then->claims, ifxClaim, next);
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (old->kind == claim->kind &&
            ifxMovesClaimsCanBeAt(moves, &old->written, &claim->written))
            next++;
    }
    return next == then->claims->len;
}

/* The one of @devices (const ifxDevice) that is at @address; NULL: none. */
static const ifxDevice *
ifxMovesClaimsLookup(const GPtrArray *devices,
                     const ifxPciAddress *address)
{
    guint i;

    for (i = 0; devices && i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];

        if (ifxPciAddressEqual(&device->address, address))
            return device;
    }
    return NULL;
}

bool
ifxMovesClaimsCanBeAt(const ifxMoves *moves,
                      const ifxPciAddress *from,
                      const ifxPciAddress *to)
{
    const ifxMove *move = ifxMovesFind(moves, from);

    if (!move)
        return ifxPciAddressEqual(from, to);
    return move->now ? ifxPciAddressEqual(&move->now->address, to) :
        ifxMovesClaimsLookup(move->candidates, to) != NULL;
}

/* By ids and function number. */
static int
ifxMovesClaimsCompareKinds(gconstpointer a,
                           gconstpointer b)
{
    const ifxDevice *left = *(const ifxDevice *const *) a;
    const ifxDevice *right = *(const ifxDevice *const *) b;

    if (left->vendor_id != right->vendor_id)
        return left->vendor_id - right->vendor_id;
    if (left->product_id != right->product_id)
        return left->product_id - right->product_id;
    return (int) left->address.function - (int) right->address.function;
}

GHashTable *
ifxMovesClaimsFindAlike(const ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    GHashTable *alike = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;

    g_ptr_array_sort(devices, ifxMovesClaimsCompareKinds);
    for (i = 1; i < devices->len; i++) {
        ifxDevice *device = devices->pdata[i];
        ifxDevice *other = devices->pdata[i - 1];

        if (ifxMovesClaimsCompareKinds(&device, &other) == 0) {
            g_hash_table_add(alike, &device->address);
            g_hash_table_add(alike, &other->address);
        }
    }
    return alike;
}

const ifxDevice *
ifxMovesClaimsGetNow(const ifxMoves *moves,
                     const ifxPciAddress *address)
{
    const ifxMove *move = ifxMovesFindNow(moves, address);
    const ifxDevice *device =
        move ? move->now : ifxMovesClaimsLookup(ifxMovesGetCame(moves), address);
    guint i;

    for (i = 0; !device && i < ifxMovesCount(moves); i++)
        device = ifxMovesClaimsLookup(ifxMovesGetNth(moves, i)->candidates, address);
    return device;
}

bool
ifxMovesClaimsTouchNetwork(const ifxMoves *moves,
                    const GArray *addresses)
{
    guint i;

    for (i = 0; i < addresses->len; i++) {
        const ifxMove *move = ifxMovesFind(moves, &g_array_index(addresses, ifxPciAddress, i));

        if (move && move->state != IFX_MOVE_SAME &&
            (!move->before->has_class ||
             IFX_PCI_BASE_CLASS(move->before->class_code) == IFX_PCI_BASE_NETWORK))
            return true;
    }
    return false;
}

char *
ifxMovesClaimsSum(const ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    g_autoptr(GString) text = g_string_new(NULL);
    guint i;

    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];
        char address[IFX_PCI_ADDRESS_LENGTH];

        if (!device->is_virtual)
            g_string_append_printf(text, "%s %04x:%04x\n",
                                   ifxPciAddressFormat(&device->address, address),
                                   device->vendor_id, device->product_id);
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}
