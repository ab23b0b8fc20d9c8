/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-questions: what must have been asked about a device before a lack of evidence means that
 * the host does not use it.
 *
 * What hangs on the device decides which questions there are (use.h, ifxUseAttached). Its class
 * adds only what can be without a device that hangs on it:
 *
 *  - a display shows a console, also without a driver; NVIDIA's driver has no device in sysfs
 *  - the interface of a network device can be in another network namespace
 *  - a storage device whose driver shows no disk has its users somewhere else (virtiofs)
 *
 * A device without a driver raises no question, except for a display. A device on a VFIO driver
 * raises none. A device of another driver on which nothing hangs is free, if that is known.
 * libvirt's node devices have no serial ports, FireWire, input, video capture, watchdogs and
 * accelerators, so that they leave the question open for classes of such devices. A sound card is
 * free whatever hangs on it unseen, because its users can lose it.
 */

#pragma once

#include "plan/plan.h"

/* Could the host, or a guest of it, depend on the device? */
bool ifxPlanQuestionsHave(const ifxPlanHost *host, const ifxDevice *device);

/* Why a use of the device need not have been seen: "nothing shows what processes have open". NULL:
 * it would have been seen. *@final: root on the host itself would see no more. Free with
 * g_free(). */
char *ifxPlanQuestionsFindUnasked(const ifxPlanHost *host, const ifxDevice *device, bool *final);

/* The first question about the device that got no answer in time: "cp (812) did not show in time
 * what it has open". NULL: there is none. Lent for the life of the host's use. */
const char *ifxPlanQuestionsFindLate(const ifxPlanHost *host, const ifxDevice *device);
