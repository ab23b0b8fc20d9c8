/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * random-host: hosts and domains made up by chance, and what is true of them.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

/* One device, with all that the maker knows of it. */
typedef struct _ifxRandomDevice ifxRandomDevice;
struct _ifxRandomDevice {
    ifxPciAddress address;
    int group;
    guint32 class_code;     /* 0: unknown */
    bool bridge;
    const char *driver;     /* NULL: unknown; "": none */
    bool hidden;            /* the group names it, the host does not show it */
    bool used;              /* by the host, in a way that --allow-member lifts */
    bool unclear;           /* something is there */
    bool vital;
    bool parent;            /* it has virtual functions */
    bool declared;          /* by the domain */
    bool allowed;           /* by the policy */
};

typedef struct _ifxRandomHost ifxRandomHost;
struct _ifxRandomHost {
    GArray *devices;        /* ifxRandomDevice */
    ifxTopology *topology;
    ifxUseGraph *use;        /* or NULL */
    ifxElsewhere *elsewhere;/* or NULL */
    GHashTable *allowed;    /* set of ifxPciAddress */
    GHashTable *given;      /* the same */
    char *xml;              /* a domain's */
    ifxPolicy policy;
};

/* All follows from the state of @chance. Free with ifxRandomHostFree(). */
ifxRandomHost *ifxRandomHostNew(GRand *chance);
void ifxRandomHostFree(ifxRandomHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRandomHost, ifxRandomHostFree)

/* NULL: there is no such device. Lent. */
const ifxRandomDevice *ifxRandomHostFind(const ifxRandomHost *host, const ifxPciAddress *address);
