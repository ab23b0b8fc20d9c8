/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/hook.h"

#include <string.h>
#include <syslog.h>

#include "base/child.h"
#include "base/file.h"
#include "base/term.h"
#include "cli/session.h"
#include "host/host.h"
#include "plan/plan-judge.h"

#define IFX_HOOK_XML_MAX (16 * 1024 * 1024)

/* libvirt waits for a hook without a limit, and keeps the domain locked. */
#define IFX_HOOK_SECONDS 30

/* A log that does not take a line must not hold up the guest. */
#define IFX_HOOK_LOG_PATIENCE 500

/* A line of the child's answer begins with its kind, and ends with a NUL byte. */
typedef enum {
    IFX_HOOK_LINE_REFUSE = 'r',     /* why the guest must not start */
    IFX_HOOK_LINE_LOG = 'l',        /* the same, and the system log gets it too */
    IFX_HOOK_LINE_NOTE = 'n',       /* what the guest takes although it is noteworthy: logged */
    IFX_HOOK_LINE_UNREAD = 'u',     /* why the guest cannot be judged at all */
} ifxHookLine;

/* ---- in the child */

static bool
ifxHookHasClaims(const ifxDomain *domain,
                 ifxHookStage stage)
{
    guint i;

    for (i = 0; ifxDomainIsQemu(domain) && i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (stage == IFX_HOOK_PREPARE || ifxClaimGetTraits(claim)->from_network)
            return true;
    }
    return false;
}

static void
ifxHookAddLines(GString *answer,
                ifxHookLine kind,
                const GPtrArray *texts)
{
    guint i;

    for (i = 0; i < texts->len; i++) {
        g_string_append_c(answer, (char) kind);
        g_string_append(answer, texts->pdata[i]);
        g_string_append_c(answer, '\0');
    }
}

/* False with an error if the guest can't be judged. */
static bool
ifxHookJudge(const ifxHookQuestion *question,
             GString *answer,
             GError **error)
{
    const ifxOptions *options = question->options;
    g_autoptr(GBytes) bytes = ifxFileRead("-", IFX_HOOK_XML_MAX, error);
    g_autoptr(ifxDomain) domain = bytes ? ifxDomainParse(bytes, error) : NULL;
    g_autoptr(ifxHost) host = NULL;
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxUseGraph) use = NULL;
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(ifxHookGuardVerdict) verdict = NULL;
    const ifxPolicy policy = { .allowed = options->allowed };

    if (!domain)
        return false;
    if (!ifxHookHasClaims(domain, question->stage))
        return true;
    host = ifxHostOpenSysrootFor(options->sysroot ? options->sysroot : "/", domain, error);
    topology = host ? ifxHostLoadTopology(host, domain, error) : NULL;
    use = topology && question->stage == IFX_HOOK_PREPARE ? ifxHostLoadUse(host, NULL, error) : NULL;
    if (!topology || (!use && question->stage == IFX_HOOK_PREPARE))
        return false;
    plan = ifxPlanJudge(domain, &(ifxPlanHost) { .topology = topology, .use = use }, &policy);
    verdict = ifxHookGuardJudge(plan, question->rule, question->stage, question->install);
    ifxHookAddLines(answer, IFX_HOOK_LINE_REFUSE, verdict->reasons);
    ifxHookAddLines(answer, IFX_HOOK_LINE_LOG, verdict->unanswered);
    ifxHookAddLines(answer, IFX_HOOK_LINE_NOTE, verdict->notes);
    return true;
}

static void
ifxHookAsk(void *opaque,
           guint item G_GNUC_UNUSED,
           GString *answer)
{
    const ifxHookQuestion *question = opaque;
    g_autoptr(GError) problem = NULL;

    if (!ifxHookJudge(question, answer, &problem))
        g_string_append_printf(answer, "%c%s%c", IFX_HOOK_LINE_UNREAD, problem->message, '\0');
}

/* ---- in the process that libvirt waits for */

