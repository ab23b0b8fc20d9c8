/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * redefine: a domain's new definition goes to libvirt, and the old one is never lost.
 *
 * libvirt has no compare-and-set for definitions. So the definition is read again right before the
 * new one is written, which leaves one round trip in which another's edit would be lost.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/connection-define.h"
#include "write/store.h"

/* A definition that is to be replaced. */
typedef struct _ifxProposal ifxProposal;
struct _ifxProposal {
    ifxConnection *connection;  /* lent */
    char *label;                /* what the user calls the domain */
    char *name;
    char *uuid;
    GBytes *before;             /* the definition from which it was planned, without secrets */
    GBytes *after;              /* what it is to become, without secrets */
    char *patch;                /* from the one to the other, RFC 5261 */
    const char *command;        /* for the record: see record.h; a constant */
    char *undoes;
    guint undoes_number;
    char *plan;
    bool own_stylesheet;        /* a site's stylesheet made it */
};

void ifxProposalFree(ifxProposal *proposal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxProposal, ifxProposalFree)

/* How it is written. */
typedef struct _ifxRedefineHow ifxRedefineHow;
struct _ifxRedefineHow {
    bool skip_validate;     /* not against libvirt's schema */
    bool keep_backup;       /* the definition with secrets stays in the store */
};

/* A proposal on its way. */
typedef struct _ifxRedefinition ifxRedefinition;

/* Nothing is written, nor read. All is lent and must outlive it. Free with
 * ifxRedefinitionFree(). */
ifxRedefinition *ifxRedefinitionNew(ifxTransaction *transaction,
                                    const ifxProposal *proposal,
                                    ifxRedefineHow how);
void ifxRedefinitionFree(ifxRedefinition *redefinition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxRedefinition, ifxRedefinitionFree)

/* Reads, keeps, reads again, defines, reads back. @note is set to what the user should know of it,
 * or stays as it is (free with g_free()). False
 *  - with IFX_ERROR_REFUSED: the definition is not the one that was planned from, or the domain has
 *    none; nothing was written,
 *  - with IFX_ERROR_FILE: it can't be kept; nothing was written,
 *  - with IFX_ERROR_MISMATCH: libvirt made something else of it, or another did; the message says
 *    whether the old one was put back,
 *  - with IFX_ERROR_CONNECTION or IFX_ERROR_XML: libvirt refuses it; or the connection is gone
 *    (ifxConnectionIsAlive()), and what became of it is not known: once it is open again another
 *    call finds out, and does what is left. */
bool ifxRedefinitionRun(ifxRedefinition *redefinition, char **note, GError **error);
