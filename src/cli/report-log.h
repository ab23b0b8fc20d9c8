/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-log: transactions for people to read.
 */

#pragma once

#include <glib.h>

#include "write/store-log.h"

/* Appends a table of the ifxLogEntry in @entries; @states (of char *) says where each stands. */
void ifxReportLog(GString *out, const GPtrArray *entries, const GPtrArray *states);
