/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-questions.h"

#include "base/pci-class.h"

bool
ifxPlanQuestionsHave(const ifxDevice *device)
{
    if (!device->has_class)
        return true;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_FIBRE_CHANNEL:
    case IFX_PCI_CLASS_SERIAL_INFINIBAND:
    case IFX_PCI_CLASS_IPMI:
    case IFX_PCI_CLASS_OLD_VGA:
        return true;
    case IFX_PCI_CLASS_PCI_BRIDGE:
    case IFX_PCI_CLASS_CARDBUS_BRIDGE:
        /* Its header is that of an endpoint, so no device is below it. */
    case IFX_PCI_CLASS_OTHER_SYSTEM:
        /* Accelerators and the management functions of cards. */
        return false;
    }

    switch (IFX_PCI_BASE_CLASS(device->class_code)) {
    case IFX_PCI_BASE_STORAGE:
    case IFX_PCI_BASE_NETWORK:
    case IFX_PCI_BASE_DISPLAY:
    case IFX_PCI_BASE_MEMORY:
    case IFX_PCI_BASE_BRIDGE:
    case IFX_PCI_BASE_SYSTEM:
    case IFX_PCI_BASE_WIRELESS:
    case IFX_PCI_BASE_INTELLIGENT:
        return true;
    default:
        return false;
    }
}

/* What must have been looked at (ifxSight) before a lack of evidence means that there is no use;
 * 0: nothing would show it. */
static guint
ifxPlanQuestionsFind(const ifxDevice *device)
{
    if (!device->has_class)
        return 0;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_OLD_VGA:
        return IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_CLASS_SD_HOST:
    case IFX_PCI_CLASS_FIBRE_CHANNEL:
        return IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_CLASS_SERIAL_INFINIBAND:
        return IFX_SIGHT_NETWORK | IFX_SIGHT_PROCESSES;
    }

    switch (IFX_PCI_BASE_CLASS(device->class_code)) {
    case IFX_PCI_BASE_STORAGE:
        return IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES;
    case IFX_PCI_BASE_NETWORK:
    case IFX_PCI_BASE_WIRELESS:
        return IFX_SIGHT_NETWORK;
    case IFX_PCI_BASE_DISPLAY:
        return IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES;
    default:
        return 0;
    }
}

bool
ifxPlanQuestionsAreAnswered(const ifxPlanHost *host,
                            const ifxDevice *device)
{
    const guint needed = ifxPlanQuestionsFind(device);
    const guint sight = host->use ? ifxUseGraphGetSight(host->use) : 0;

    if (!ifxPlanQuestionsHave(device) || ifxDeviceIsOnVfio(device))
        return true;
    /* A display can show the console without a driver. */
    if (device->driver_state == IFX_DRIVER_NONE && !(needed & IFX_SIGHT_CONSOLE))
        return true;
    return needed != 0 && (needed & ~sight) == 0;
}

const char *
ifxPlanQuestionsFindLate(const ifxPlanHost *host,
                         const ifxDevice *device)
{
    const guint sight = host->use ? ifxUseGraphGetSight(host->use) : 0;

    return host->use && !ifxPlanQuestionsAreAnswered(host, device) ?
        ifxUseGraphGetUnanswered(host->use, ifxPlanQuestionsFind(device) & ~sight) : NULL;
}
