/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-words: what plan documents and messages call things. All are constants.
 */

#pragma once

#include "plan/plan.h"

const char *ifxVerdictToString(ifxVerdict verdict);
const char *ifxReasonToString(ifxReason reason);
const char *ifxLiftToString(ifxLift lift);
const char *ifxStartsToString(ifxStarts starts);
const char *ifxResultToString(ifxResult result);
