/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/write-internal.h"

#include <string.h>

#include "domain/domain.h"
#include "base/error.h"
#include "base/interrupt.h"
#include "base/term.h"
#include "plan/rewrite.h"
#include "xml/xml-compare.h"

struct _ifxChangeWrite {
    ifxTransaction *transaction;
    const ifxChange *change;
    ifxWriteOptions options;
    guint number;           /* of its record; 0: there is none yet */
    GBytes *old;            /* with secrets */
    GBytes *new;            /* the same */
    bool tried;             /* libvirt may have got the new text */
    ifxChanged changed;
};

ifxChangeWrite *
ifxChangeWriteNew(ifxTransaction *transaction,
                  const ifxChange *change,
                  ifxWriteOptions options)
{
    ifxChangeWrite *write = g_new0(ifxChangeWrite, 1);

    write->transaction = transaction;
    write->change = change;
    write->options = options;
    write->changed = IFX_CHANGED_NO;
    return write;
}

void
ifxChangeWriteFree(ifxChangeWrite *write)
{
    if (!write)
        return;
    g_clear_pointer(&write->old, g_bytes_unref);
    g_clear_pointer(&write->new, g_bytes_unref);
    g_free(write);
}

static bool
ifxChangeWriteRefuse(const ifxChange *change,
                     GError **error)
{
    return ifxErrorRefuse(error, change->label, "its definition changed in the meantime, so "
                          "nothing was written; run the same command again");
}

static char *
ifxChangeWriteDup(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return g_strndup(text, length);
}

/* Adds the record. This must be done before libvirt gets anything. */
static bool
ifxChangeWriteAddRecord(ifxChangeWrite *write,
                        GError **error)
{
    const ifxChange *change = write->change;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *before = ifxChangeWriteDup(change->before);
    g_autofree char *after = ifxChangeWriteDup(change->after);
    const ifxRecord record = {
        .command = (char *) change->command, .time = time,
        .uri = (char *) ifxHostGetName(change->host),
        .host_uuid = (char *) ifxConnectionGetHostUuid(ifxHostGetConnection(change->host)),
        .uuid = change->uuid, .name = change->name, .undoes = change->undoes,
        .undoes_number = change->undoes_number, .plan = change->plan,
        .moved_from = change->moved_from, .moved_to = change->moved_to, .moved = change->moved,
        .before = before, .after = after,
    };

    return ifxTransactionAdd(write->transaction, &record, &write->number, error);
}

static bool
ifxChangeWritePrepare(ifxChangeWrite *write,
                      GError **error)
{
    const ifxChange *change = write->change;
    g_autoptr(ifxDefinition) definition =
        ifxConnectionReadDefinition(ifxHostGetConnection(change->host), change->uuid, error);

    if (!definition) {
        g_prefix_error(error, "%s: ", change->label);
        return false;
    }
    /* The text with secrets was read first: if it had changed since the plan was made, the other
     * would differ, too. */
    if (!definition->persistent || !g_bytes_equal(definition->shown, change->before))
        return ifxChangeWriteRefuse(change, error);

    g_clear_pointer(&write->new, g_bytes_unref);
    write->new = ifxRewriteByPatch(definition->secret, change->patch, error);
    if (!write->new) {
        g_prefix_error(error, "%s: ", change->label);
        return false;
    }
    g_clear_pointer(&write->old, g_bytes_unref);
    write->old = g_bytes_ref(definition->secret);
    return ifxChangeWriteAddRecord(write, error);
}

/* Does @domain have that claim? */
static bool
ifxChangeWriteHasClaim(const ifxDomain *domain,
                       const ifxClaim *claim)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *there = &g_array_index(domain->claims, ifxClaim, i);

        if (there->kind == claim->kind && there->managed == claim->managed &&
            there->placeholder == claim->placeholder &&
            ifxPciAddressEqual(&there->address, &claim->address))
            return true;
    }
    return false;
}

/* Have the claims of @found changed from those of @old to those of @wanted? Claims that only @found
 * has are somebody else's. */
static bool
ifxChangeWriteHasClaims(const ifxDomain *old,
                        const ifxDomain *wanted,
                        const ifxDomain *found,
                        GError **error)
{
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;

    for (i = 0; i < wanted->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(wanted->claims, ifxClaim, i);

        if (!ifxChangeWriteHasClaim(found, claim))
            return ifxErrorSet(error, IFX_ERROR_MISMATCH, "the claim of %s is missing",
                               ifxPciAddressFormat(&claim->address, address));
    }
    for (i = 0; i < old->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(old->claims, ifxClaim, i);

        if (!ifxChangeWriteHasClaim(wanted, claim) && ifxChangeWriteHasClaim(found, claim))
            return ifxErrorSet(error, IFX_ERROR_MISMATCH, "the claim of %s is still there",
                               ifxPciAddressFormat(&claim->address, address));
    }
    return true;
}

/* Is what was written in @found? The claims decide. What else is gone, because libvirt dropped or
 * changed it or somebody else did, is for @note. */
static bool
ifxChangeWriteIsThere(const ifxChangeWrite *write,
                      GBytes *found,
                      char **note,
                      GError **error)
{
    g_autoptr(ifxDomain) old = NULL;
    g_autoptr(ifxDomain) wanted = NULL;
    g_autoptr(ifxDomain) there = NULL;
    g_autoptr(GError) other = NULL;

    if (g_bytes_equal(found, write->new))
        return true;
    old = ifxDomainParse(write->old, error);
    wanted = old ? ifxDomainParse(write->new, error) : NULL;
    there = wanted ? ifxDomainParse(found, error) : NULL;
    if (!there || !ifxChangeWriteHasClaims(old, wanted, there, error))
        return false;
    if (!ifxXmlCompare(wanted->text, there->text, &other)) {
        g_free(*note);
        *note = g_strdup_printf("%s: written, but libvirt's definition differs from what was "
                                "written: %s", write->change->label, other->message);
    }
    return true;
}

