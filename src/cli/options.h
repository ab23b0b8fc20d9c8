/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options: every option of the tool, and which command takes it.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/term.h"
#include "plan/plan.h"

/* Sets of options, for ifxCommand. */
typedef enum {
    IFX_OPTIONS_CONNECT = 1 << 0,   /* --connect, --color */
    IFX_OPTIONS_DOMAINS = 1 << 1,   /* --all */
    IFX_OPTIONS_POLICY = 1 << 2,    /* --allow-member */
    IFX_OPTIONS_JSON = 1 << 3,      /* --json */
    IFX_OPTIONS_GROUPS = 1 << 4,    /* --shared, --why, --wide, --compare */
    IFX_OPTIONS_DIFF = 1 << 5,      /* --exit-code, --stat */
    IFX_OPTIONS_TOOL = 1 << 6,      /* --version */
    IFX_OPTIONS_REWRITE = 1 << 7,   /* --in-place */
    IFX_OPTIONS_CHANGE = 1 << 8,    /* --managed, --give, --prune */
    IFX_OPTIONS_STYLESHEET = 1 << 9,   /* --stylesheet */
    IFX_OPTIONS_CAPTURE = 1 << 10,  /* --domains */
    IFX_OPTIONS_WRITE = 1 << 11,    /* --yes, --skip-validate */
    IFX_OPTIONS_LINES = 1 << 12,    /* --json: a line for each domain */
    IFX_OPTIONS_UNDO = 1 << 13,     /* --list */
    IFX_OPTIONS_APPLY = 1 << 14,    /* --interactive, --plan, --dry-run */
    IFX_OPTIONS_PLAN = 1 << 15,     /* --output */
    IFX_OPTIONS_HOOK = 1 << 16,     /* --rule, --fail-closed, --install, --uninstall; --sysroot,
                                     * --allow-member, --dry-run */
    IFX_OPTIONS_REPORT = 1 << 17,   /* --output, --format */
    IFX_OPTIONS_FILTER = 1 << 19,   /* --problems */
    IFX_OPTIONS_CAPTURED = 1 << 20, /* --host */
    IFX_OPTIONS_TREE = 1 << 21,     /* --sysroot */
    IFX_OPTIONS_HOST = IFX_OPTIONS_CONNECT | IFX_OPTIONS_CAPTURED | IFX_OPTIONS_TREE,
    IFX_OPTIONS_QUIET = 1 << 22,    /* --quiet */
    IFX_OPTIONS_MOVED = 1 << 23,    /* --moved-from */
    IFX_OPTIONS_PAGER = 1 << 18,    /* --no-pager; a pager shows what the command prints */
} ifxOptionSet;

typedef struct _ifxOptions ifxOptions;
struct _ifxOptions {
    char **connect;         /* URIs; NULL: none */
    char *host;
    char *sysroot;
    char *stylesheet;
    char *moved_from;
    char *plan;
    char *output;
    char *format;
    char *rule;
    char *compare;
    char *color_text;
    ifxColorWhen color;
    char **allow_text;
    GHashTable *allowed;    /* set of ifxPciAddress */
    char **give_text;
    GHashTable *given;      /* the same */
    bool give_card;
    gboolean all;
    gboolean json;
    gboolean shared;
    gboolean why;
    gboolean wide;
    gboolean exit_code;
    gboolean in_place;
    gboolean only_needed;
    gboolean managed;
    char *prune_text;
    gboolean prune;
    bool prune_orphans;
    gboolean domains;
    gboolean yes;
    gboolean interactive;
    gboolean skip_validate;
    gboolean list;
    gboolean fail_closed;
    gboolean install;
    gboolean uninstall;
    gboolean no_pager;
    gboolean problems;
    gboolean quiet;
    gboolean dry_run;
    gboolean stat;
    gboolean version;
};

void ifxOptionsClear(ifxOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxOptions, ifxOptionsClear)

/* What --help prints in addition to the options. */
typedef struct _ifxOptionsHelp ifxOptionsHelp;
struct _ifxOptionsHelp {
    const char *command;    /* "virt-iommufix check" */
    const char *synopsis;   /* what follows "virt-iommufix [OPTION...]" */
    const char *summary;
    const char *examples;   /* commands, a line each; NULL: none */
};

/* Moves the options of @sets from @arguments to @options; a unique beginning of an option's name is
 * enough. @arguments is NULL-terminated and begins with the program's name; the positionals are left
 * in it. With @first_word parsing stops at the first word that is no option. With -h or --help, @help
 * is set to @text and the options (free with g_free()). Options that name a host, and are in none of
 * @sets, are taken and not in @help: the command explains why it cannot use them. False with
 * IFX_ERROR_USAGE. */
bool ifxOptionsParse(ifxOptions *options,
                     guint sets,
                     bool first_word,
                     const ifxOptionsHelp *text,
                     char ***arguments,
                     char **help,
                     GError **error);

/* The policy that the options name; @options must outlive it. */
ifxPolicy ifxOptionsGetPolicy(const ifxOptions *options);

/* " -c URI" for each connection that the user named, for a command that a message asks for; "" for
 * none. Free with g_free(). */
char *ifxOptionsFormatConnect(const ifxOptions *options);

/* The options that name the one of the hosts that is called @name: " -c URI --sysroot DIR", " --host
 * FILE"; "" for the default connection. Free with g_free(). */
char *ifxOptionsFormatHost(const ifxOptions *options, const char *name);

/* The options of @sets that are set, as " --NAME" or " --NAME VALUE", for such a command too. Free
 * with g_free(). */
char *ifxOptionsFormat(const ifxOptions *options, guint sets);
