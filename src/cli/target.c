/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/target.h"

#include "xml/diff.h"

ifxRewrite *
ifxTargetRewrite(ifxSession *session,
                 const ifxTarget *target,
                 GError **error)
{
    ifxRewrite *rewrite = ifxRewriteNew(target->plan, session->stylesheets, error);

    if (!rewrite)
        g_prefix_error(error, "%s: ", target->label);
    return rewrite;
}

GString *
ifxTargetDiff(ifxSession *session,
              const ifxTarget *target,
              GError **error)
{
    const ifxDomain *domain = target->plan->domain;
    g_autoptr(ifxRewrite) rewrite = ifxTargetRewrite(session, target, error);
    g_autofree char *name = ifxDiffDomainName(NULL, domain->name);
    GString *diff;
    const char *bytes;
    gsize length;

    if (!rewrite)
        return NULL;
    diff = g_string_new(NULL);
    bytes = ifxXmlTextGetBytes(domain->text, &length);
    ifxDiffWrite(rewrite->edits, bytes, length, name, diff);
    return diff;
}
