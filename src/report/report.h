/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: plans and hosts for people to read.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/term.h"
#include "plan/plan.h"

/* Appends what check prints about one domain: a line with its state, its remarks, and for each
 * incomplete group the rule of libvirt's 2019 series with the members that are missing. @label is
 * what the user calls the domain; it is escaped here. */
void ifxReportCheck(GString *out, const ifxTerm *term, const char *label, const ifxPlan *plan);

/* Appends what check prints about one group; @full: all its members, with all evidence. */
void ifxReportGroup(GString *out,
                    const ifxTerm *term,
                    const ifxPlan *plan,
                    const ifxPlanGroup *group,
                    bool full);

/* What keeps @group from the guest once the domain declares what the plan adds: "it will not start,
 * because the host keeps 0000:01:00.1 of group 1"; or, where a driver is unknown, that it might
 * not. NULL: nothing does. Free with g_free(). */
char *ifxReportBlocker(const ifxPlanGroup *group);

/* Prints that to stderr, a line for each group. */
void ifxReportBlocked(const char *label, const ifxPlan *plan);

/* Prints to stderr, a line each, why the plan refuses or skips claims and members. */
void ifxReportNotes(const char *label, const ifxPlan *plan);

/* Prints a line to stderr if the host has no IOMMU groups. */
void ifxReportNoGroups(const char *host, const ifxTopology *topology);

/* Appends the groups as a table. @claims: ifxPciAddress -> GPtrArray of char *, the names of the
 * domains that claim the device. @shared: only groups with several endpoints. */
void ifxReportGroups(GString *out,
                     const ifxTerm *term,
                     const ifxPlanHost *host,
                     GHashTable *claims,
                     bool shared);

/* "0000:01:00.1 (audio device TU104 HD Audio Controller, snd_hda_intel)". Free with g_free(). */
char *ifxReportMember(const ifxMember *member);

/* A member with the verdict, its evidence and what to do: "refused: group 4: 0000:00:17.0 (SATA
 * controller, ahci) is missing, but ...". Free with g_free(). */
char *ifxReportMemberVerdict(const ifxPlan *plan,
                             const ifxPlanGroup *group,
                             const ifxPlanMember *member);

/* Appends a sentence to @text: how the user can override the refusal of the device at @address, or
 * that this is not @possible. */
void ifxReportMemberAppendOverride(GString *text, bool possible, const ifxPciAddress *address);

/* What there is to report about a plan in addition to its missing members. */
typedef struct _ifxRemark ifxRemark;
struct _ifxRemark {
    bool refused;           /* nothing is changed because of it */
    char *text;             /* sentences, not escaped, without the last full stop */
};

/* The remarks about claims, about others that claim the same devices, and about the domain as a
 * whole, in this order: new array of ifxRemark, which frees them. */
GPtrArray *ifxReportRemarks(const ifxPlan *plan);
