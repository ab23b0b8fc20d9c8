/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/drift.h"

#include <string.h>

/* What the functions of this file share while they make a drift. */
typedef struct _ifxDriftWork ifxDriftWork;
struct _ifxDriftWork {
    ifxDrift *drift;
    const ifxMoves *moves;
    const ifxTopology *before;
    const ifxTopology *now;
    const ifxElsewhere *elsewhere;
    GHashTable *came;       /* set of const ifxDevice */
    GHashTable *changed;    /* set of const ifxGroup of now and of before */
    GHashTable *owners;     /* "dgaming", "nports" -> ifxDriftOwner, lent by drift */
};

static void
ifxDriftGroupClear(gpointer opaque)
{
    ifxDriftGroup *group = opaque;

    g_ptr_array_unref(group->gained);
    g_ptr_array_unref(group->lost);
}

static void
ifxDriftOwnerFree(gpointer opaque)
{
    ifxDriftOwner *owner = opaque;

    g_array_unref(owner->claims);
    g_free(owner);
}

void
ifxDriftFree(ifxDrift *drift)
{
    if (!drift)
        return;
    g_array_unref(drift->devices);
    g_array_unref(drift->groups);
    g_ptr_array_unref(drift->owners);
    g_free(drift);
}

bool
ifxDriftIsAny(const ifxDrift *drift)
{
    return drift->devices->len > 0 || drift->groups->len > 0;
}

const char *
ifxDriftReasonToString(ifxDriftReason reason)
{
    static const char *const words[] = {
        [IFX_DRIFT_MOVED] = "moved",
        [IFX_DRIFT_GONE] = "gone",
        [IFX_DRIFT_UNCLEAR] = "unclear",
        [IFX_DRIFT_CAME] = "came",
        [IFX_DRIFT_GROUP] = "group",
        [IFX_DRIFT_ANSWER] = "answer",
        [IFX_DRIFT_DRIVER] = "driver",
    };

    return words[reason];
}

static bool
ifxDriftIsClaimed(const ifxDriftWork *work,
                  const ifxMove *move)
{
    return ifxElsewhereGet(work->elsewhere, &move->before->address) ||
        ifxElsewhereGet(work->elsewhere, &move->now->address);
}

static bool
ifxDriftIsDriverChanged(const ifxDriftWork *work,
                        const ifxMove *move)
{
    const ifxDevice *before = move->before;
    const ifxDevice *now = move->now;

    if (!now || before->driver_state == IFX_DRIVER_UNKNOWN ||
        now->driver_state == IFX_DRIVER_UNKNOWN ||
        g_strcmp0(before->driver, now->driver) == 0)
        return false;
    return !((ifxDeviceIsOnVfio(before) || ifxDeviceIsOnVfio(now)) &&
             ifxDriftIsClaimed(work, move));
}

static bool
ifxDriftIsAnswerChanged(const ifxMove *move)
{
    const ifxDevice *before = move->before;
    const ifxDevice *now = move->now;

    return now && before->is_dead != now->is_dead &&
        !(before->is_dead ? now : before)->header_unread;
}

static void
ifxDriftAddDevices(const ifxDriftWork *work)
{
    const GPtrArray *came = ifxMovesGetCame(work->moves);
    guint i;

    for (i = 0; i < came->len; i++) {
        const ifxDriftDevice device = { .now = came->pdata[i] };

        g_hash_table_add(work->came, came->pdata[i]);
        g_array_append_val(work->drift->devices, device);
    }
    for (i = 0; i < ifxMovesCount(work->moves); i++) {
        const ifxMove *move = ifxMovesGetNth(work->moves, i);
        const ifxDriftDevice device = {
            .before = move->before,
            .now = move->now,
            .candidates = move->candidates,
            .moved = move->state == IFX_MOVE_MOVED,
            .driver_changed = ifxDriftIsDriverChanged(work, move),
            .answer_changed = ifxDriftIsAnswerChanged(move),
        };

        if (move->state == IFX_MOVE_UNCLEAR && ifxDeviceIsBridge(move->before))
            continue;
        if (move->state != IFX_MOVE_SAME || device.driver_changed || device.answer_changed)
            g_array_append_val(work->drift->devices, device);
    }
}

/* The group that the first device of @group which was there before was in; @known: is there one? */
static const ifxGroup *
ifxDriftGroupBefore(const ifxDriftWork *work,
                    const ifxGroup *group,
                    bool *known)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        const ifxMove *move =
            member->is_pci ? ifxMovesFindNow(work->moves, &member->address) : NULL;

        *known = move != NULL;
        if (move)
            return ifxTopologyGetGroup(work->before, move->before->group);
    }
    return NULL;
}

