/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/command.h"
#include "base/file.h"
#include "report/report.h"
#include "cli/line.h"
#include "cli/walk.h"

/* The command that changes the domain of @target in libvirt, also where the target is its file. */
static char *
ifxRewriteFormatApply(const ifxTarget *target)
{
    const ifxNamed *named = target->named;

    return g_strdup_printf("virt-iommufix%s apply%s %s", named->uri, named->choices, named->name);
}

static bool
ifxRewriteWriteLine(const ifxSession *session,
                    const ifxTarget *target,
                    const ifxRewrite *rewrite,
                    GError **error)
{
    const bool changes = rewrite->edits->len > 0;
    g_autoptr(ifxReportLine) line = ifxLineNew(session, target, changes);
    gsize length;
    const char *text = g_bytes_get_data(rewrite->text, &length);

    if (session->options.in_place && changes)
        ifxReportLineSetOutcome(line, "changed", true);
    if (!session->options.in_place)
        ifxReportLineSetBytes(line, "xml", text, length);
    return ifxLineWrite(session, line, error);
}

static bool
ifxRewriteVisit(const ifxTarget *target,
                void *opaque,
                GError **error)
{
    const ifxSession *session = opaque;
    g_autoptr(ifxRewrite) rewrite = ifxTargetRewrite(target, session->stylesheets, error);
    g_autofree char *apply = ifxRewriteFormatApply(target);
    const char *text;
    gsize length;

    if (!rewrite)
        return false;

    ifxReportNotes(target->named, target->plan);
    if (target->without_secrets && rewrite->edits->len > 0)
        ifxTermNoteOn(target->label, "this XML lacks the VNC and SPICE passwords: do not \"virsh "
                      "define\" it. To change the domain: %s", apply);
    if (session->options.json)
        return ifxRewriteWriteLine(session, target, rewrite, error);
    text = g_bytes_get_data(rewrite->text, &length);
    return ifxOutputWriteDocument(&session->out, text, length, error);
}

#define IFX_REWRITE_MARK "AUTO-GENERATED"

/* Where libvirt keeps its own state. Its daemon reads these files when it starts and writes them
 * again as it likes; what someone else writes there is lost or takes effect later than meant. */
static const char *const ifxRewriteLibvirtFolders[] = {
    "/etc/libvirt", "/run/libvirt", "/var/run/libvirt", "/var/lib/libvirt",
};

static bool
ifxRewriteIsBelow(const char *path,
                  const char *folder)
{
    const gsize length = strlen(folder);

    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* The folder of libvirt's that @path, from the root and with links resolved, is in, or NULL. The
 * folder may itself be reached by links. */
static const char *
ifxRewriteFindLibvirtFolder(const char *path)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxRewriteLibvirtFolders); i++) {
        const char *folder = ifxRewriteLibvirtFolders[i];
        g_autofree char *real_folder = ifxFileRealPath(folder);

        if (ifxRewriteIsBelow(path, folder) || ifxRewriteIsBelow(path, real_folder))
            return folder;
    }
    return NULL;
}

/* Do the @length bytes before a document's root element hold the comment with which
 * virXMLEmitWarning in libvirt's src/util/virxml.c marks a file? */
static bool
ifxRewriteIsMarked(const char *head,
                   gsize length)
{
    return memmem(head, length, IFX_REWRITE_MARK, strlen(IFX_REWRITE_MARK)) != NULL;
}

/* Refuses libvirt's own files, also those in which nothing is to change. */
static bool
ifxRewriteAccept(const char *path,
                 GError **error)
{
    g_autofree char *real_path = ifxFileRealPath(path);
    const char *folder = ifxRewriteFindLibvirtFolder(real_path);

    if (folder)
        return ifxErrorRefuse(error, path, "it is below %s, where libvirt ignores a change. To "
                              "change the domain: virt-iommufix apply NAME", folder);
    return ifxFileReplaceCheck(path, error);
}

static bool
ifxRewriteRefuseMarked(const ifxTarget *target,
                       GError **error)
{
    g_autofree char *apply = ifxRewriteFormatApply(target);

    return ifxErrorRefuse(error, target->label, "libvirt generated this file and overwrites it. "
                          "To change the domain: %s", apply);
}

