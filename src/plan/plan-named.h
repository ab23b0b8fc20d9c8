/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-named: how the user named a domain and its host, for the commands that messages ask for.
 */

#pragma once

#include <glib.h>

#include "plan/plan.h"

typedef enum {
    IFX_NAMED_DOMAIN,       /* a domain of a connection: apply writes it */
    IFX_NAMED_CAPTURED,     /* a domain of a capture: nothing writes it */
    IFX_NAMED_FILE,         /* rewrite --in-place writes it */
    IFX_NAMED_INPUT,        /* standard input: nothing writes it */
} ifxNamedKind;

typedef struct _ifxNamed ifxNamed;
struct _ifxNamed {
    ifxNamedKind kind;
    char *label;            /* what messages call it; not quoted */
    char *word;             /* its word in a command of the tool, quoted for a shell */
    char *name;             /* the domain's name, quoted */
    char *host;             /* the options that name the host: " -c URI", ""; quoted */
    char *uri;              /* the same for virsh; "" for the default connection */
    char *choices;          /* the options of the policy: " --managed", "" */
    char *checks;           /* those of them that check takes */
    bool explains;          /* groups --why can look at the host */
    bool quiet;             /* the user wants no notes about it */
};

/* @word: what the user wrote for it; @name and @uuid (which may be NULL) are the domain's; @host: as
 * in ifxNamed, quoted; @uri: not quoted, NULL for the default connection. All is lent until it
 * returns. Free with ifxNamedFree(). */
ifxNamed *ifxNamedNew(ifxNamedKind kind,
                      const char *label,
                      const char *word,
                      const char *name,
                      const char *uuid,
                      const char *host,
                      const char *uri,
                      const ifxPolicy *policy);
void ifxNamedFree(ifxNamed *named);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxNamed, ifxNamedFree)

/* The options that make @policy: " --managed --allow-member 0000:01:00.1", "". Free with g_free(). */
char *ifxNamedFormatChoices(const ifxPolicy *policy);

/* Each of these returns a command to paste; free with g_free(). */

/* "virt-iommufix -c URI COMMAND --managed NAME"; @more is appended to the options. */
char *ifxNamedFormat(const ifxNamed *named, const char *command, const char *more);

/* The same with the command that writes the change, or shows it where nothing can write it. */
char *ifxNamedFormatWrite(const ifxNamed *named, const char *more);

/* What changes the XML by hand: "virsh -c URI edit NAME", "vi FILE". */
char *ifxNamedFormatEdit(const ifxNamed *named);

/* The same look at the domain by root on the host itself. */
char *ifxNamedFormatAsRoot(const ifxNamed *named);
