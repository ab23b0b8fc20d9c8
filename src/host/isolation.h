/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * isolation: why the kernel puts PCI devices into one IOMMU group, and which ports isolate a card.
 *
 * The rules are the kernel's, as of Linux commit 00208852d351: pci_device_group() in
 * drivers/iommu/iommu.c, pci_acs_enabled() and pci_acs_path_enabled() in drivers/pci/pci.c,
 * pci_for_each_dma_alias() in drivers/pci/search.c. They follow from where a device is and from its
 * configuration space. The group that the kernel shows is always right: where it does not follow
 * from these rules, the kernel has a quirk for the device (pci_dev_specific_acs_enabled() in
 * drivers/pci/quirks.c), an out-of-tree patch (pcie_acs_override=), or other rules.
 *
 * Only root can read a whole configuration space; without root the kernel gives the first 64 bytes
 * (pci_read_config() in drivers/pci/pci-sysfs.c), which do not show the capabilities.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/topology.h"

/* Device/port type of the PCI Express capability (Linux include/uapi/linux/pci_regs.h,
 * PCI_EXP_FLAGS_TYPE). */
typedef enum {
    IFX_PORT_UNKNOWN,       /* nobody could read the capabilities */
    IFX_PORT_CONVENTIONAL,  /* no PCI Express capability */
    IFX_PORT_ENDPOINT,      /* also one that is integrated, or a legacy one */
    IFX_PORT_ROOT,
    IFX_PORT_UPSTREAM,
    IFX_PORT_DOWNSTREAM,
    IFX_PORT_PCI_BRIDGE,    /* from PCI Express to PCI, or back */
    IFX_PORT_COLLECTOR,     /* root complex event collector */
} ifxPortType;

/* Does a device keep what is below it, or a function its siblings, apart by Access Control
 * Services? */
typedef enum {
    IFX_ACS_UNKNOWN,
    IFX_ACS_ON,
    IFX_ACS_OFF,            /* it has the capability, but flags that the kernel needs are not set */
    IFX_ACS_ABSENT,         /* it has no such capability */
    IFX_ACS_IMPOSSIBLE,     /* a device of this type has none that counts */
    IFX_ACS_NEEDLESS,       /* there is nothing to keep apart: the kernel takes it for isolated */
} ifxAcs;

/* The rule that puts a device into its group. */
typedef enum {
    IFX_RULE_UNKNOWN,       /* it depends on @cause, whose configuration space cannot be read */
    IFX_RULE_OWN,           /* no rule makes it share: it gets a group of its own */
    IFX_RULE_REQUESTER,     /* its DMA carries the requester ID of @with, an Intel VMD controller */
    IFX_RULE_BRIDGE,        /* the bridge @with above it hides who sends: one requester ID for all */
    IFX_RULE_PATH,          /* the port @with is right above it; @cause, which is @with or further
                             * up, does not isolate */
    IFX_RULE_SLOT,          /* neither it nor @with, a function of the same slot, isolates itself */
} ifxRule;

typedef struct _ifxIsolationReason ifxIsolationReason;
struct _ifxIsolationReason {
    ifxRule rule;
    bool apart;             /* the rule says that it shares with @with, and the kernel keeps them
                             * apart */
    ifxPciAddress with;
    ifxPciAddress cause;
    ifxPortType type;       /* of @cause */
    ifxAcs acs;             /* of @cause */
};

/* A port or bridge below which a device can be. */
typedef enum {
    IFX_OWN_GROUP_UNKNOWN,
    IFX_OWN_GROUP_NO,       /* a device there shares the port's group */
    IFX_OWN_GROUP_YES,
} ifxOwnGroup;

typedef struct _ifxIsolationPort ifxIsolationPort;
struct _ifxIsolationPort {
    ifxPciAddress address;
    ifxPortType type;
    ifxOwnGroup own;        /* what the kernel shows if there is a device, otherwise what its rules
                             * give */
    bool apart;             /* it is yes, although the rules give no */
    guint devices;          /* how many are right below it */
    ifxPciAddress first;    /* if there are any */
    ifxPciAddress cause;    /* what does not isolate, or could not be read */
    ifxAcs acs;             /* of @cause */
};

typedef struct _ifxIsolation ifxIsolation;

/* Reads /sys/bus/pci/devices/ADDRESS (the target of the link, and config) of each device of
 * @topology, and /proc/cmdline, below @sysroot. Reading config asks the device, four bytes at a
 * time. @topology is lent for as long as the result lives. Free with ifxIsolationFree(). */
ifxIsolation *ifxIsolationLoad(const char *sysroot, const ifxTopology *topology);
void ifxIsolationFree(ifxIsolation *isolation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxIsolation, ifxIsolationFree)

/* Does the kernel's command line have pcie_acs_override=? A patch that is not in the kernel's own
 * sources then claims isolation that no hardware gives. */
bool ifxIsolationIsOverridden(const ifxIsolation *isolation);

/* Why the device at @address is in its group. */
ifxIsolationReason ifxIsolationExplain(const ifxIsolation *isolation,
                                       const ifxPciAddress *address);

/* The members of @group that these rules do not join to its first PCI member: new array of
 * ifxPciAddress. Empty if a member's reason is unknown. */
GArray *ifxIsolationListUnexplained(const ifxIsolation *isolation, const ifxGroup *group);

/* The ports and bridges of the host by address, without upstream ports: new array of
 * ifxIsolationPort. */
GArray *ifxIsolationListPorts(const ifxIsolation *isolation);
