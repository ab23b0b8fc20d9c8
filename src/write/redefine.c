/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/redefine.h"

#include <string.h>

#include "domain/domain.h"
#include "base/error.h"
#include "plan/rewrite.h"
#include "xml/xml-compare.h"

struct _ifxRedefinition {
    ifxTransaction *transaction;
    const ifxProposal *proposal;
    ifxRedefineHow how;
    guint number;           /* of its record; 0: not kept yet */
    GBytes *old;            /* with secrets */
    GBytes *new;            /* the same */
    bool tried;             /* it may have been written */
};

void
ifxProposalFree(ifxProposal *proposal)
{
    if (!proposal)
        return;
    g_clear_pointer(&proposal->before, g_bytes_unref);
    g_clear_pointer(&proposal->after, g_bytes_unref);
    g_free(proposal->label);
    g_free(proposal->name);
    g_free(proposal->uuid);
    g_free(proposal->patch);
    g_free(proposal->undoes);
    g_free(proposal->plan);
    g_free(proposal);
}

ifxRedefinition *
ifxRedefinitionNew(ifxTransaction *transaction,
                   const ifxProposal *proposal,
                   ifxRedefineHow how)
{
    ifxRedefinition *redefinition = g_new0(ifxRedefinition, 1);

    redefinition->transaction = transaction;
    redefinition->proposal = proposal;
    redefinition->how = how;
    return redefinition;
}

void
ifxRedefinitionFree(ifxRedefinition *redefinition)
{
    if (!redefinition)
        return;
    g_clear_pointer(&redefinition->old, g_bytes_unref);
    g_clear_pointer(&redefinition->new, g_bytes_unref);
    g_free(redefinition);
}

static bool
ifxRedefineStale(const ifxProposal *proposal,
                 GError **error)
{
    g_set_error(error, IFX_ERROR, IFX_ERROR_REFUSED,
                "%s: refused: its definition was changed meanwhile; nothing was written, the same "
                "command plans it anew", proposal->label);
    return false;
}

static char *
ifxRedefineDup(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return g_strndup(text, length);
}

/* The record of what is to be written, before it is. */
static bool
ifxRedefineKeep(ifxRedefinition *redefinition,
                GError **error)
{
    const ifxProposal *proposal = redefinition->proposal;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *before = ifxRedefineDup(proposal->before);
    g_autofree char *after = ifxRedefineDup(proposal->after);
    const ifxRecord record = {
        .command = (char *) proposal->command, .time = time,
        .uri = (char *) ifxConnectionGetUri(proposal->connection),
        .uuid = proposal->uuid, .name = proposal->name, .undoes = proposal->undoes,
        .undoes_number = proposal->undoes_number, .plan = proposal->plan,
        .before = before, .after = after,
    };

    return ifxTransactionAdd(redefinition->transaction, &record, redefinition->old,
                             &redefinition->number, error);
}

static bool
ifxRedefinePrepare(ifxRedefinition *redefinition,
                   GError **error)
{
    const ifxProposal *proposal = redefinition->proposal;
    g_autoptr(ifxDefinition) definition =
        ifxConnectionReadDefinition(proposal->connection, proposal->uuid, error);

    if (!definition)
        return false;
    /* The text with secrets was read first: had it changed since the plan, so had the other. */
    if (!definition->persistent || !g_bytes_equal(definition->shown, proposal->before))
        return ifxRedefineStale(proposal, error);

    g_clear_pointer(&redefinition->new, g_bytes_unref);
    redefinition->new = ifxRewriteByPatch(definition->secret, proposal->patch, error);
    if (!redefinition->new) {
        g_prefix_error(error, "%s: ", proposal->label);
        return false;
    }
    g_clear_pointer(&redefinition->old, g_bytes_unref);
    redefinition->old = g_bytes_ref(definition->secret);
    return ifxRedefineKeep(redefinition, error);
}

