/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/sysfs.h"
#include "host/host-internal.h"

/* Linux include/uapi/linux/pci_regs.h */
#define IFX_CONFIG_STATUS 0x06
#define IFX_CONFIG_STATUS_LIST 0x10
#define IFX_CONFIG_HEADER 0x0e
#define IFX_CONFIG_MULTIFUNCTION 0x80
#define IFX_CONFIG_LIST 0x34
#define IFX_CONFIG_WHOLE 256
#define IFX_CONFIG_EXTENDED 4096
#define IFX_CAPABILITY_EXPRESS 0x10
#define IFX_EXTENDED_ACS 0x000d

/* The flags of REQ_ACS_FLAGS in drivers/iommu/iommu.c: source validation, request redirect,
 * completion redirect, upstream forwarding. */
#define IFX_ACS_WANTED 0x1d

/* More than a list without a loop can have (drivers/pci/pci.c, PCI_FIND_CAP_TTL and
 * pci_find_next_ext_capability()). */
#define IFX_LIST_MAX 48
#define IFX_EXTENDED_LIST_MAX ((IFX_CONFIG_EXTENDED - IFX_CONFIG_WHOLE) / 8)

static guint16
ifxConfigGet(const guint8 *config,
             guint at)
{
    return (guint16) (config[at] | config[at + 1] << 8);
}

/* Where the PCI Express capability is; 0: there is none. */
static guint
ifxConfigFindExpress(const guint8 *config)
{
    guint at = config[IFX_CONFIG_LIST];
    guint i;

    if (!(config[IFX_CONFIG_STATUS] & IFX_CONFIG_STATUS_LIST))
        return 0;
    for (i = 0; i < IFX_LIST_MAX && at >= 0x40; i++) {
        at &= 0xfcU;
        if (config[at] == 0xff)
            return 0;
        if (config[at] == IFX_CAPABILITY_EXPRESS)
            return at;
        at = config[at + 1];
    }
    return 0;
}

/* Where the ACS capability is; 0: there is none. */
static guint
ifxConfigFindAcs(const guint8 *config,
                 gsize length)
{
    guint at = IFX_CONFIG_WHOLE;
    guint i;

    for (i = 0; i < IFX_EXTENDED_LIST_MAX && at >= IFX_CONFIG_WHOLE && at + 8 <= length; i++) {
        if (ifxConfigGet(config, at) == IFX_EXTENDED_ACS)
            return at;
        at = (guint) ifxConfigGet(config, at + 2) >> 4 & 0xffcU;
    }
    return 0;
}

static ifxPortType
ifxConfigType(const guint8 *config,
              guint express)
{
    static const ifxPortType types[] = {
        [0x0] = IFX_PORT_ENDPOINT,      /* PCI_EXP_TYPE_ENDPOINT */
        [0x1] = IFX_PORT_ENDPOINT,      /* PCI_EXP_TYPE_LEG_END */
        [0x4] = IFX_PORT_ROOT,          /* PCI_EXP_TYPE_ROOT_PORT */
        [0x5] = IFX_PORT_UPSTREAM,      /* PCI_EXP_TYPE_UPSTREAM */
        [0x6] = IFX_PORT_DOWNSTREAM,    /* PCI_EXP_TYPE_DOWNSTREAM */
        [0x7] = IFX_PORT_PCI_BRIDGE,    /* PCI_EXP_TYPE_PCI_BRIDGE */
        [0x8] = IFX_PORT_PCI_BRIDGE,    /* PCI_EXP_TYPE_PCIE_BRIDGE */
        [0x9] = IFX_PORT_ENDPOINT,      /* PCI_EXP_TYPE_RC_END */
        [0xa] = IFX_PORT_COLLECTOR,     /* PCI_EXP_TYPE_RC_EC */
    };
    const guint type = (guint) ifxConfigGet(config, express + 2) >> 4 & 0xfU;

    return type < G_N_ELEMENTS(types) ? types[type] : IFX_PORT_UNKNOWN;
}

/* pci_acs_enabled() without the quirks. */
static ifxAcs
ifxConfigJudge(const guint8 *config,
               gsize length,
               ifxPortType type,
               bool multifunction)
{
    guint at;
    guint16 wanted;

    if (type == IFX_PORT_UNKNOWN)
        return IFX_ACS_UNKNOWN;
    if (type == IFX_PORT_CONVENTIONAL || type == IFX_PORT_PCI_BRIDGE ||
        type == IFX_PORT_COLLECTOR)
        return IFX_ACS_IMPOSSIBLE;
    if ((type == IFX_PORT_ENDPOINT || type == IFX_PORT_UPSTREAM) && !multifunction)
        return IFX_ACS_NEEDLESS;

    at = ifxConfigFindAcs(config, length);
    if (at == 0)
        return IFX_ACS_ABSENT;
    /* A flag that is missing from the capability is wired to be on. */
    wanted = IFX_ACS_WANTED & ifxConfigGet(config, at + 4);
    return (ifxConfigGet(config, at + 6) & wanted) == wanted ? IFX_ACS_ON : IFX_ACS_OFF;
}

void
ifxIsolationConfigRead(const char *dir,
                       ifxIsolationPlace *place)
{
    guint8 config[IFX_CONFIG_EXTENDED] = { 0 };
    const gssize got = ifxSysfsRead(dir, "config", (char *) config, sizeof(config));
    guint express;

    /* A device that does not answer is all ff. */
    if (got <= IFX_CONFIG_HEADER || config[IFX_CONFIG_HEADER] == 0xff)
        return;
    place->has_header = true;
    place->multifunction |= (config[IFX_CONFIG_HEADER] & IFX_CONFIG_MULTIFUNCTION) != 0;
    if (got < IFX_CONFIG_WHOLE)
        return;
    express = ifxConfigFindExpress(config);
    place->type = express == 0 ? IFX_PORT_CONVENTIONAL : ifxConfigType(config, express);
    place->acs = ifxConfigJudge(config, (gsize) got, place->type, place->multifunction);
}
