/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command: a subcommand of the tool. Each cmd-NAME.c ends with its own; main has the list.
 */

#pragma once

#include <glib.h>

#include "cli/session.h"

typedef struct _ifxCommand ifxCommand;
struct _ifxCommand {
    const char *name;
    const char *positionals;    /* "[DOMAIN|FILE]...", "" for none */
    const char *summary;        /* one line, for the list of commands */
    const char *examples;       /* two commands, a line each */
    guint options;              /* ifxOptionSet */
    guint max_positionals;

    /* Runs the command. @positionals is NULL-terminated. Returns the exit status; if @error is set,
     * main prints it and the status is IFX_EXIT_ERROR. */
    ifxExit (*run)(ifxSession *session, char **positionals, GError **error);
};

extern const ifxCommand ifxCommandApply;
extern const ifxCommand ifxCommandCapture;
extern const ifxCommand ifxCommandCheck;
extern const ifxCommand ifxCommandDiff;
extern const ifxCommand ifxCommandGroups;
extern const ifxCommand ifxCommandHook;
extern const ifxCommand ifxCommandPlan;
extern const ifxCommand ifxCommandReport;
extern const ifxCommand ifxCommandRewrite;
extern const ifxCommand ifxCommandUndo;
