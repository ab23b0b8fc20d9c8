/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * change: what the definition of a domain is to become.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/host.h"
#include "plan/rewrite.h"

typedef struct _ifxChange ifxChange;
struct _ifxChange {
    ifxHost *host;          /* lent; a connection that was opened to write */
    char *label;            /* what the user calls the domain */
    char *name;
    char *uuid;
    GBytes *before;         /* the definition that the change was made from, without secrets */
    GBytes *after;          /* the definition that it makes, without secrets */
    GArray *edits;          /* ifxEdit: what it does to before */
    char *patch;            /* the same as an XML patch (RFC 5261), which also fits the definition
                             * with secrets */
    const char *command;    /* "apply" or "undo"; a constant */
    char *undoes;           /* this and the next two are for the record: see record.h */
    guint undoes_number;
    char *plan;
    bool own_stylesheet;    /* a site's own stylesheet made the patch */
    bool written;           /* libvirt has it; ifxWriteChanges() sets this */
};

/* The change that @rewrite makes of @domain, which is a domain of @host. The command is "apply".
 * Free with ifxChangeFree(). */
ifxChange *ifxChangeNew(ifxHost *host,
                        const char *label,
                        const ifxDomain *domain,
                        const ifxRewrite *rewrite);
void ifxChangeFree(ifxChange *change);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxChange, ifxChangeFree)

/* Reads the state of the domain with @uuid. False with IFX_ERROR_REFUSED if the domain is
 * transient: it has no definition that could be changed. False with IFX_ERROR_CONNECTION if the
 * state cannot be read. */
bool ifxChangeReadState(ifxHost *host,
                        const char *label,
                        const char *uuid,
                        ifxDomainState *state,
                        GError **error);
