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

/* The first question about the device that got no answer in time: "cp (812) did not show in time
 * what it has open". NULL: there is none. Lent for the life of the host's use. */
const char *ifxPlanQuestionsFindLate(const ifxPlanHost *host, const ifxDevice *device);
