/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/write.h"

#include "base/error.h"
#include "xml/xml-patch.h"

ifxChange *
ifxChangeNew(ifxHost *host,
             const char *label,
             const ifxDomain *domain,
             const ifxRewrite *rewrite)
{
    ifxChange *change = g_new0(ifxChange, 1);

    change->host = host;
    change->label = g_strdup(label);
    change->name = g_strdup(domain->name);
    change->uuid = g_strdup(domain->uuid);
    change->before = g_bytes_ref(ifxXmlTextGetData(domain->text));
    change->after = g_bytes_ref(rewrite->text);
    change->edits = g_array_ref(rewrite->edits);
    change->patch = ifxXmlPatchFormat(rewrite->patch);
    change->command = "apply";
    return change;
}

void
ifxChangeFree(ifxChange *change)
{
    if (!change)
        return;
    g_bytes_unref(change->before);
    g_bytes_unref(change->after);
    g_array_unref(change->edits);
    g_free(change->label);
    g_free(change->name);
    g_free(change->uuid);
    g_free(change->patch);
    g_free(change->undoes);
    g_free(change->plan);
    g_free(change->moved_from);
    g_free(change->moved_to);
    g_clear_pointer(&change->moved, g_array_unref);
    g_free(change->stays);
    g_free(change);
}

void
ifxChangeSetMoved(ifxChange *change,
                  const ifxDomain *domain,
                  const char *from,
                  const char *to)
{
    guint i;

    change->moved_from = g_strdup(from);
    change->moved_to = g_strdup(to);
    change->moved = g_array_new(FALSE, FALSE, sizeof(ifxRecordMove));
    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        const ifxRecordMove move = { .from = claim->written, .to = claim->address };

        if (ifxClaimIsMoved(claim))
            g_array_append_val(change->moved, move);
    }
}

bool
ifxChangeReadState(ifxHost *host,
                   const char *label,
                   const char *uuid,
                   ifxDomainState *state,
                   GError **error)
{
    if (!ifxConnectionReadState(ifxHostGetConnection(host), uuid, state, error))
        return false;
    if (state->persistent)
        return true;
    return ifxErrorRefuse(error, label, "it is transient, so it has no definition to change. "
                          "Change the file that it is created from: virt-iommufix --connect %s "
                          "rewrite --in-place FILE", ifxHostGetName(host));
}
