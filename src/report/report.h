/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: plans and hosts for people to read.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/term.h"
#include "host/isolation.h"
#include "plan/plan-named.h"
#include "plan/plan.h"
#include "report/remark.h"

/* Appends what check prints about one domain: a line with its state, each incomplete group by the
 * rule of libvirt's 2019 series, with the members that are missing, what is wrong with its claims,
 * its notes, and what to do next. @noted: set of char *, which frees them: what the notes of
 * domains before this one reported already. */
void ifxReportCheck(GString *out,
                    const ifxTerm *term,
                    const ifxNamed *named,
                    const ifxPlan *plan,
                    GHashTable *noted);

/* Can nothing show from here whether a claim of @plan keeps the guest from starting? */
bool ifxReportCheckIsUncertain(const ifxPlan *plan);

/* Appends what check prints about one group; @full: all its members, with all evidence. */
void ifxReportCheckGroup(GString *out,
                    const ifxTerm *term,
                    const ifxNamed *named,
                    const ifxPlan *plan,
                    const ifxPlanGroup *group,
                    bool full);

/* Does the domain declare every member that it must declare? All groups must be complete. A device
 * that is gone may belong to a group of its own, so then it does not. */
bool ifxReportCheckIsComplete(const ifxPlan *plan);

/* Is there something to do or to know: is the domain not complete, by the rule of the policy, or will
 * it not start? */
bool ifxReportCheckIsProblem(const ifxPlan *plan);

/* What the first line of check says about the domain: "incomplete, will not start". A constant. */
const char *ifxReportCheckState(const ifxPlan *plan);

/* The commands that show the change and write it, or the one that explains a group that the guest
 * cannot have: new array of char *, which frees them. */
GPtrArray *ifxReportCheckNext(const ifxNamed *named, const ifxPlan *plan);

/* The rule of libvirt's 2019 series in its words, without full stop: "All devices of the same IOMMU
 * group 1 of the PCI device 0000:01:00.0 must belong to domain gaming". Free with g_free(). */
char *ifxReportCheckRule(const ifxPlan *plan, const ifxPlanGroup *group);

/* What keeps @group from the guest once the domain declares what the plan adds: "it will not start,
 * because the host keeps 0000:01:00.1 of group 1"; or, where a driver is unknown, that it might
 * not. NULL: nothing does. Free with g_free(). */
char *ifxReportBlocker(const ifxPlanGroup *group);

/* Prints to stderr, a line each, why the plan refuses or skips claims and members. */
void ifxReportNotes(const ifxNamed *named, const ifxPlan *plan);

/* Prints a line to stderr if the host has no IOMMU groups. */
void ifxReportNoGroups(const char *host, const ifxTopology *topology);

/* Appends @groups (const ifxGroup *) of @host as a table. Where it is wider than the terminal, and
 * not @wide: as a block for each group, which fits. @claims: ifxPciAddress -> GPtrArray of char *,
 * the names of the domains that claim the device. */
void ifxReportGroups(GString *out,
                     const ifxTerm *term,
                     const ifxPlanHost *host,
                     const GPtrArray *groups,
                     GHashTable *claims,
                     bool wide);

/* Appends for each member of @groups (const ifxGroup *) why it is in its group. @ports: also which
 * ports of the host give a card a group of its own. Lines fit the terminal unless @wide. */
void ifxReportWhy(GString *out,
                  const ifxTerm *term,
                  const ifxIsolation *isolation,
                  const GPtrArray *groups,
                  bool ports,
                  bool wide);

/* Why a device is in its group, as a sentence without full stop: "is below the root port
 * 0000:00:01.0, which has no ACS". @overridden: as ifxIsolationIsOverridden(). Free with
 * g_free(). */
char *ifxReportWhyMember(const ifxIsolationReason *reason, bool overridden);

/* Whether a card below @port would have a group of its own, and why, in the same way. Free with
 * g_free(). */
char *ifxReportWhyPort(const ifxIsolationPort *port, bool overridden);

/* "root port". A constant. */
const char *ifxReportWhyPortType(ifxPortType type);

/* "0000:01:00.1 (audio device TU104 HD Audio Controller, snd_hda_intel)". Free with g_free(). */
char *ifxReportMember(const ifxMember *member);

/* Is the member worth a line of its own: is it missing, or does it keep the group from the guest? */
bool ifxReportMemberIsListed(const ifxPlanMember *member);

/* Why a member has its verdict, by what evidence, and what to do. */
ifxRemark *ifxReportMemberRemark(const ifxNamed *named,
                                 const ifxPlan *plan,
                                 const ifxPlanGroup *group,
                                 const ifxPlanMember *member);

/* The remarks about claims, about others that claim the same devices, and about the domain as a
 * whole, in this order: new array of ifxRemark, which frees them. */
GPtrArray *ifxReportRemarks(const ifxNamed *named, const ifxPlan *plan);
