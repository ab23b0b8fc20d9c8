/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-groups: a host's groups for people to read. The one file that calls
 * libsmartcols.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "plan/plan.h"
#include "base/term.h"

/* Appends the groups as a table. @claims: ifxPciAddress -> GPtrArray of char *, the names
 * of the domains that claim it. @shared: only groups of several endpoints. */
void ifxReportGroups(GString *out,
                     const ifxTerm *term,
                     const ifxPlanHost *host,
                     GHashTable *claims,
                     bool shared);
