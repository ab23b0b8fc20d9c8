/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * groups-drift: groups --compare.
 */

#pragma once

#include "cli/session.h"

/* Prints what changed since the capture that --compare names. IFX_EXIT_INCOMPLETE: something did. */
ifxExit ifxGroupsDriftRun(ifxSession *session, char **words, GError **error);
