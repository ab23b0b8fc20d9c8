/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moves: which device of a host before is which device of the same host now.
 *
 * An address is not an identity: a new card renumbers the buses after it. What is compared is what
 * stays with a device: its vendor, device, class and subsystem, its serials, and its place in the
 * tree of bridges. Its driver and its group do not count. What is unknown on one side contradicts
 * nothing. In this order:
 *
 * 1. A virtual function is the one with the same index of the same physical function.
 * 2. Two devices that differ in an id, or in a serial of the same kind, are different devices.
 * 3. A bridge on the root bus is a part of the board: the one that is at its place now.
 * 4. A serial that exactly one such device has before and now, at the same function number: it.
 *    Several functions of a card can have the same serial.
 * 5. Exactly one such device is left before and now: it, wherever it is.
 * 6. Several are left: if their places are the same before and now, by place. If they are the
 *    functions of one card before and of one card now, by function number.
 * 7. Otherwise nothing proves which is which: a card that was taken out while another one of its
 *    kind came looks like a card that was moved.
 *
 * A serial is "KIND:VALUE". Two are compared only if their kinds are the same:
 *
 *     nvme    of an NVMe controller: nvme/NAME/serial in sysfs
 *     mac     the addresses of its network interfaces, if all are permanent: net/NAME/address in
 *             sysfs, where addr_assign_type is 0. A node device of libvirt does not show that
 *     dsn     PCI Express's Device Serial Number, in the configuration space, which only root can
 *             read
 *     vpd     of the Vital Product Data, as libvirt shows it. The tool does not read them itself:
 *             they are slow, and reading them can hang some cards
 *
 * A path is "0000:00:01.0/00.0": what is on the root bus, and below each bridge slot and function.
 *
 *     g_autoptr(ifxMoves) moves = ifxMovesNew(before, now);
 *     const ifxMove *move = ifxMovesFind(moves, &claim->address);
 *
 *     if (move && move->state == IFX_MOVE_MOVED)
 *         use(&move->now->address);
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/topology.h"

typedef enum {
    IFX_MOVE_SAME,          /* it has the same address */
    IFX_MOVE_MOVED,         /* it has another address */
    IFX_MOVE_GONE,          /* the host does not have it any more */
    IFX_MOVE_UNCLEAR,       /* it may be one of the candidates, or none of them */
} ifxMoveState;

typedef struct _ifxMove ifxMove;
struct _ifxMove {
    ifxMoveState state;
    const ifxDevice *before;
    const ifxDevice *now;   /* if SAME or MOVED, otherwise NULL */
    GPtrArray *candidates;  /* if UNCLEAR, otherwise NULL: const ifxDevice of now, by address */
};

typedef struct _ifxMoves ifxMoves;

/* Both topologies must be whole hosts (ifxHostLoadIdentities()). It keeps a reference to both, and
 * what the functions below return lives as long as it does. Free with ifxMovesFree(). */
ifxMoves *ifxMovesNew(ifxTopology *before, ifxTopology *now);
void ifxMovesFree(ifxMoves *moves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxMoves, ifxMovesFree)

/* What became of the device that had @address before. NULL: there was none. */
const ifxMove *ifxMovesFind(const ifxMoves *moves, const ifxPciAddress *address);

/* The same from the other side: what the device that has @address now was. NULL: it came, or that is
 * unclear. */
const ifxMove *ifxMovesFindNow(const ifxMoves *moves, const ifxPciAddress *address);

/* All in order of the addresses before: i < ifxMovesCount(). */
guint ifxMovesCount(const ifxMoves *moves);
const ifxMove *ifxMovesGetNth(const ifxMoves *moves, guint i);

/* The devices that are new, by address: array of const ifxDevice. A candidate is not among them. */
const GPtrArray *ifxMovesGetCame(const ifxMoves *moves);

/* Is at least one device the same before and now? Otherwise these are two hosts. */
bool ifxMovesIsSameHost(const ifxMoves *moves);

/* May these be two hosts of one model? There is an equal device with another serial, and no device has
 * the same serial before and now. A host whose only device with a serial was replaced looks like that,
 * too. */
bool ifxMovesMayBeTwins(const ifxMoves *moves);