/* Was @device of now not in @group before? */
static bool
ifxDriftIsGained(const ifxDriftWork *work,
                 const ifxGroup *group,
                 const ifxDevice *device)
{
    const ifxMove *move = ifxMovesFindNow(work->moves, &device->address);

    if (!move)
        return g_hash_table_contains(work->came, device);
    return !group || move->before->group != (int) group->number;
}

/* Is @device of before not in @group now? */
static bool
ifxDriftIsLost(const ifxDriftWork *work,
               const ifxGroup *group,
               const ifxDevice *device)
{
    const ifxMove *move = ifxMovesFind(work->moves, &device->address);

    if (!move || !move->now)
        return move && move->state == IFX_MOVE_GONE;
    return !group || move->now->group != (int) group->number;
}

static void
ifxDriftListMembers(const ifxDriftWork *work,
                    ifxDriftGroup *group)
{
    guint i;

    for (i = 0; group->now && i < group->now->members->len; i++) {
        const ifxDevice *device = g_array_index(group->now->members, ifxMember, i).device;

        if (device && ifxDriftIsGained(work, group->before, device))
            g_ptr_array_add(group->gained, (gpointer) device);
    }
    for (i = 0; group->before && i < group->before->members->len; i++) {
        const ifxDevice *device = g_array_index(group->before->members, ifxMember, i).device;

        if (device && ifxDriftIsLost(work, group->now, device))
            g_ptr_array_add(group->lost, (gpointer) device);
    }
}

static void
ifxDriftAddGroup(const ifxDriftWork *work,
                 const ifxGroup *before,
                 const ifxGroup *now)
{
    ifxDriftGroup group = {
        .before = before, .now = now,
        .gained = g_ptr_array_new(), .lost = g_ptr_array_new(),
    };

    ifxDriftListMembers(work, &group);
    if (before && now && group.gained->len == 0 && group.lost->len == 0) {
        ifxDriftGroupClear(&group);
        return;
    }
    g_hash_table_add(work->changed, (gpointer) (now ? now : before));
    g_array_append_val(work->drift->groups, group);
}

/* Is a device of @group still there, in no group? */
static bool
ifxDriftIsUngrouped(const ifxDriftWork *work,
                    const ifxGroup *group)
{
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        const ifxMove *move = member->is_pci ? ifxMovesFind(work->moves, &member->address) : NULL;

        if (move && move->now && move->now->group == IFX_GROUP_NONE)
            return true;
    }
    return false;
}

static void
ifxDriftAddGroups(const ifxDriftWork *work)
{
    guint i;

    for (i = 0; i < ifxTopologyCountGroups(work->now); i++) {
        const ifxGroup *now = ifxTopologyGetNthGroup(work->now, i);
        bool known = false;
        const ifxGroup *before = ifxDriftGroupBefore(work, now, &known);

        if (known)
            ifxDriftAddGroup(work, before, now);
    }
    for (i = 0; i < ifxTopologyCountGroups(work->before); i++) {
        const ifxGroup *before = ifxTopologyGetNthGroup(work->before, i);

        if (ifxDriftIsUngrouped(work, before))
            ifxDriftAddGroup(work, before, NULL);
    }
}

/* Is the device in a group that changed? */
static bool
ifxDriftIsGroupChanged(const ifxDriftWork *work,
                       const ifxMove *move)
{
    const ifxGroup *group = ifxTopologyGetGroup(work->now, move->now->group);

    if (!group)
        group = ifxTopologyGetGroup(work->before, move->before->group);
    return group && g_hash_table_contains(work->changed, group);
}

/* Why a claim of @address is hit; false: it is not. */
static bool
ifxDriftJudge(const ifxDriftWork *work,
              ifxDriftClaim *claim)
{
    static const ifxDriftReason reasons[] = {
        [IFX_MOVE_MOVED] = IFX_DRIFT_MOVED,
        [IFX_MOVE_GONE] = IFX_DRIFT_GONE,
        [IFX_MOVE_UNCLEAR] = IFX_DRIFT_UNCLEAR,
    };

    claim->move = ifxMovesFind(work->moves, &claim->address);
    claim->now = ifxTopologyGetDevice(work->now, &claim->address);
    if (!claim->move) {
        claim->reason = IFX_DRIFT_CAME;
        return true;
    }
    if (claim->move->state != IFX_MOVE_SAME) {
        claim->reason = reasons[claim->move->state];
        return true;
    }
    claim->reason = ifxDriftIsGroupChanged(work, claim->move) ? IFX_DRIFT_GROUP :
        ifxDriftIsAnswerChanged(claim->move) ? IFX_DRIFT_ANSWER : IFX_DRIFT_DRIVER;
    return claim->reason != IFX_DRIFT_DRIVER || ifxDriftIsDriverChanged(work, claim->move);
}