#define IFX_REWRITE_CHOICES \
    (IFX_OPTIONS_HOST | IFX_OPTIONS_POLICY | IFX_OPTIONS_MOVED | IFX_OPTIONS_CHANGE | \
     IFX_OPTIONS_STYLESHEET)

/* The command that writes into the file: patch(1) would replace it. */
static char *
ifxRewriteFormatInto(const ifxSession *session,
                     const char *path)
{
    g_autofree char *options = ifxOptionsFormat(&session->options, IFX_REWRITE_CHOICES);
    g_autofree char *next = g_strconcat(path, ".new", NULL);
    g_autofree char *quoted = ifxTermQuote(path);
    g_autofree char *quoted_next = ifxTermQuote(next);

    return g_strdup_printf("virt-iommufix rewrite%s %s >%s && cat %s >%s", options, quoted,
                           quoted_next, quoted_next, quoted);
}

static bool
ifxRewriteVisitFile(const ifxTarget *target,
                    void *opaque,
                    GError **error)
{
    const ifxSession *session = opaque;
    const ifxXmlText *text = target->plan->domain->text;
    g_autoptr(ifxRewrite) rewrite = NULL;
    g_autofree char *into = NULL;

    if (ifxRewriteIsMarked(ifxXmlTextGetBytes(text, NULL),
                           ifxXmlTextGetElement(text, 0)->start))
        return ifxRewriteRefuseMarked(target, error);

    rewrite = ifxTargetRewrite(target, session->stylesheets, error);
    if (!rewrite)
        return false;
    ifxReportNotes(target->named, target->plan);
    into = ifxRewriteFormatInto(session, target->label);
    if (rewrite->edits->len > 0 &&
        !ifxFileReplace(target->label, ifxXmlTextGetData(text), rewrite->text, into, error))
        return false;
    return !session->options.json || ifxRewriteWriteLine(session, target, rewrite, error);
}

static ifxExit
ifxRewriteRunInPlace(ifxSession *session,
                     char **positionals,
                     GError **error)
{
    const ifxWalkVisitor visitor = {
        .visit = ifxRewriteVisitFile, .accept = ifxRewriteAccept, .lines = true,
        .opaque = session,
    };
    ifxTally tally;

    if (!ifxSessionLoadStylesheets(session, false, error) ||
        !ifxWalkFiles(session, positionals, &visitor, &tally, error))
        return IFX_EXIT_ERROR;
    ifxTallySummarize(&tally, "changed", "");
    if (session->options.json && !ifxLineWriteSummary(session, &tally, error))
        return IFX_EXIT_ERROR;
    return ifxTallyStatus(&tally);
}

static ifxExit
ifxRewriteRun(ifxSession *session,
              char **positionals,
              GError **error)
{
    char **connect = session->options.connect;
    const ifxWalkVisitor visitor = { .visit = ifxRewriteVisit, .lines = true, .opaque = session };
    ifxTally tally;

    if (session->options.in_place)
        return ifxRewriteRunInPlace(session, positionals, error);
    if (connect && connect[1]) {
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "rewrite prints one domain: use one --connect only");
        return IFX_EXIT_ERROR;
    }
    if (positionals[0] && positionals[1]) {
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "rewrite: unexpected argument: %s. It prints one domain; to change several "
                    "files use --in-place", positionals[1]);
        return IFX_EXIT_ERROR;
    }
    if (!ifxSessionLoadStylesheets(session, false, error) ||
        !ifxWalkDomains(session, positionals, &visitor, &tally, error) ||
        (session->options.json && !ifxLineWriteSummary(session, &tally, error)))
        return IFX_EXIT_ERROR;
    return ifxTallyStatus(&tally);
}

const ifxCommand ifxCommandRewrite = {
    .name = "rewrite",
    .positionals = "DOMAIN|FILE | --in-place FILE...",
    .summary = "print the completed XML of one domain, or change files in place",
    .examples = "virt-iommufix --sysroot / rewrite gaming.xml\n"
        "virt-iommufix --sysroot / rewrite --in-place gaming.xml",
    .options = IFX_REWRITE_CHOICES | IFX_OPTIONS_REWRITE | IFX_OPTIONS_LINES | IFX_OPTIONS_QUIET,
    .max_positionals = G_MAXUINT,
    .run = ifxRewriteRun,
};
