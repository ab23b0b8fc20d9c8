/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command: what a subcommand is. Each cmd-*.c ends with its own; main walks the table.
 */

#pragma once

#include <glib.h>

#include "cli/session.h"

typedef struct _ifxCommand ifxCommand;
struct _ifxCommand {
    const char *name;
    const char *positionals;    /* "[DOMAIN|FILE]...", "" for none */
    const char *summary;        /* one line, for the list of commands */
    guint options;              /* ifxOptionSet */
    guint max_positionals;

    /* Does it. @positionals is NULL-terminated. IFX_EXIT_ERROR with @error set for
     * what ends the run. */
    ifxExit (*run)(ifxSession *session, char **positionals, GError **error);
};

extern const ifxCommand ifxCommandApply;
extern const ifxCommand ifxCommandCapture;
extern const ifxCommand ifxCommandCheck;
extern const ifxCommand ifxCommandDiff;
extern const ifxCommand ifxCommandGroups;
extern const ifxCommand ifxCommandHook;
extern const ifxCommand ifxCommandPlan;
extern const ifxCommand ifxCommandRewrite;
extern const ifxCommand ifxCommandUndo;
