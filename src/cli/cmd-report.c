/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include <string.h>

#include "base/file.h"
#include "cli/line.h"
#include "cli/walk.h"
#include "plan/plan-file.h"
#include "plan/plan-xml.h"
#include "report/report-page.h"

typedef struct {
    const ifxSession *session;
    ifxReportPage *page;
    ifxTally tally;
    const ifxHost *host;    /* of the last domain; NULL: none came yet */
} ifxReportMaker;

static bool
ifxReportBegin(ifxReportMaker *maker,
               const ifxHost *host,
               GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");

    if (host == maker->host)
        return true;
    maker->host = host;
    return ifxReportPageAddHost(maker->page,
                                &(ifxReportHost) { .name = ifxHostGetName(host), .time = time },
                                error);
}

static bool
ifxReportVisit(const ifxTarget *target,
               void *opaque,
               GError **error)
{
    ifxReportMaker *maker = opaque;
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GString) diff = ifxTargetDiff(target, maker->session->stylesheets, error);

    if (!diff)
        return false;
    if (maker->session->options.json)
        return ifxLineWriteDiff(maker->session, target, diff, error);
    if (!ifxReportBegin(maker, target->host, error))
        return false;
    ifxReportPageAddPlan(maker->page, ifxPlanXmlAdd(doc, target->plan, true), diff->str);
    return true;
}

static bool
ifxReportFail(const ifxHost *host,
              const char *key,
              const GError *problem,
              void *opaque,
              GError **error)
{
    ifxReportMaker *maker = opaque;

    if (maker->session->options.json)
        return true;
    if (!ifxReportBegin(maker, host, error))
        return false;
    ifxReportPageAddFailed(maker->page, key, problem->message);
    return true;
}

static bool
ifxReportAddEntry(ifxReportMaker *maker,
                  const char *path,
                  const ifxPlanFileEntry *entry,
                  GError **error)
{
    g_autoptr(ifxReportLine) line = maker->session->options.json ?
        ifxLineNewSaved(maker->session, entry, path) : NULL;
    g_autoptr(GString) diff = ifxPlanFileGetDiff(entry);

    maker->tally.results[entry->result]++;
    if (line)
        return ifxLineWrite(maker->session, line, error);
    ifxReportPageAddPlan(maker->page, entry->node, diff->str);
    return true;
}