static void
ifxDriftAddClaim(const ifxDriftWork *work,
                 const ifxOtherClaim *other,
                 const ifxDriftClaim *claim)
{
    g_autofree char *key = g_strconcat(other->network ? "n" : "d", other->owner, NULL);
    ifxDriftOwner *owner = g_hash_table_lookup(work->owners, key);

    if (!owner) {
        owner = g_new0(ifxDriftOwner, 1);
        owner->name = other->owner;
        owner->network = other->network;
        owner->claims = g_array_new(FALSE, FALSE, sizeof(ifxDriftClaim));
        g_ptr_array_add(work->drift->owners, owner);
        g_hash_table_insert(work->owners, g_steal_pointer(&key), owner);
    }
    owner->renamed |= claim->reason == IFX_DRIFT_MOVED || claim->reason == IFX_DRIFT_GONE ||
        claim->reason == IFX_DRIFT_UNCLEAR;
    g_array_append_vals(owner->claims, claim, 1);
}

static void
ifxDriftAddClaims(const ifxDriftWork *work,
                  const GPtrArray *devices,
                  bool before)
{
    guint i;
    guint j;

    for (i = 0; i < devices->len; i++) {
        ifxDriftClaim claim = { .address = ((const ifxDevice *) devices->pdata[i])->address };
        const GPtrArray *others = ifxElsewhereGet(work->elsewhere, &claim.address);

        if (!others || (!before && ifxTopologyGetDevice(work->before, &claim.address)) ||
            !ifxDriftJudge(work, &claim))
            continue;
        for (j = 0; j < others->len; j++)
            ifxDriftAddClaim(work, others->pdata[j], &claim);
    }
}

static int
ifxDriftCompareOwners(gconstpointer a,
                      gconstpointer b)
{
    const ifxDriftOwner *left = *(ifxDriftOwner *const *) a;
    const ifxDriftOwner *right = *(ifxDriftOwner *const *) b;

    return left->network != right->network ? (left->network ? 1 : -1) :
        strcmp(left->name, right->name);
}

static int
ifxDriftCompareClaims(gconstpointer a,
                      gconstpointer b)
{
    return ifxPciAddressCompare(&((const ifxDriftClaim *) a)->address,
                                &((const ifxDriftClaim *) b)->address);
}

static void
ifxDriftAddOwners(const ifxDriftWork *work)
{
    g_autoptr(GPtrArray) before = ifxTopologyListDevices(work->before);
    g_autoptr(GPtrArray) now = ifxTopologyListDevices(work->now);
    guint i;

    ifxDriftAddClaims(work, before, true);
    ifxDriftAddClaims(work, now, false);
    g_ptr_array_sort(work->drift->owners, ifxDriftCompareOwners);
    for (i = 0; i < work->drift->owners->len; i++)
        g_array_sort(((ifxDriftOwner *) work->drift->owners->pdata[i])->claims,
                     ifxDriftCompareClaims);
}

ifxDrift *
ifxDriftNew(const ifxMoves *moves,
            const ifxTopology *before,
            const ifxTopology *now,
            const ifxElsewhere *elsewhere)
{
    g_autoptr(GHashTable) came = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) changed = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxDrift *drift = g_new0(ifxDrift, 1);
    const ifxDriftWork work = {
        .drift = drift, .moves = moves, .before = before, .now = now, .elsewhere = elsewhere,
        .came = came, .changed = changed, .owners = owners,
    };

    drift->devices = g_array_new(FALSE, FALSE, sizeof(ifxDriftDevice));
    drift->groups = g_array_new(FALSE, FALSE, sizeof(ifxDriftGroup));
    g_array_set_clear_func(drift->groups, ifxDriftGroupClear);
    drift->owners = g_ptr_array_new_with_free_func(ifxDriftOwnerFree);
    ifxDriftAddDevices(&work);
    ifxDriftAddGroups(&work);
    ifxDriftAddOwners(&work);
    return drift;
}
