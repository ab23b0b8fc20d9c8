/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "command.h"
#include "report-text.h"
#include "walk.h"

static bool
ifxRewriteVisit(ifxSession *session,
                const ifxTarget *target,
                void *opaque G_GNUC_UNUSED,
                GError **error)
{
    g_autoptr(ifxRewrite) rewrite = ifxTargetRewrite(session, target, error);
    const char *text;
    gsize length;

    if (!rewrite)
        return false;

    ifxReportNotes(target->label, target->plan);
    if (target->without_secrets && rewrite->edits->len > 0)
        ifxTermNote("%s: libvirt left passwords out of this text; to define it, rewrite a file "
                    "made by virsh dumpxml --inactive --security-info", target->label);
    text = g_bytes_get_data(rewrite->text, &length);
    return ifxSessionWriteDocument(session, text, length, error);
}

static ifxExit
ifxRewriteRun(ifxSession *session,
              char **positionals,
              GError **error)
{
    char **connect = session->options.connect;
    ifxTally tally;

    if (connect && connect[1]) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "rewrite prints one domain: name one connection");
        return IFX_EXIT_ERROR;
    }
    if (!ifxSessionLoadStylesheets(session, error) ||
        !ifxWalkDomains(session, positionals, ifxRewriteVisit, NULL, &tally, error))
        return IFX_EXIT_ERROR;
    return ifxTallyStatus(&tally);
}

const ifxCommand ifxCommandRewrite = {
    .name = "rewrite",
    .positionals = "DOMAIN|FILE",
    .summary = "print the completed XML of one domain",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_POLICY | IFX_OPTIONS_CHANGE |
        IFX_OPTIONS_REWRITE,
    .max_positionals = 1,
    .run = ifxRewriteRun,
};
