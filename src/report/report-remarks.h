/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-remarks: what is to be said of a plan beside its missing members.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"

typedef struct _ifxRemark ifxRemark;
struct _ifxRemark {
    bool refused;           /* nothing is changed because of it */
    char *text;             /* a sentence without its end, not escaped */
};

/* Of claims, of who else claims the devices, of what qemu:commandline passes, of the domain as a
 * whole, in this order: new
 * array of ifxRemark, which frees them. */
GPtrArray *ifxReportRemarks(const ifxPlan *plan);
