/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/walk.h"

#include <string.h>

#include "cli/line.h"
#include "cli/nearest.h"
#include "cli/positional.h"
#include "host/connection.h"

/* One run over domains. */
typedef struct {
    const ifxWalkVisitor *visitor;
    const ifxSession *session;
    const ifxPolicy *policy;
    ifxTally *tally;
    ifxAllowance *allowance;
    ifxProgress *progress;
    GHashTable *visited;        /* set of "HOST UUID", to visit each domain once; or NULL */
    bool several;               /* there are several hosts */
    bool named;                 /* the user named the domains */
} ifxWalk;

/* Is this domain seen for the second time? */
static bool
ifxWalkIsRepeated(const ifxWalk *walk,
                  const ifxTarget *target)
{
    g_autofree char *key = NULL;

    if (!walk->visited)
        return false;
    key = g_strdup_printf("%s %s", ifxHostGetName(target->host), target->domain->uuid);
    return g_hash_table_contains(walk->visited, key);
}

static void
ifxWalkMarkVisited(const ifxWalk *walk,
                   const ifxTarget *target)
{
    ifxTallyAddPlan(walk->tally, target->plan);
    if (walk->visited)
        g_hash_table_add(walk->visited, g_strdup_printf("%s %s", ifxHostGetName(target->host),
                                                        target->domain->uuid));
}

static bool
ifxWalkVisit(const ifxWalk *walk,
             ifxTarget *target,
             GError **error)
{
    if (ifxWalkIsRepeated(walk, target))
        return true;
    target->number = walk->progress->done + 1;
    target->total = walk->progress->total;
    if (!ifxTargetMakePlan(target, &walk->session->options, walk->policy, walk->session->moved,
                           error))
        return false;
    ifxAllowanceMark(walk->allowance, target->plan);
    ifxProgressHide(walk->progress);
    if (!walk->visitor->visit(target, walk->visitor->opaque, error))
        return false;
    ifxWalkMarkVisited(walk, target);
    return true;
}

static bool
ifxWalkVisitFile(const ifxWalk *walk,
                 ifxHost *host,
                 const char *path,
                 GError **error)
{
    g_autoptr(ifxTarget) target = NULL;

    if (walk->visitor->accept && !walk->visitor->accept(path, error))
        return false;
    target = ifxTargetReadFile(host, path, error);
    return target && ifxWalkVisit(walk, target, error);
}

void
ifxWalkNoteReconnect(void *progress,
                     ifxHost *host)
{
    ifxProgressHide(progress);
    ifxTermNoteOn(ifxHostGetName(host), "the connection was lost; connecting again");
}

static bool
ifxWalkReadDomain(const ifxWalk *walk,
                  ifxHost *host,
                  const char *key,
                  GError **error)
{
    g_autoptr(ifxTarget) target = ifxTargetReadDomain(host, key, walk->several, error);

    return target && ifxWalkVisit(walk, target, error);
}

