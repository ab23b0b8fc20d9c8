/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-questions: what must have been asked about a device before a lack of evidence means that
 * the host does not use it.
 */

#pragma once

#include "plan/plan.h"

/* Can the host depend on such a device? */
bool ifxPlanQuestionsHave(const ifxDevice *device);

/* Would every use of the device have been seen? */
bool ifxPlanQuestionsAreAnswered(const ifxPlanHost *host, const ifxDevice *device);
