/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-member: a member of a group and what the plan says of it, in words.
 */

#pragma once

#include "plan/plan.h"

/* "0000:01:00.1, audio device TU104 HD Audio Controller, driver snd_hda_intel". Free with
 * g_free(), as the one below. */
char *ifxReportMember(const ifxMember *member);

/* The same with the verdict, its evidence and what to do: "refused: group 4: 0000:00:17.0, SATA
 * controller, driver ahci, is missing, but ...". */
char *ifxReportMemberVerdict(const ifxPlanGroup *group, const ifxPlanMember *member);