static GBytes *
ifxChangeWriteRead(const ifxChangeWrite *write,
                   GError **error)
{
    return ifxConnectionReadSecret(ifxHostGetConnection(write->change->host), write->change->uuid,
                                   error);
}

/* Defines the new text. If libvirt's schema rejects it, the schema rejects libvirt's own dump as
 * well; then the text is defined without validation, as virsh define does. That is not so for a
 * text by a site's own stylesheet. */
static bool
ifxChangeWriteDefine(ifxChangeWrite *write,
                     char **note,
                     GError **error)
{
    const ifxChange *change = write->change;
    ifxConnection *connection = ifxHostGetConnection(change->host);
    const bool validate = !write->options.skip_validate;
    g_autoptr(GError) problem = NULL;

    write->tried = true;
    write->changed = IFX_CHANGED_UNKNOWN;
    if (ifxConnectionDefine(connection, write->new,
                            validate ? IFX_DEFINE_VALIDATE : IFX_DEFINE_PLAIN, &problem))
        return true;
    if (!validate || change->own_stylesheet ||
        !g_error_matches(problem, IFX_ERROR, IFX_ERROR_XML)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    if (!ifxConnectionDefine(connection, write->new, IFX_DEFINE_PLAIN, error))
        return false;
    *note = g_strdup_printf("%s: defined without validation, because libvirt's schema rejects "
                            "what libvirt itself printed: %s", change->label,
                            problem->message);
    return true;
}

/* A failed line does no harm: the domain shows the result. */
static void
ifxChangeWriteEnd(const ifxChangeWrite *write,
                  ifxState state)
{
    ifxTransactionWriteState(write->transaction, write->number, state, NULL);
}

/* Decides by @found, which libvirt has since the call to define it. libvirt's text stays in any
 * case: to define the old one again could undo what somebody else did. */
static bool
ifxChangeWriteJudge(ifxChangeWrite *write,
                    GBytes *found,
                    char **note,
                    GError **error)
{
    g_autofree char *quoted = NULL;
    g_autoptr(GError) problem = NULL;

    write->changed = g_bytes_equal(found, write->old) ? IFX_CHANGED_NO : IFX_CHANGED_YES;
    if (ifxChangeWriteIsThere(write, found, note, &problem)) {
        ifxChangeWriteEnd(write, IFX_STATE_WRITTEN);
        return true;
    }
    ifxChangeWriteEnd(write, write->changed == IFX_CHANGED_NO ? IFX_STATE_NOT_WRITTEN :
                      IFX_STATE_BROKEN);
    quoted = ifxTermQuote(write->change->name);
    return ifxErrorSet(error, IFX_ERROR_MISMATCH, "%s: libvirt took the new definition, but has "
                       "another one: %s. Look at it: virsh edit %s", write->change->label,
                       problem->message, quoted);
}

/* Replaces the definition, which was just read and is the one to be replaced. */
static bool
ifxChangeWriteReplace(ifxChangeWrite *write,
                      char **note,
                      GError **error)
{
    g_autoptr(GBytes) found = NULL;
    g_autoptr(GError) problem = NULL;

    if (!ifxChangeWriteDefine(write, note, &problem)) {
        /* If the connection broke, it is not known whether libvirt has the new definition. */
        if (ifxHostIsAlive(write->change->host)) {
            write->changed = IFX_CHANGED_NO;
            ifxChangeWriteEnd(write, IFX_STATE_NOT_WRITTEN);
        }
        g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s: ", write->change->label);
        return false;
    }
    found = ifxChangeWriteRead(write, error);
    if (!found) {
        g_prefix_error(error, "%s: libvirt took the new definition, but it cannot be read back: ",
                       write->change->label);
        return false;
    }
    return ifxChangeWriteJudge(write, found, note, error);
}

bool
ifxChangeWriteRun(ifxChangeWrite *write,
                  char **note,
                  GError **error)
{
    g_autoptr(GBytes) now = NULL;

    if (write->number == 0 && !ifxChangeWritePrepare(write, error))
        return false;
    now = ifxChangeWriteRead(write, error);
    if (!now) {
        g_prefix_error(error, "%s: ", write->change->label);
        /* What came of a define call is only to be seen from the domain. */
        if (!write->tried && ifxHostIsAlive(write->change->host))
            ifxChangeWriteEnd(write, IFX_STATE_NOT_WRITTEN);
        return false;
    }
    if (g_bytes_equal(now, write->old)) {
        if (!ifxInterruptIsPending())
            return ifxChangeWriteReplace(write, note, error);
        ifxChangeWriteEnd(write, IFX_STATE_NOT_WRITTEN);
        write->changed = IFX_CHANGED_NO;
        return ifxErrorSet(error, IFX_ERROR_QUIT, "interrupted");
    }
    if (write->tried)
        return ifxChangeWriteJudge(write, now, note, error);
    ifxChangeWriteEnd(write, IFX_STATE_NOT_WRITTEN);
    return ifxChangeWriteRefuse(write->change, error);
}

ifxChanged
ifxChangeWriteGetChanged(const ifxChangeWrite *write)
{
    return write->changed;
}
