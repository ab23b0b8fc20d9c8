/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/walk.h"

#include <string.h>

#include "host/connection.h"
#include "xml/diff.h"
#include "domain/domain.h"
#include "base/file.h"
#include "base/term.h"
#include "plan/plan-judge.h"

/* One domain on its way to a visit. */
typedef struct {
    ifxSession *session;
    ifxWalkAcceptFunc accept;   /* NULL: any file */
    ifxWalkFunc visit;
    ifxWalkFailFunc fail;       /* NULL: nobody is to be told */
    void *opaque;
    ifxTally *tally;
    ifxAllowance *allowance;
    ifxProgress *progress;
    const ifxPolicy *policy;    /* NULL: that of the options */
    GHashTable *written;        /* set of "HOST UUID": what was visited to be written; or NULL */
} ifxWalk;

/* What the host is used for, where the domain may have a device of it: to find that out takes
 * a look at every process and every domain. */
static bool
ifxWalkLearn(ifxHost *host,
             const ifxDomain *domain,
             ifxUseGraph **use,
             const ifxElsewhere **elsewhere,
             GError **error)
{
    g_autoptr(GPtrArray) interfaces = ifxDomainFindInterfaces(domain);

    if (!ifxDomainIsQemu(domain) || (domain->claims->len == 0 && interfaces->len == 0))
        return true;
    *elsewhere = ifxHostLoadElsewhere(host, error);
    *use = *elsewhere ? ifxHostLoadUse(host, error) : NULL;
    return *use != NULL;
}

static ifxPolicy
ifxWalkPolicy(const ifxWalk *walk,
              const ifxHost *host)
{
    const ifxOptions *options = &walk->session->options;
    ifxPolicy policy = {
        .allowed = options->allowed,
        .only_needed = options->only_needed,
        .managed = options->managed,
        .prune = options->prune,
    };

    if (walk->policy)
        policy = *walk->policy;
    policy.prune = policy.prune && ifxHostShowsAllDevices(host);
    return policy;
}

static bool
ifxWalkVisit(const ifxWalk *walk,
             ifxHost *host,
             const ifxDomain *domain,
             ifxTarget target,
             GError **error)
{
    const ifxPolicy policy = ifxWalkPolicy(walk, host);
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxUseGraph) use = NULL;
    g_autoptr(ifxPlan) plan = NULL;
    ifxPlanHost known = { 0 };

    if (!ifxWalkLearn(host, domain, &use, &known.elsewhere, error))
        return false;
    topology = ifxHostLoadTopology(host, domain, error);
    if (!topology)
        return false;
    known.topology = topology;
    known.use = use;
    plan = ifxPlanJudge(domain, &known, &policy);
    ifxAllowanceMark(walk->allowance, plan);
    ifxProgressHide(walk->progress);
    target.host = host;
    target.known = &known;
    target.policy = &policy;
    target.plan = plan;
    if (!walk->visit(walk->session, &target, walk->opaque, error))
        return false;
    walk->tally->results[plan->result]++;
    return true;
}

static char *
ifxWalkDiffName(const ifxWalk *walk,
                const ifxHost *host,
                const ifxDomain *domain)
{
    return ifxDiffDomainName(walk->session->hosts->len > 1 ? ifxHostGetName(host) : NULL,
                             domain->name);
}

static bool
ifxWalkFile(const ifxWalk *walk,
            ifxHost *host,
            const char *path,
            GError **error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ifxDomain) domain = NULL;
    g_autofree char *diff_name = NULL;
    g_autofree char *real_path = NULL;
    ifxTarget target = { .label = standard_input ? "standard input" : path };

    if (walk->accept && !walk->accept(path, error))
        return false;
    bytes = ifxFileRead(path, IFX_XML_DOMAIN_MAX, error);
    if (!bytes)
        return false;
    domain = ifxDomainParse(bytes, error);
    if (!domain) {
        g_prefix_error(error, "%s: ", target.label);
        return false;
    }
    /* patch follows no links, and what stands before ".." may be one. */
    real_path = ifxFileRealPath(path);
    diff_name = standard_input ? ifxWalkDiffName(walk, host, domain) :
        ifxDiffName(real_path, walk->session->directory, &target.outside);
    target.diff_name = diff_name;
    return ifxWalkVisit(walk, host, domain, target, error);
}