static void
ifxHookWriteLog(void *opaque,
                guint item G_GNUC_UNUSED,
                GString *answer G_GNUC_UNUSED)
{
    syslog(LOG_DAEMON | LOG_WARNING, "%s", (const char *) opaque);
}

static void
ifxHookLeaveLog(void *opaque G_GNUC_UNUSED,
                guint item G_GNUC_UNUSED,
                ifxChildState state G_GNUC_UNUSED,
                const char *answer G_GNUC_UNUSED,
                gsize length G_GNUC_UNUSED)
{
}

static void
ifxHookLog(const char *text)
{
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);
    const ifxChildWork work = {
        .ask = ifxHookWriteLog,
        .take = ifxHookLeaveLog,
        .opaque = safe,
        .patience = IFX_HOOK_LOG_PATIENCE,
        .tries = 1,
    };

    ifxChildRun(&work, 1);
}

/* Takes over @text. */
static void
ifxHookSay(const ifxHookQuestion *question,
           char *text)
{
    ifxTermNote("%s", text);
    g_ptr_array_add(question->messages, text);
}

/* libvirt shows what a hook prints only if the hook refuses. */
static ifxExit
ifxHookAnswerUnread(const ifxHookQuestion *question,
                    const char *why)
{
    g_autofree char *text = g_strdup_printf("it could not be checked: %s", why);
    g_autofree char *line = NULL;

    if (question->options->fail_closed) {
        ifxHookSay(question, ifxErrorFormatRefused(question->name, text));
        return IFX_EXIT_INCOMPLETE;
    }
    line = g_strdup_printf("%s: may start, but %s", question->name, text);
    ifxHookSay(question, g_strdup(line));
    ifxHookLog(line);
    return IFX_EXIT_DONE;
}

/* @why: "could not be checked WHY. NEXT: COMMAND". */
static ifxExit
ifxHookAnswerNone(const ifxHookQuestion *question,
                  const char *why,
                  const char *next)
{
    g_autofree char *name = ifxTermQuote(question->name);
    g_autofree char *text =
        g_strdup_printf("its devices could not be checked %s. %s: virt-iommufix check %s", why,
                        next, name);
    g_autofree char *line = g_strdup_printf("%s: refused: %s", question->name, text);

    ifxHookSay(question, ifxErrorFormatRefused(question->name, text));
    ifxHookLog(line);
    return IFX_EXIT_INCOMPLETE;
}

/* Reports each line of the child's answer. */
static ifxExit
ifxHookReport(const ifxHookQuestion *question,
              const char *answer,
              gsize length)
{
    const char *end = answer + length;
    ifxExit status = IFX_EXIT_DONE;

    for (; answer < end; answer += strlen(answer) + 1) {
        const char *text = answer + 1;

        if (*answer == IFX_HOOK_LINE_UNREAD)
            return ifxHookAnswerUnread(question, text);
        ifxHookSay(question, g_strdup(text));
        if (*answer != IFX_HOOK_LINE_REFUSE)
            ifxHookLog(text);
        if (*answer != IFX_HOOK_LINE_NOTE)
            status = IFX_EXIT_INCOMPLETE;
    }
    return status;
}

static void
ifxHookTake(void *opaque,
            guint item G_GNUC_UNUSED,
            ifxChildState state,
            const char *answer,
            gsize length)
{
    ifxHookQuestion *question = opaque;

    if (state == IFX_CHILD_ANSWERED)
        question->status = ifxHookReport(question, answer, length);
    else if (state == IFX_CHILD_LATE)
        question->status =
            ifxHookAnswerNone(question, "within " G_STRINGIFY(IFX_HOOK_SECONDS) " seconds",
                              "See what the check waits for");
    else
        question->status =
            ifxHookAnswerNone(question, "because the check crashed or was killed", "Try it");
}

ifxExit
ifxHookAnswer(ifxHookQuestion *question)
{
    const ifxChildWork work = {
        .ask = ifxHookAsk,
        .take = ifxHookTake,
        .opaque = question,
        .patience = IFX_HOOK_SECONDS * 1000,
        .tries = 1,
        .reads_input = true,
    };

    ifxChildRun(&work, 1);
    return question->status;
}
