/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-reason: reason codes and evidence in words.
 */

#pragma once

#include "plan/plan.h"

/* What is the matter, to follow the device: "is missing". A constant. */
const char *ifxReportReason(ifxReason reason);

/* What to do about it, as a sentence without its end; NULL: nothing. @cause: the evidence that
 * gave rise to it, or NULL. A constant. */
const char *ifxReportRemedy(ifxReason reason, const ifxEvidence *cause);

/* "nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxReportSteps(const ifxEvidence *evidence);

/* "0000:04:00.0 nvme1n1 -> nvme1n1p2 -> /". Free with g_free(). */
char *ifxReportChain(const ifxPciAddress *address, const ifxEvidence *evidence);

/* The piece of evidence that gave rise to the verdict: of that @reason, or for a claim in use
 * the decisive one. NULL: none. Lent. */
const ifxEvidence *ifxReportCause(const GPtrArray *evidence, ifxReason reason);