static char *
ifxWalkKey(const ifxHost *host,
           const ifxDomain *domain)
{
    return g_strdup_printf("%s %s", ifxHostGetName(host), domain->uuid);
}

static bool
ifxWalkIsKnown(const ifxWalk *walk,
               const ifxHost *host,
               const ifxDomain *domain)
{
    g_autofree char *key = ifxWalkKey(host, domain);

    return g_hash_table_contains(walk->written, key);
}

static bool
ifxWalkReadDomain(const ifxWalk *walk,
                  ifxHost *host,
                  const char *key,
                  GError **error)
{
    g_autoptr(GBytes) bytes = ifxHostReadDomain(host, key, error);
    g_autoptr(ifxDomain) domain = NULL;
    g_autofree char *diff_name = NULL;
    g_autofree char *label = NULL;
    ifxTarget target = { .without_secrets = ifxHostIsConnection(host) };

    if (!bytes)
        return false;
    domain = ifxDomainParse(bytes, error);
    if (!domain) {
        g_prefix_error(error, "domain %s of %s: ", key, ifxHostGetName(host));
        return false;
    }
    if (walk->written && ifxWalkIsKnown(walk, host, domain))
        return true;
    diff_name = ifxWalkDiffName(walk, host, domain);
    label = walk->session->hosts->len == 1 ? g_strdup(domain->name) :
        g_strdup_printf("%s %s", ifxHostGetName(host), domain->name);
    target.label = label;
    target.diff_name = diff_name;
    if (!ifxWalkVisit(walk, host, domain, target, error))
        return false;
    if (walk->written)
        g_hash_table_add(walk->written, ifxWalkKey(host, domain));
    return true;
}

/* The one place where an error is printed that does not end the run. False if
 * @problem is one that does: then @error is set. Takes over @problem, NULL for none. */
static bool
ifxWalkGoOn(const ifxWalk *walk,
            ifxHost *host,
            const char *key,
            GError *problem,
            GError **error)
{
    bool ok = true;

    ifxProgressHide(walk->progress);
    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_OUTPUT) || !ifxHostIsAlive(host)) {
        g_propagate_error(error, problem);
        return false;
    }
    if (problem) {
        ifxTallyAddProblem(walk->tally, problem);
        if (walk->fail)
            ok = walk->fail(walk->session, host, key, problem, walk->opaque, error);
        g_error_free(problem);
    }
    return ok;
}

static void
ifxWalkNoteReconnect(void *opaque,
                     ifxHost *host)
{
    ifxProgressHide(opaque);
    ifxTermNote("%s: the connection was lost; connecting again", ifxHostGetName(host));
}

/* A daemon that starts again in the middle of a long run is no reason to end it. */
static bool
ifxWalkTry(const ifxWalk *walk,
           ifxHost *host,
           const char *key,
           GError **error)
{
    GError *problem = NULL;

    if (ifxWalkReadDomain(walk, host, key, &problem) ||
        (ifxHostReconnect(host, ifxWalkNoteReconnect, walk->progress, &problem) &&
         ifxWalkReadDomain(walk, host, key, &problem)))
        return true;
    g_propagate_error(error, problem);
    return false;
}

/* A file, or a domain on each of the hosts. */
static bool
ifxWalkNamed(const ifxWalk *walk,
             const char *positional,
             GError **error)
{
    const GPtrArray *hosts = walk->session->hosts;
    const bool file = ifxOptionsIsFile(positional);
    guint i;

    for (i = 0; i < (file ? 1 : hosts->len) && !walk->session->quit; i++) {
        GError *problem = NULL;

        (file ? ifxWalkFile : ifxWalkTry)(walk, hosts->pdata[i], positional, &problem);
        if (!ifxWalkGoOn(walk, hosts->pdata[i], positional, problem, error))
            return false;
    }
    return true;
}

static bool
ifxWalkAll(const ifxWalk *walk,
           GError **error)
{
    const GPtrArray *hosts = walk->session->hosts;
    guint i;
    guint j;

    for (i = 0; i < hosts->len && !walk->session->quit; i++) {
        g_autoptr(GPtrArray) keys = ifxHostListDomains(hosts->pdata[i], false, error);

        if (!keys)
            return false;
        ifxProgressBegin(walk->progress, keys->len);
        for (j = 0; j < keys->len && !walk->session->quit; j++) {
            GError *problem = NULL;

            ifxProgressShow(walk->progress, j);
            ifxWalkTry(walk, hosts->pdata[i], keys->pdata[j], &problem);
            if (!ifxWalkGoOn(walk, hosts->pdata[i], keys->pdata[j], problem, error))
                return false;
        }
    }
    return true;
}