/* A daemon that starts again in the middle of a long run is no reason to end it. */
static bool
ifxWalkVisitDomain(const ifxWalk *walk,
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

static bool
ifxWalkEndsRun(ifxHost *host,
               const GError *problem)
{
    return g_error_matches(problem, IFX_ERROR, IFX_ERROR_OUTPUT) ||
        g_error_matches(problem, IFX_ERROR, IFX_ERROR_QUIT) || !ifxHostIsAlive(host);
}

/* Adds to @problem, the error of the domain that the user called @key, which one may be meant. */
static void
ifxWalkSuggest(ifxHost *host,
               const char *key,
               GError *problem)
{
    g_autoptr(GPtrArray) names = ifxHostListNames(host, NULL);
    const char *nearest;
    char *message;

    if (!names || g_ptr_array_find_with_equal_func(names, key, g_str_equal, NULL))
        return;
    g_ptr_array_add(names, NULL);
    nearest = ifxNearestFind(key, (const char *const *) names->pdata);
    if (!nearest)
        return;
    message = g_strdup_printf("%s; did you mean %s?", problem->message, nearest);
    g_free(problem->message);
    problem->message = message;
}

/* Prints and counts @problem, the error of one domain; takes over it. False with @error if it ends
 * the run. */
static bool
ifxWalkFail(const ifxWalk *walk,
            ifxHost *host,
            const char *key,
            GError *problem,
            GError **error)
{
    const ifxWalkVisitor *visitor = walk->visitor;
    bool ok;

    ifxProgressHide(walk->progress);
    if (ifxWalkEndsRun(host, problem)) {
        g_propagate_error(error, problem);
        return false;
    }
    if (walk->named && !ifxPositionalIsFile(key))
        ifxWalkSuggest(host, key, problem);
    ifxTallyAddProblem(walk->tally, problem);
    ok = !visitor->fail || visitor->fail(host, key, problem, visitor->opaque, error);
    if (ok && visitor->lines && walk->session->options.json) {
        const ifxReportSubject subject = ifxLineSubjectFailed(walk->session, host, key);

        ok = ifxLineWriteProblem(walk->session, &subject, problem, error);
    }
    g_error_free(problem);
    return ok;
}

/* Visits the file or domain @key of @host. Only what ends the run is an error. */
static bool
ifxWalkOne(const ifxWalk *walk,
           ifxHost *host,
           const char *key,
           bool file,
           GError **error)
{
    GError *problem = NULL;

    return (file ? ifxWalkVisitFile : ifxWalkVisitDomain)(walk, host, key, &problem) ||
        ifxWalkFail(walk, host, key, problem, error);
}

/* A file, or a domain on each of the hosts. */
static bool
ifxWalkNamed(const ifxWalk *walk,
             const GPtrArray *hosts,
             const char *positional,
             GError **error)
{
    const bool file = ifxPositionalIsFile(positional);
    guint i;

    for (i = 0; i < (file ? 1 : hosts->len); i++) {
        if (!ifxWalkOne(walk, hosts->pdata[i], positional, file, error))
            return false;
    }
    return true;
}

static bool
ifxWalkAll(const ifxWalk *walk,
           const GPtrArray *hosts,
           GError **error)
{
    guint i;
    guint j;

    for (i = 0; i < hosts->len; i++) {
        g_autoptr(GPtrArray) keys = ifxHostListDomains(hosts->pdata[i], false, error);

        if (!keys)
            return false;
        ifxProgressBegin(walk->progress, keys->len);
        for (j = 0; j < keys->len; j++) {
            ifxProgressShow(walk->progress, j);
            if (!ifxWalkOne(walk, hosts->pdata[i], keys->pdata[j], false, error))
                return false;
        }
    }
    return true;
}

static bool
ifxWalkOpenHosts(ifxSession *session,
                 GError **error)
{
    guint i;

    if (!ifxSessionOpenHosts(session, error))
        return false;
    for (i = 0; i < session->hosts->len; i++) {
        if (!ifxHostCheckDriver(session->hosts->pdata[i], error))
            return false;
    }
    return true;
}

bool
ifxWalkDomains(ifxSession *session,
               char **positionals,
               const ifxWalkVisitor *visitor,
               ifxTally *tally,
               GError **error)
{
    const ifxPolicy policy = ifxOptionsGetPolicy(&session->options);
    g_autoptr(ifxAllowance) allowance = ifxAllowanceNew(&policy);
    g_autoptr(GHashTable) visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ifxProgress progress;
    ifxWalk walk = {
        .visitor = visitor, .session = session, .policy = &policy, .tally = tally,
        .allowance = allowance, .progress = &progress,
        .visited = session->write || session->options.dry_run ? visited : NULL,
    };
    guint i;

    ifxProgressBegin(&progress, g_strv_length(positionals));
    memset(tally, 0, sizeof(*tally));
    tally->quiet = session->options.quiet;
    if (!ifxPositionalsCheck(positionals, &session->options, error) ||
        !ifxWalkOpenHosts(session, error))
        return false;
    walk.several = session->hosts->len > 1;
    walk.named = !session->options.all;

    if (session->options.all && !ifxWalkAll(&walk, session->hosts, error))
        return false;
    for (i = 0; positionals[i]; i++) {
        ifxProgressShow(&progress, i);
        if (!ifxWalkNamed(&walk, session->hosts, positionals[i], error))
            return false;
    }
    ifxProgressHide(&progress);
    if (!session->options.quiet)
        ifxAllowanceNote(allowance);
    return true;
}

bool
ifxWalkFiles(ifxSession *session,
             char **positionals,
             const ifxWalkVisitor *visitor,
             ifxTally *tally,
             GError **error)
{
    return ifxPositionalsCheckFiles(positionals, error) &&
        ifxWalkDomains(session, positionals, visitor, tally, error);
}

bool
ifxWalkDomain(const ifxSession *session,
              ifxHost *host,
              const char *key,
              const ifxPolicy *policy,
              const ifxWalkVisitor *visitor,
              ifxTally *tally,
              GError **error)
{
    g_autoptr(ifxAllowance) allowance = ifxAllowanceNew(policy);
    ifxProgress progress;
    const ifxWalk walk = {
        .visitor = visitor, .session = session, .policy = policy, .tally = tally,
        .allowance = allowance, .progress = &progress,
    };

    ifxProgressBegin(&progress, 1);
    return ifxWalkOne(&walk, host, key, false, error);
}
