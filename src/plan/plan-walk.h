/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-walk: the one model that plan documents have, whatever their form.
 *
 * ifxPlanWalk() goes over a plan and hands each value to a sink, in the order in which a document
 * has them. There are two sinks: plan-xml builds the XML that xslt/plan.rng describes, report-json
 * the JSON.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan-named.h"
#include "plan/plan.h"

/* How a part of a document groups what is in it. */
typedef enum {
    IFX_PART_OBJECT,    /* values and parts; an element in XML */
    IFX_PART_LIST,      /* objects; in XML just these */
    IFX_PART_VALUES,    /* objects with one value each; in JSON an array of the values */
} ifxPartKind;

/* What writes a document. Names and values are lent until the function returns. */
typedef struct _ifxPlanSink ifxPlanSink;
struct _ifxPlanSink {
    /* In a list, JSON does not use the name. */
    void (*begin)(ifxPlanSink *sink, ifxPartKind kind, const char *name);
    void (*end)(ifxPlanSink *sink, ifxPartKind kind);

    /* A value of the innermost object: an attribute in XML, where an address is an element. A
     * string is UTF-8 that XML can hold. */
    void (*string)(ifxPlanSink *sink, const char *name, const char *value);
    void (*number)(ifxPlanSink *sink, const char *name, guint value);
    void (*boolean)(ifxPlanSink *sink, const char *name, bool value);
    void (*address)(ifxPlanSink *sink, const ifxPciAddress *value);

    bool changes;       /* it wants only claims and members that are to change, and of these only
                         * what a change needs: no device, note or evidence */
    bool describes;     /* it also wants words: beside the numbers of PCI, beside each code */
    const ifxNamed *named;  /* for the commands in these words; NULL: the domain's name alone */
};

/* All of @plan that the sink wants, as values of the innermost object. */
void ifxPlanWalk(ifxPlanSink *sink, const ifxPlan *plan);

/* Its parts, for documents about a host: a string that a host chose, which may be NULL or no
 * UTF-8; a member's address or name and its device; evidence, which may be NULL. */
void ifxPlanWalkName(ifxPlanSink *sink, const char *name, const char *value);
void ifxPlanWalkMember(ifxPlanSink *sink, const ifxMember *member);
void ifxPlanWalkEvidence(ifxPlanSink *sink, const GPtrArray *evidence);