static bool
ifxWalkLoadAllDevices(ifxHost *host,
                      GError **error)
{
    if (!ifxHostLoadAllDevices(host, error))
        return false;
    if (!ifxHostShowsAllDevices(host))
        ifxTermNote("%s: not all devices of this host are known, so --prune removes nothing. To "
                    "see them all, run on the host itself with --sysroot /",
                    ifxHostGetName(host));
    return true;
}

static bool
ifxWalkCheckDriver(const ifxSession *session,
                   const ifxHost *host,
                   GError **error)
{
    return ifxHostCheckDriver(host, error) &&
        (!session->write || ifxConnectionCheckDefine(ifxHostGetConnection(host), error));
}

static bool
ifxWalkRun(ifxWalk walk,
           char **positionals,
           GError **error)
{
    ifxSession *session = walk.session;
    g_autoptr(ifxAllowance) allowance = ifxAllowanceNew(session->options.allowed);
    g_autoptr(GHashTable) written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxProgress progress;
    guint i;

    walk.written = session->write ? written : NULL;
    walk.allowance = allowance;
    walk.progress = &progress;
    ifxProgressBegin(&progress, g_strv_length(positionals));
    memset(walk.tally, 0, sizeof(*walk.tally));
    if (!ifxOptionsCheckPositionals(&session->options, positionals, error) ||
        !ifxSessionOpenHosts(session, error))
        return false;
    for (i = 0; i < session->hosts->len; i++) {
        if (!ifxWalkCheckDriver(session, session->hosts->pdata[i], error) ||
            (session->options.prune && !ifxWalkLoadAllDevices(session->hosts->pdata[i], error)))
            return false;
    }

    if (session->options.all && !ifxWalkAll(&walk, error))
        return false;
    for (i = 0; positionals[i] && !session->quit; i++) {
        ifxProgressShow(&progress, i);
        if (!ifxWalkNamed(&walk, positionals[i], error))
            return false;
    }
    /* Who quits has not seen all of them. */
    if (!session->quit)
        ifxAllowanceNote(allowance);
    return true;
}

bool
ifxWalkDomains(ifxSession *session,
               char **positionals,
               ifxWalkFunc visit,
               void *opaque,
               ifxTally *tally,
               GError **error)
{
    return ifxWalkDomainsTelling(session, positionals, visit, NULL, opaque, tally, error);
}

bool
ifxWalkDomainsTelling(ifxSession *session,
                      char **positionals,
                      ifxWalkFunc visit,
                      ifxWalkFailFunc fail,
                      void *opaque,
                      ifxTally *tally,
                      GError **error)
{
    const ifxWalk walk = {
        .session = session, .visit = visit, .fail = fail, .opaque = opaque, .tally = tally,
    };

    return ifxWalkRun(walk, positionals, error);
}

bool
ifxWalkDomain(ifxSession *session,
              ifxHost *host,
              const char *key,
              const ifxPolicy *policy,
              ifxWalkFunc visit,
              ifxWalkFailFunc fail,
              void *opaque,
              ifxTally *tally,
              GError **error)
{
    g_autoptr(ifxAllowance) allowance = ifxAllowanceNew(policy->allowed);
    ifxProgress progress;
    const ifxWalk walk = {
        .session = session, .visit = visit, .fail = fail, .opaque = opaque, .tally = tally,
        .allowance = allowance, .progress = &progress, .policy = policy,
    };
    GError *problem = NULL;

    ifxProgressBegin(&progress, 1);
    if (policy->prune && !ifxHostLoadAllDevices(host, error))
        return false;
    ifxWalkTry(&walk, host, key, &problem);
    return ifxWalkGoOn(&walk, host, key, problem, error);
}

bool
ifxWalkFiles(ifxSession *session,
             char **positionals,
             ifxWalkAcceptFunc accept,
             ifxWalkFunc visit,
             void *opaque,
             ifxTally *tally,
             GError **error)
{
    const ifxWalk walk = {
        .session = session, .accept = accept, .visit = visit, .opaque = opaque, .tally = tally,
    };

    return ifxOptionsCheckFiles(positionals, error) && ifxWalkRun(walk, positionals, error);
}