static bool
ifxReportAddPlanFile(ifxReportMaker *maker,
                     const char *path,
                     GBytes *bytes,
                     GError **error)
{
    g_autoptr(ifxPlanFile) file = ifxPlanFileParse(bytes, error);
    g_autofree char *quoted = ifxTermQuote(path);
    g_autofree char *command = g_strdup_printf("virt-iommufix apply --plan %s", quoted);
    const GPtrArray *entries;
    guint i;

    if (!file || !ifxPlanFileIsIntact(file, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    if (!maker->session->options.json &&
        !ifxReportPageAddHost(maker->page, &(ifxReportHost) {
            .file = path, .time = ifxPlanFileGetTime(file), .command = command,
        }, error))
        return false;
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++) {
        if (!ifxReportAddEntry(maker, path, entries->pdata[i], error))
            return false;
    }
    return true;
}

/* Adds the saved plans of @positionals. What is none, a domain or the file of one, goes to @rest,
 * which lends it. */
static bool
ifxReportAddPlanFiles(ifxReportMaker *maker,
                      char **positionals,
                      GPtrArray *rest,
                      GError **error)
{
    guint i;

    for (i = 0; positionals[i]; i++) {
        const char *path = positionals[i];
        const bool named = g_str_has_suffix(path, ".plan");
        const bool exists = g_file_test(path, G_FILE_TEST_IS_REGULAR);
        g_autoptr(GBytes) bytes =
            named || exists ? ifxFileRead(path, IFX_PLAN_FILE_MAX, error) : NULL;

        if ((named || exists) && !bytes)
            return false;
        if (!bytes || !(named || ifxPlanFileIsPlan(bytes)))
            g_ptr_array_add(rest, positionals[i]);
        else if (!ifxReportAddPlanFile(maker, path, bytes, error))
            return false;
    }
    g_ptr_array_add(rest, NULL);
    return true;
}

/* Adds the domains and files that @words name, planned now. */
static bool
ifxReportAddDomains(ifxReportMaker *maker,
                    ifxSession *session,
                    char **words,
                    GError **error)
{
    const ifxWalkVisitor visitor = {
        .visit = ifxReportVisit, .fail = ifxReportFail, .lines = true, .opaque = maker,
    };
    const ifxTally saved = maker->tally;
    guint i;

    if (!ifxSessionLoadStylesheets(session, false, error) ||
        !ifxWalkDomains(session, words, &visitor, &maker->tally, error))
        return false;
    for (i = 0; i < G_N_ELEMENTS(saved.results); i++)
        maker->tally.results[i] += saved.results[i];
    return true;
}

static bool
ifxReportWrite(const ifxReportMaker *maker,
               GError **error)
{
    const ifxSession *session = maker->session;
    const char *path = session->options.output;
    g_autoptr(GString) out = NULL;

    if (session->options.json)
        return ifxLineWriteSummary(session, &maker->tally, error);
    out = ifxReportPageFinish(maker->page, error);
    if (!out)
        return false;
    return path ? ifxFileWrite(path, out->str, out->len, 0600, IFX_FILE_NEW, error) :
        ifxOutputWriteDocument(&session->out, out->str, out->len, error);
}

/* False with IFX_ERROR_USAGE; otherwise sets @format. */
static bool
ifxReportGetFormat(const ifxOptions *options,
                   ifxPageFormat *format,
                   GError **error)
{
    static const char *const words[] = {
        [IFX_PAGE_HTML] = "html",
        [IFX_PAGE_MARKDOWN] = "markdown",
        [IFX_PAGE_XML] = "xml",
    };
    guint i;

    *format = IFX_PAGE_HTML;
    if (options->json && (options->format || options->output))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--json prints lines: it cannot be combined with --format and --output");
    for (i = 0; options->format && i < G_N_ELEMENTS(words); i++) {
        *format = (ifxPageFormat) i;
        if (strcmp(words[i], options->format) == 0)
            return true;
    }
    return !options->format ||
        ifxErrorSet(error, IFX_ERROR_USAGE, "--format=%s: use html, markdown or xml",
                    options->format);
}

static ifxExit
ifxReportRun(ifxSession *session,
             char **positionals,
             GError **error)
{
    g_autoptr(ifxReportPage) page = NULL;
    g_autoptr(GPtrArray) rest = g_ptr_array_new();
    const ifxOptions *options = &session->options;
    ifxReportMaker maker = { .session = session };
    ifxPageFormat format;

    if (!ifxReportGetFormat(options, &format, error))
        return IFX_EXIT_ERROR;
    page = ifxReportPageNew(format);
    maker.page = page;
    if ((options->output && !ifxFileCheckAbsent(options->output, error)) ||
        !ifxReportAddPlanFiles(&maker, positionals, rest, error))
        return IFX_EXIT_ERROR;
    if ((rest->len > 1 || options->all || !positionals[0]) &&
        !ifxReportAddDomains(&maker, session, (char **) rest->pdata, error))
        return IFX_EXIT_ERROR;
    if (!ifxReportWrite(&maker, error))
        return IFX_EXIT_ERROR;
    /* A refusal is what the report is for. */
    return maker.tally.failed > 0 ? IFX_EXIT_ERROR : IFX_EXIT_DONE;
}

const ifxCommand ifxCommandReport = {
    .name = "report",
    .positionals = "[PLAN|FILE|DOMAIN]...",
    .summary = "make a page of what will change, from saved plans or anew",
    .examples = "virt-iommufix report --all -o report.html\n"
        "virt-iommufix report -o report.html host-a.plan host-b.plan",
    .options = IFX_OPTIONS_HOST | IFX_OPTIONS_DOMAINS | IFX_OPTIONS_POLICY |
        IFX_OPTIONS_CHANGE | IFX_OPTIONS_STYLESHEET | IFX_OPTIONS_REPORT | IFX_OPTIONS_LINES,
    .max_positionals = G_MAXUINT,
    .run = ifxReportRun,
};