/* The claims of @wanted are those of @found. */
static bool
ifxRedefineHasClaims(GBytes *wanted,
                     GBytes *found,
                     GError **error)
{
    g_autoptr(ifxDomain) one = ifxDomainParse(wanted, error);
    g_autoptr(ifxDomain) other = one ? ifxDomainParse(found, error) : NULL;
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    for (i = 0; other && i < one->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(one->claims, ifxClaim, i);

        for (j = 0; j < other->claims->len; j++) {
            const ifxClaim *there = &g_array_index(other->claims, ifxClaim, j);

            if (there->kind == claim->kind && there->managed == claim->managed &&
                there->placeholder == claim->placeholder &&
                ifxPciAddressEqual(&there->address, &claim->address))
                break;
        }
        if (j == other->claims->len) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH, "%s is gone or has changed",
                        ifxPciAddressFormat(&claim->address, address));
            return false;
        }
    }
    return other != NULL;
}

/* Is all of what was written there? libvirt drops without a word what it does not know. */
static bool
ifxRedefineIsThere(const ifxRedefinition *redefinition,
                   GBytes *found,
                   GError **error)
{
    g_autoptr(ifxXmlText) wanted = ifxXmlTextParse(redefinition->new, error);
    g_autoptr(ifxXmlText) there = wanted ? ifxXmlTextParse(found, error) : NULL;

    return there && ifxXmlIsKept(wanted, there, error);
}

static GBytes *
ifxRedefineRead(const ifxRedefinition *redefinition,
                GError **error)
{
    return ifxConnectionReadSecret(redefinition->proposal->connection,
                                   redefinition->proposal->uuid, error);
}

/* Defines the new text. What libvirt's schema has against a text of ours it has against its own
 * dump: it is then defined without, as virsh define does. */
static bool
ifxRedefineWrite(ifxRedefinition *redefinition,
                 char **note,
                 GError **error)
{
    const ifxProposal *proposal = redefinition->proposal;
    const bool validate = !redefinition->how.skip_validate;
    g_autoptr(GError) problem = NULL;

    redefinition->tried = true;
    if (ifxConnectionDefine(proposal->connection, redefinition->new,
                            validate ? IFX_DEFINE_VALIDATE : IFX_DEFINE_PLAIN, &problem))
        return true;
    if (!validate || proposal->own_stylesheet ||
        !g_error_matches(problem, IFX_ERROR, IFX_ERROR_XML)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (!ifxConnectionDefine(proposal->connection, redefinition->new, IFX_DEFINE_PLAIN, error))
        return false;
    *note = g_strdup_printf("%s: defined without validation, since libvirt's schema does not agree "
                            "with what libvirt itself had printed: %s", proposal->label,
                            problem->message);
    return true;
}

/* The old definition comes back, if @found is still what is there. */
static ifxState
ifxRedefineRestore(const ifxRedefinition *redefinition,
                   GBytes *found)
{
    const ifxProposal *proposal = redefinition->proposal;
    g_autoptr(GBytes) now = ifxRedefineRead(redefinition, NULL);
    g_autoptr(GBytes) back = NULL;

    if (!now || !g_bytes_equal(now, found) ||
        !ifxConnectionDefine(proposal->connection, redefinition->old, IFX_DEFINE_PLAIN, NULL))
        return IFX_STATE_BROKEN;
    back = ifxRedefineRead(redefinition, NULL);
    return back && g_bytes_equal(back, redefinition->old) ? IFX_STATE_RESTORED : IFX_STATE_BROKEN;
}

/* Into the journal; and the text with secrets is not needed any more, but where the new definition
 * is wrong. It goes first: what the journal says nothing of is looked after later (recover.h). A
 * word that is missing there is no harm, a secret that stays is said. */
static void
ifxRedefineEnd(ifxRedefinition *redefinition,
               ifxState state,
               char **note)
{
    const bool drop = state != IFX_STATE_BROKEN &&
        (state != IFX_STATE_WRITTEN || !redefinition->how.keep_backup);
    g_autoptr(GError) problem = NULL;

    if (!drop || ifxTransactionDropSecret(redefinition->transaction, redefinition->number,
                                          &problem)) {
        ifxTransactionEnd(redefinition->transaction, redefinition->number, state, NULL);
        return;
    }
    g_free(*note);
    *note = g_strdup(problem->message);
}

/* Is something gone that libvirt itself had printed, while what was added is there? Then it was not
 * libvirt that dropped it: the old text would fare no better. Somebody else changed the domain
 * in this moment, and what they did must not be lost. */
static bool
ifxRedefineIsEdited(const ifxRedefinition *redefinition,
                    GBytes *found)
{
    g_autoptr(ifxXmlText) old = ifxXmlTextParse(redefinition->old, NULL);
    g_autoptr(ifxXmlText) there = ifxXmlTextParse(found, NULL);

    return old && there && ifxRedefineHasClaims(redefinition->new, found, NULL) &&
        !ifxXmlCompare(old, there, NULL);
}

static bool
ifxRedefineWrong(ifxRedefinition *redefinition,
                 GBytes *found,
                 const GError *problem,
                 char **note,
                 GError **error)
{
    const bool edited = ifxRedefineIsEdited(redefinition, found);
    const ifxState state =
        edited ? IFX_STATE_BROKEN : ifxRedefineRestore(redefinition, found);

    ifxRedefineEnd(redefinition, state, note);
    g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH,
                "%s: libvirt took the new definition, but %s: %s", redefinition->proposal->label,
                problem->message, edited ? "somebody changed it in that moment, and it stays so" :
                state == IFX_STATE_RESTORED ? "the old one was put back" :
                "the old one could not be put back, it is kept in the state folder");
    return false;
}

