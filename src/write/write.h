/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * write: changes go to libvirt, one domain after the other, and no old definition is lost.
 *
 * libvirt has no compare-and-set for definitions. So the definition is read again right before the
 * new one is defined. That leaves one round trip in which an edit by somebody else would be lost.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>

#include "host/host.h"
#include "plan/rewrite.h"
#include "write/store.h"

/* What the definition of a domain is to become. */
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
    char *moved_from;       /* this and the next two, too */
    char *moved_to;
    GArray *moved;
    char *stays;            /* of an undo: see ifxUndoCheckChange() */
    bool own_stylesheet;    /* a site's own stylesheet made the patch */
};

/* The change that @rewrite makes of @domain, which is a domain of @host. The command is "apply".
 * Free with ifxChangeFree(). */
ifxChange *ifxChangeNew(ifxHost *host,
                        const char *label,
                        const ifxDomain *domain,
                        const ifxRewrite *rewrite);
void ifxChangeFree(ifxChange *change);

/* Notes for the record that the change is of a run with --moved-from: @from and @to are the sums of the
 * host's devices before and now. @domain is that of the change, whose claims have their new addresses
 * (ifxMovesClaimsFollow()). */
void ifxChangeSetMoved(ifxChange *change,
                       const ifxDomain *domain,
                       const char *from,
                       const char *to);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxChange, ifxChangeFree)

/* Reads the state of the domain with @uuid. False with IFX_ERROR_REFUSED if the domain is
 * transient: it has no definition that could be changed. False with IFX_ERROR_CONNECTION if the
 * state cannot be read. */
bool ifxChangeReadState(ifxHost *host,
                        const char *label,
                        const char *uuid,
                        ifxDomainState *state,
                        GError **error);

/* How changes are written. */
typedef struct _ifxWriteOptions ifxWriteOptions;
struct _ifxWriteOptions {
    bool skip_validate;     /* libvirt does not validate against its schema */
};

typedef enum {
    IFX_OUTCOME_CHANGED,
    IFX_OUTCOME_REFUSED,    /* the domain changed since the change was made; nothing was written */
    IFX_OUTCOME_FAILED,
    IFX_OUTCOME_NOT_DONE,   /* it was not tried, because of a signal or a broken connection */
} ifxOutcome;

/* Has libvirt another definition than before? */
typedef enum {
    IFX_CHANGED_UNKNOWN = -1,   /* the connection broke, or the definition cannot be read back */
    IFX_CHANGED_NO,
    IFX_CHANGED_YES,
} ifxChanged;

/* What came of one change; lent for one call. */
typedef struct _ifxWriteResult ifxWriteResult;
struct _ifxWriteResult {
    ifxOutcome outcome;
    ifxChanged changed;
    const char *transaction;    /* the ID of the run's; NULL: it has no record yet */
    const GError *problem;      /* why it was refused or failed; its message names the domain */
    const char *note;           /* what else the user should know; NULL: nothing */
};

/* What a run reports while it goes on. @number counts the changes from 0. */
typedef struct _ifxWriteEvents ifxWriteEvents;
struct _ifxWriteEvents {
    void (*begin)(void *opaque, guint number);      /* this change is next */
    ifxHostReconnectFunc reconnect;                 /* its connection broke and is opened again */
    bool (*end)(void *opaque, guint number, const ifxWriteResult *result, GError **error);
    void *opaque;
};

/* What came of a run. */
typedef struct _ifxWriteSummary ifxWriteSummary;
struct _ifxWriteSummary {
    char *transaction;      /* its ID, NULL: it has no record; free with g_free() */
    guint left;             /* how many changes were not written, because of a signal or a broken
                             * connection */
    guint unknown;          /* how many more libvirt may have taken: IFX_CHANGED_UNKNOWN */
    bool interrupted;       /* a signal came */
};

/* Writes @changes (ifxChange) in their order as one transaction of @store, which must be locked.
 * A change that fails does not stop the others. The first SIGINT, SIGTERM or SIGHUP stops the run
 * after the call in hand, the second at once (ifxInterruptHold()). A connection that breaks is
 * opened again once; if that fails, the other changes of its host are not tried. False with the
 * error of @events' end, which ends the run. @summary is set in each case. */
bool ifxWriteChanges(ifxStore *store,
                     const GPtrArray *changes,
                     ifxWriteOptions options,
                     const ifxWriteEvents *events,
                     ifxWriteSummary *summary,
                     GError **error);
