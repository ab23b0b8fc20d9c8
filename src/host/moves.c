/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/moves.h"

#include "host/moves-match.h"

/* The devices of a host, by address. */
typedef struct _ifxMovesSide ifxMovesSide;
struct _ifxMovesSide {
    ifxTopology *topology;
    GArray *items;          /* ifxMovesItem */
    GHashTable *index;      /* ifxPciAddress -> ifxMovesItem, both lent */
};

struct _ifxMoves {
    ifxMovesSide before;
    ifxMovesSide now;
    GArray *moves;          /* ifxMove, in the order of before.items */
    GPtrArray *came;        /* const ifxDevice */
    bool any_match;
    bool any_proof;         /* a match by a serial */
    bool any_twin;          /* devices without a match that differ only in a serial */
};

/* All of one vendor and device. */
typedef struct _ifxMovesBucket ifxMovesBucket;
struct _ifxMovesBucket {
    GPtrArray *before;      /* ifxMovesItem */
    GPtrArray *now;
};

static void
ifxMovesItemClear(gpointer opaque)
{
    ifxMovesItem *item = opaque;

    g_clear_pointer(&item->candidates, g_ptr_array_unref);
}

static void
ifxMovesSideInit(ifxMovesSide *side,
                 ifxTopology *topology)
{
    g_autoptr(GPtrArray) devices = ifxTopologyListDevices(topology);
    guint i;

    side->topology = ifxTopologyRef(topology);
    side->items = g_array_sized_new(FALSE, TRUE, sizeof(ifxMovesItem), devices->len);
    g_array_set_size(side->items, devices->len);
    g_array_set_clear_func(side->items, ifxMovesItemClear);
    side->index = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    for (i = 0; i < devices->len; i++) {
        const ifxDevice *device = devices->pdata[i];
        ifxMovesItem *item = &g_array_index(side->items, ifxMovesItem, i);

        item->device = device;
        g_hash_table_insert(side->index, (gpointer) &device->address, item);
    }
}

static void
ifxMovesSideClear(ifxMovesSide *side)
{
    g_hash_table_unref(side->index);
    g_array_unref(side->items);
    ifxTopologyUnref(side->topology);
}

/* The physical function of a virtual one, and the @number that it has there; NULL: it is no virtual
 * function, or its physical function does not list it. */
static ifxMovesItem *
ifxMovesFindPhysical(const ifxMovesSide *side,
                     const ifxMovesItem *item,
                     guint *number)
{
    ifxMovesItem *physical = item->device->is_virtual ?
        g_hash_table_lookup(side->index, &item->device->physical_function) : NULL;
    const GArray *functions = physical ? physical->device->virtual_functions : NULL;
    guint i;

    for (i = 0; functions && i < functions->len; i++) {
        if (ifxPciAddressEqual(&g_array_index(functions, ifxPciAddress, i),
                               &item->device->address)) {
            *number = i;
            return physical;
        }
    }
    return NULL;
}

static void
ifxMovesBucketFree(gpointer opaque)
{
    ifxMovesBucket *bucket = opaque;

    g_ptr_array_unref(bucket->before);
    g_ptr_array_unref(bucket->now);
    g_free(bucket);
}

static void
ifxMovesFillBuckets(GHashTable *buckets,
                    const ifxMovesSide *side,
                    bool is_now)
{
    guint number;
    guint i;

    for (i = 0; i < side->items->len; i++) {
        ifxMovesItem *item = &g_array_index(side->items, ifxMovesItem, i);
        const gpointer key = GUINT_TO_POINTER((guint) item->device->vendor_id << 16 |
                                              item->device->product_id);
        ifxMovesBucket *bucket = g_hash_table_lookup(buckets, key);

        if (ifxMovesFindPhysical(side, item, &number))
            continue;
        if (!bucket) {
            bucket = g_new0(ifxMovesBucket, 1);
            bucket->before = g_ptr_array_new();
            bucket->now = g_ptr_array_new();
            g_hash_table_insert(buckets, key, bucket);
        }
        g_ptr_array_add(is_now ? bucket->now : bucket->before, item);
    }
}

/* Is a device of @bucket one that the other side has with another serial? */
static bool
ifxMovesHasTwin(const ifxMovesBucket *bucket)
{
    guint i;
    guint j;

    for (i = 0; i < bucket->before->len; i++) {
        const ifxMovesItem *item = bucket->before->pdata[i];

        for (j = 0; !item->match && j < bucket->now->len; j++) {
            const ifxMovesItem *other = bucket->now->pdata[j];

            if (!other->match && ifxMovesMatchIsTwin(item->device, other->device))
                return true;
        }
    }
    return false;
}

static void
ifxMovesMatchPhysical(ifxMoves *moves)
{
    g_autoptr(GHashTable) buckets =
        g_hash_table_new_full(NULL, NULL, NULL, ifxMovesBucketFree);
    GHashTableIter iter;
    gpointer bucket;

    ifxMovesFillBuckets(buckets, &moves->before, false);
    ifxMovesFillBuckets(buckets, &moves->now, true);
    g_hash_table_iter_init(&iter, buckets);
    while (g_hash_table_iter_next(&iter, NULL, &bucket)) {
        ifxMovesMatch(((ifxMovesBucket *) bucket)->before, ((ifxMovesBucket *) bucket)->now);
        moves->any_twin |= ifxMovesHasTwin(bucket);
    }
}

