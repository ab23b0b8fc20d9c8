/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drift: what changed on a host since a capture of it, and which domains that hits.
 *
 * Devices are compared by identity (moves.h), so that a group is the same if its devices are: the
 * kernel can give it another number at each boot. Not a change is what is unknown on one side, an
 * unclear bridge, because no guest can have it, and a driver of VFIO on one side if a domain claims
 * the device: libvirt binds and unbinds that with each start and end of the guest. Only PCI devices
 * are compared.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "domain/elsewhere.h"
#include "host/moves.h"

/* A device that changed. Neither moved nor unclear: it came (no before), it went (no now), its driver
 * changed, or it does not answer any more (is_dead), or answers again. */
typedef struct _ifxDriftDevice ifxDriftDevice;
struct _ifxDriftDevice {
    const ifxDevice *before;        /* NULL: it is new */
    const ifxDevice *now;           /* NULL: it is gone, or unclear */
    const GPtrArray *candidates;    /* if it is unclear: const ifxDevice, as in ifxMove */
    bool moved;
    bool driver_changed;
    bool answer_changed;
};

/* A group whose devices are not those of one group of before. */
typedef struct _ifxDriftGroup ifxDriftGroup;
struct _ifxDriftGroup {
    const ifxGroup *before; /* that of its first device; NULL: this was in no group */
    const ifxGroup *now;    /* NULL: the devices of before are in no group now */
    GPtrArray *gained;      /* const ifxDevice of now that were not in before */
    GPtrArray *lost;        /* const ifxDevice of before that are not in now */
};

/* Why a claim is hit. */
typedef enum {
    IFX_DRIFT_MOVED,        /* its device has another address */
    IFX_DRIFT_GONE,         /* its device is gone */
    IFX_DRIFT_UNCLEAR,      /* its device may have another address */
    IFX_DRIFT_CAME,         /* no device had its address before, and one has it now */
    IFX_DRIFT_GROUP,        /* its device is in a group that changed */
    IFX_DRIFT_ANSWER,       /* its device does not answer any more, or answers again */
    IFX_DRIFT_DRIVER,       /* its device has another driver */
} ifxDriftReason;

typedef struct _ifxDriftClaim ifxDriftClaim;
struct _ifxDriftClaim {
    ifxPciAddress address;
    ifxDriftReason reason;  /* the first that holds */
    const ifxMove *move;    /* of the device that had the address; NULL if CAME */
    const ifxDevice *now;   /* what has the address now; NULL: nothing */
};

/* A domain or network that claims such devices. */
typedef struct _ifxDriftOwner ifxDriftOwner;
struct _ifxDriftOwner {
    const char *name;
    bool network;
    bool renamed;           /* a device of it has another address, or may have: MOVED, GONE, UNCLEAR */
    GArray *claims;         /* ifxDriftClaim, by address */
};

typedef struct _ifxDrift ifxDrift;
struct _ifxDrift {
    GArray *devices;        /* ifxDriftDevice: first those that came, then by address before */
    GArray *groups;         /* ifxDriftGroup, by number now; those that are in none now are last */
    GPtrArray *owners;      /* ifxDriftOwner, by name */
};

/* @elsewhere: the claims; the result borrows from all arguments. Free with ifxDriftFree(). */
ifxDrift *ifxDriftNew(const ifxMoves *moves,
                      const ifxTopology *before,
                      const ifxTopology *now,
                      const ifxElsewhere *elsewhere);
void ifxDriftFree(ifxDrift *drift);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxDrift, ifxDriftFree)

/* Did anything change? */
bool ifxDriftIsAny(const ifxDrift *drift);

/* "moved": a constant. */
const char *ifxDriftReasonToString(ifxDriftReason reason);
