/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-questions.h"

#include "base/pci-class.h"

/* The questions about a device. */
typedef struct _ifxPlanQuestions ifxPlanQuestions;
struct _ifxPlanQuestions {
    guint asked;            /* ifxSight */
    guint unanswered;       /* ifxSight */
    char *unlisted;         /* what hangs on it and has users that nothing shows; NULL: nothing */
};

static void
ifxPlanQuestionsClear(ifxPlanQuestions *questions)
{
    g_free(questions->unlisted);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxPlanQuestions, ifxPlanQuestionsClear)

static bool
ifxPlanQuestionsIsDisplay(const ifxDevice *device)
{
    return device->has_class &&
        (IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_DISPLAY ||
         IFX_PCI_SUBCLASS(device->class_code) == IFX_PCI_CLASS_OLD_VGA);
}

static bool
ifxPlanQuestionsIsStorage(const ifxDevice *device)
{
    return device->has_class &&
        (IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_STORAGE ||
         IFX_PCI_SUBCLASS(device->class_code) == IFX_PCI_CLASS_FIBRE_CHANNEL);
}

static bool
ifxPlanQuestionsIsNetwork(const ifxDevice *device)
{
    return device->has_class &&
        (IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_NETWORK ||
         IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_WIRELESS ||
         IFX_PCI_SUBCLASS(device->class_code) == IFX_PCI_CLASS_SERIAL_INFINIBAND);
}

static bool
ifxPlanQuestionsIsAudio(const ifxDevice *device)
{
    return device->has_class &&
        (IFX_PCI_SUBCLASS(device->class_code) == IFX_PCI_CLASS_AUDIO ||
         IFX_PCI_SUBCLASS(device->class_code) == IFX_PCI_CLASS_HD_AUDIO);
}

/* Do libvirt's node devices show what can hang on a device of this class? */
static bool
ifxPlanQuestionsAreListed(const ifxDevice *device)
{
    if (!device->has_class)
        return false;

    switch (IFX_PCI_SUBCLASS(device->class_code)) {
    case IFX_PCI_CLASS_SERIAL_USB:
    case IFX_PCI_CLASS_SERIAL_OTHER:
    case IFX_PCI_CLASS_SD_HOST:
        return true;
    }

    /* For the last three one question more is open already. */
    return IFX_PCI_BASE_CLASS(device->class_code) == IFX_PCI_BASE_VENDOR ||
        ifxPlanQuestionsIsDisplay(device) || ifxPlanQuestionsIsStorage(device) ||
        ifxPlanQuestionsIsNetwork(device);
}

/* Could another thing than those that are known hang on the device, and matter? */
static bool
ifxPlanQuestionsAreOpen(const ifxDevice *device,
                        const ifxUseAttached *attached,
                        guint sight)
{
    if (ifxPlanQuestionsIsAudio(device) || (attached && attached->complete))
        return false;
    return !(sight & IFX_SIGHT_DEVICES) || !attached || !ifxPlanQuestionsAreListed(device);
}

static void
ifxPlanQuestionsAskDriver(ifxPlanQuestions *questions,
                          const ifxPlanHost *host,
                          const ifxDevice *device)
{
    const guint sight = host->use ? ifxUseGraphGetSight(host->use) : 0;
    const ifxUseAttached *attached =
        host->use ? ifxUseAttachedFind(host->use, &device->address) : NULL;

    if (attached) {
        questions->asked |= ifxUseAttachedGetQuestions(attached);
        questions->unlisted = ifxUseAttachedFindUnlisted(attached);
    }
    if (ifxPlanQuestionsIsDisplay(device))
        questions->asked |= IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES;
    if (ifxPlanQuestionsIsNetwork(device))
        questions->asked |= IFX_SIGHT_NETWORK;
    questions->unanswered = questions->asked & ~sight;
    if (ifxPlanQuestionsAreOpen(device, attached, sight))
        questions->unanswered |= IFX_SIGHT_DEVICES;
    else if (!questions->unlisted && !device->has_class)
        questions->unlisted = g_strdup("its class cannot be read");
    else if (!questions->unlisted && ifxPlanQuestionsIsStorage(device) &&
             !ifxUseAttachedHasStorage(attached))
        questions->unlisted = g_strdup("no disk is visible, and nothing shows what uses it");
}

/* @questions is empty. */
static void
ifxPlanQuestionsAsk(ifxPlanQuestions *questions,
                    const ifxPlanHost *host,
                    const ifxDevice *device)
{
    if (ifxDeviceIsOnVfio(device))
        return;
    if (device->driver_state != IFX_DRIVER_NONE) {
        ifxPlanQuestionsAskDriver(questions, host, device);
    } else if (ifxPlanQuestionsIsDisplay(device)) {
        questions->asked = IFX_SIGHT_CONSOLE;
        questions->unanswered =
            IFX_SIGHT_CONSOLE & ~(host->use ? ifxUseGraphGetSight(host->use) : 0);
    }
}

bool
ifxPlanQuestionsHave(const ifxPlanHost *host,
                     const ifxDevice *device)
{
    g_auto(ifxPlanQuestions) questions = { .unlisted = NULL };

    ifxPlanQuestionsAsk(&questions, host, device);
    return questions.asked || questions.unanswered || questions.unlisted;
}

char *
ifxPlanQuestionsFindUnasked(const ifxPlanHost *host,
                            const ifxDevice *device,
                            bool *final)
{
    g_auto(ifxPlanQuestions) questions = { .unlisted = NULL };
    g_autofree char *words = NULL;

    ifxPlanQuestionsAsk(&questions, host, device);
    *final = questions.unlisted || (host->use && ifxUseGraphIsPrivileged(host->use));
    if (questions.unlisted)
        return g_steal_pointer(&questions.unlisted);
    if (!questions.unanswered)
        return NULL;
    words = ifxSightDescribe(questions.unanswered);
    return g_strdup_printf("nothing shows %s", words);
}

const char *
ifxPlanQuestionsFindLate(const ifxPlanHost *host,
                         const ifxDevice *device)
{
    g_auto(ifxPlanQuestions) questions = { .unlisted = NULL };

    ifxPlanQuestionsAsk(&questions, host, device);
    return host->use ? ifxUseGraphGetUnanswered(host->use, questions.unanswered) : NULL;
}