/* After the definition was read to be what is to be replaced. */
static bool
ifxRedefineReplace(ifxRedefinition *redefinition,
                   char **note,
                   GError **error)
{
    g_autoptr(GBytes) found = NULL;
    g_autoptr(GError) problem = NULL;

    if (!ifxRedefineWrite(redefinition, note, &problem)) {
        /* A connection that broke leaves open what became of it. */
        if (ifxConnectionIsAlive(redefinition->proposal->connection))
            ifxRedefineEnd(redefinition, IFX_STATE_NOT_WRITTEN, note);
        g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ",
                                   redefinition->proposal->label);
        return false;
    }
    found = ifxRedefineRead(redefinition, error);
    if (!found) {
        g_prefix_error(error, "%s: libvirt took the new definition, but it can't be read back: ",
                       redefinition->proposal->label);
        return false;
    }
    if (!ifxRedefineIsThere(redefinition, found, &problem))
        return ifxRedefineWrong(redefinition, found, problem, note, error);
    ifxRedefineEnd(redefinition, IFX_STATE_WRITTEN, note);
    return true;
}

bool
ifxRedefinitionRun(ifxRedefinition *redefinition,
                   char **note,
                   GError **error)
{
    g_autoptr(GBytes) now = NULL;

    if (redefinition->number == 0 && !ifxRedefinePrepare(redefinition, error))
        return false;
    now = ifxRedefineRead(redefinition, error);
    if (!now) {
        /* What was tried, only the domain can tell; nothing else was written. */
        if (!redefinition->tried && ifxConnectionIsAlive(redefinition->proposal->connection))
            ifxRedefineEnd(redefinition, IFX_STATE_NOT_WRITTEN, note);
        return false;
    }
    if (g_bytes_equal(now, redefinition->old))
        return ifxRedefineReplace(redefinition, note, error);
    if (redefinition->tried && ifxRedefineIsThere(redefinition, now, NULL)) {
        ifxRedefineEnd(redefinition, IFX_STATE_WRITTEN, note);
        return true;
    }
    /* What was tried may have been written, and then edited. */
    if (!redefinition->tried)
        ifxRedefineEnd(redefinition, IFX_STATE_NOT_WRITTEN, note);
    return ifxRedefineStale(redefinition->proposal, error);
}