/* The item of the virtual function of @physical with this @number; NULL: there is none. */
static ifxMovesItem *
ifxMovesGetVirtual(const ifxMovesSide *side,
                   const ifxDevice *physical,
                   guint number)
{
    const GArray *functions = physical->virtual_functions;

    return functions && number < functions->len ?
        g_hash_table_lookup(side->index, &g_array_index(functions, ifxPciAddress, number)) : NULL;
}

/* The candidates of a virtual function are those of the candidates of its physical function. */
static GPtrArray *
ifxMovesListVirtual(const ifxMovesSide *side,
                    const ifxMovesItem *item,
                    const GPtrArray *physical,
                    guint number)
{
    GPtrArray *candidates = g_ptr_array_new();
    guint i;

    for (i = 0; i < physical->len; i++) {
        const ifxMovesItem *other = ifxMovesGetVirtual(side, physical->pdata[i], number);

        if (other && ifxMovesMatchIsPossible(item->device, other->device))
            g_ptr_array_add(candidates, (gpointer) other->device);
    }
    return candidates;
}

/* Decides about the virtual functions of @side, whose physical functions are decided. */
static void
ifxMovesMatchVirtual(const ifxMovesSide *side,
                     const ifxMovesSide *others)
{
    guint i;

    for (i = 0; i < side->items->len; i++) {
        ifxMovesItem *item = &g_array_index(side->items, ifxMovesItem, i);
        guint number = 0;
        const ifxMovesItem *physical = ifxMovesFindPhysical(side, item, &number);
        ifxMovesItem *other = physical && physical->match ?
            ifxMovesGetVirtual(others, physical->match->device, number) : NULL;

        if (physical && physical->candidates)
            item->candidates = ifxMovesListVirtual(others, item, physical->candidates, number);
        if (other && ifxMovesMatchIsPossible(item->device, other->device))
            item->match = other;
    }
}

static void
ifxMovesConclude(ifxMoves *moves)
{
    guint i;

    for (i = 0; i < moves->before.items->len; i++) {
        const ifxMovesItem *item = &g_array_index(moves->before.items, ifxMovesItem, i);
        ifxMove move = {
            .before = item->device,
            .now = item->match ? item->match->device : NULL,
            .candidates = item->candidates,
        };

        if (move.now)
            move.state = ifxPciAddressEqual(&move.before->address, &move.now->address) ?
                IFX_MOVE_SAME : IFX_MOVE_MOVED;
        else
            move.state = move.candidates ? IFX_MOVE_UNCLEAR : IFX_MOVE_GONE;
        moves->any_match |= move.now != NULL;
        moves->any_proof |= move.now && ifxMovesMatchIsProven(move.before, move.now);
        g_array_append_val(moves->moves, move);
    }
    for (i = 0; i < moves->now.items->len; i++) {
        const ifxMovesItem *item = &g_array_index(moves->now.items, ifxMovesItem, i);

        if (!item->match && !item->candidates)
            g_ptr_array_add(moves->came, (gpointer) item->device);
    }
}

ifxMoves *
ifxMovesNew(ifxTopology *before,
            ifxTopology *now)
{
    ifxMoves *moves = g_new0(ifxMoves, 1);

    ifxMovesSideInit(&moves->before, before);
    ifxMovesSideInit(&moves->now, now);
    moves->moves = g_array_new(FALSE, FALSE, sizeof(ifxMove));
    moves->came = g_ptr_array_new();
    ifxMovesMatchPhysical(moves);
    ifxMovesMatchVirtual(&moves->before, &moves->now);
    ifxMovesMatchVirtual(&moves->now, &moves->before);
    ifxMovesConclude(moves);
    return moves;
}

void
ifxMovesFree(ifxMoves *moves)
{
    if (!moves)
        return;
    g_ptr_array_unref(moves->came);
    g_array_unref(moves->moves);
    ifxMovesSideClear(&moves->before);
    ifxMovesSideClear(&moves->now);
    g_free(moves);
}

/* The move of an item of before. */
static const ifxMove *
ifxMovesOf(const ifxMoves *moves,
           const ifxMovesItem *item)
{
    const ifxMovesItem *first = &g_array_index(moves->before.items, ifxMovesItem, 0);

    return item ? &g_array_index(moves->moves, ifxMove, item - first) : NULL;
}

const ifxMove *
ifxMovesFind(const ifxMoves *moves,
             const ifxPciAddress *address)
{
    return ifxMovesOf(moves, g_hash_table_lookup(moves->before.index, address));
}

const ifxMove *
ifxMovesFindNow(const ifxMoves *moves,
                const ifxPciAddress *address)
{
    const ifxMovesItem *item = g_hash_table_lookup(moves->now.index, address);

    return item ? ifxMovesOf(moves, item->match) : NULL;
}

guint
ifxMovesCount(const ifxMoves *moves)
{
    return moves->moves->len;
}

const ifxMove *
ifxMovesGetNth(const ifxMoves *moves,
               guint i)
{
    return &g_array_index(moves->moves, ifxMove, i);
}

const GPtrArray *
ifxMovesGetCame(const ifxMoves *moves)
{
    return moves->came;
}

bool
ifxMovesIsSameHost(const ifxMoves *moves)
{
    return moves->any_match;
}

bool
ifxMovesMayBeTwins(const ifxMoves *moves)
{
    return moves->any_twin && !moves->any_proof;
}
