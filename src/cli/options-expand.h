/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options-expand: options as users type them, made into what GOption reads.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

/* An option of any command. */
typedef struct _ifxOptionName ifxOptionName;
struct _ifxOptionName {
    const char *name;       /* "allow-member" */
    char letter;            /* 'c'; 0: none */
    bool wants;             /* it has an argument */
    bool taken;             /* by this command */
};

/* Replaces in @arguments (NULL-terminated; the first is the program's name) each beginning of one
 * taken name of @names, which end with a NULL name, by the name, and "--color" without one of its
 * words by "--color=always". The whole name of an option that is not taken is the beginning of none:
 * rewrite, which has no --all, does not take it for --allow-member. Stops at "--", and with
 * @first_word at the first word that is no option. False with IFX_ERROR_USAGE for an option that is
 * none, or that could be several; @command is for the message: what --help to see, "virt-iommufix
 * check". */
bool ifxOptionsExpand(char **arguments,
                      const ifxOptionName *names,
                      bool first_word,
                      const char *command,
                      GError **error);
