/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/target.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/term.h"
#include "domain/domain.h"
#include "host/moves-claims.h"
#include "plan/plan-judge.h"
#include "xml/diff.h"

static ifxTarget *
ifxTargetNew(ifxHost *host,
             ifxDomain *domain,
             char *label,
             char *diff_name)
{
    ifxTarget *target = g_new0(ifxTarget, 1);

    target->host = host;
    target->domain = domain;
    target->label = label;
    target->diff_name = diff_name;
    return target;
}

ifxTarget *
ifxTargetReadFile(ifxHost *host,
                  const char *path,
                  GError **error)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const char *label = standard_input ? "standard input" : path;
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_XML_DOMAIN_MAX, error);
    g_autofree char *directory = NULL;
    g_autofree char *real_path = NULL;
    ifxTarget *target;
    ifxDomain *domain;

    if (!bytes)
        return NULL;
    domain = ifxDomainParse(bytes, error);
    if (!domain) {
        g_prefix_error(error, "%s: ", label);
        return NULL;
    }
    target = ifxTargetNew(host, domain, g_strdup(label), NULL);
    target->kind = standard_input ? IFX_NAMED_INPUT : IFX_NAMED_FILE;
    if (standard_input) {
        target->diff_name = ifxDiffDomainName(NULL, domain->name);
        return target;
    }
    /* patch follows no links, and what is before ".." may be one. */
    directory = ifxFileRealPath(".");
    real_path = ifxFileRealPath(path);
    target->diff_name = ifxDiffName(real_path, directory, &target->outside);
    return target;
}

ifxTarget *
ifxTargetReadDomain(ifxHost *host,
                    const char *key,
                    bool several,
                    GError **error)
{
    const char *host_name = ifxHostGetName(host);
    ifxDomain *domain = ifxHostReadDomain(host, key, error);
    ifxTarget *target;

    if (!domain) {
        if (error && g_error_matches(*error, IFX_ERROR, IFX_ERROR_XML))
            g_prefix_error(error, "domain %s of %s: ", key, host_name);
        return NULL;
    }
    target = ifxTargetNew(host, domain, several ?
                          g_strdup_printf("%s %s", host_name, domain->name) :
                          g_strdup(domain->name),
                          ifxDiffDomainName(several ? host_name : NULL, domain->name));
    target->without_secrets = ifxHostIsConnection(host);
    target->kind = target->without_secrets ? IFX_NAMED_DOMAIN : IFX_NAMED_CAPTURED;
    return target;
}

void
ifxTargetFree(ifxTarget *target)
{
    if (!target)
        return;
    ifxPlanFree(target->plan);
    ifxNamedFree(target->named);
    g_clear_pointer(&target->use, ifxUseGraphUnref);
    g_clear_pointer(&target->topology, ifxTopologyUnref);
    ifxDomainFree(target->domain);
    g_free(target->diff_name);
    g_free(target->label);
    g_free(target);
}

void
ifxTargetNoteUnasked(ifxHost *host)
{
    g_autofree char *unasked = ifxHostTakeUnasked(host);

    if (unasked)
        ifxTermNote("not root, so nothing shows %s%swhich disks the kernel holds. Devices for which "
                    "this matters are refused (unknown-use). Run this as root", unasked,
                    *unasked ? ", " : "");
}

/* This looks at every process and every domain, so it is only for domains that may have a device of
 * the host. */
static bool
ifxTargetReadUse(ifxTarget *target,
                 GError **error)
{
    const ifxDomain *domain = target->domain;
    g_autoptr(GPtrArray) interfaces = ifxDomainFindInterfaces(domain);

    if (!ifxDomainIsQemu(domain) || (domain->claims->len == 0 && interfaces->len == 0))
        return true;
    target->use = ifxHostLoadUse(target->host, target->total > 1 ? NULL : domain, error);
    target->known.elsewhere = target->use ? ifxHostLoadElsewhere(target->host, error) : NULL;
    target->known.use = target->use;
    if (target->use)
        ifxTargetNoteUnasked(target->host);
    return target->use != NULL;
}

static ifxNamed *
ifxTargetMakeNamed(const ifxTarget *target,
                   const ifxOptions *options)
{
    const ifxDomain *domain = target->domain;
    const char *host_name = ifxHostGetName(target->host);
    g_autofree char *host = ifxOptionsFormatHost(options, host_name);
    ifxNamed *named = ifxNamedNew(target->kind, target->label, target->kind == IFX_NAMED_FILE ?
                                  target->label : domain->name, domain->name, domain->uuid, host,
                                  options->connect ? host_name : NULL, &target->policy);

    named->quiet = options->quiet;
    named->explains = ifxHostGetSysroot(target->host) != NULL;
    return named;
}

static bool
ifxTargetFollowMoved(ifxTarget *target,
                     const ifxPolicy *policy,
                     const ifxMoved *moved,
                     GError **error)
{
    if (!ifxMovedFollow(moved, target->domain, target->kind, &target->known, error))
        return false;
    /* With several domains it may be another one that means the device. */
    if (target->known.moves && policy->allowed && target->total < 2)
        ifxMovesClaimsChoose(target->known.moves, target->domain, policy->allowed);
    return true;
}

bool
ifxTargetMakePlan(ifxTarget *target,
                  const ifxOptions *options,
                  const ifxPolicy *policy,
                  const ifxMoved *moved,
                  GError **error)
{
    /* What is read is about the devices that the claims mean now. */
    if ((moved && !ifxTargetFollowMoved(target, policy, moved, error)) ||
        !ifxTargetReadUse(target, error))
        return false;
    target->topology = ifxHostLoadTopology(target->host, target->domain, error);
    if (!target->topology)
        return false;
    target->known.topology = target->topology;
    target->policy = *policy;
    target->policy.moved_from = options->moved_from;
    target->policy.several = target->total > 1;
    target->policy.moved_sum = moved ? ifxMovedGetBefore(moved) : NULL;
    target->named = ifxTargetMakeNamed(target, options);
    target->plan = ifxPlanJudge(target->domain, &target->known, &target->policy);
    return true;
}

ifxRewrite *
ifxTargetRewrite(const ifxTarget *target,
                 const GPtrArray *stylesheets,
                 GError **error)
{
    ifxRewrite *rewrite = ifxRewriteNew(target->plan, stylesheets, error);

    if (!rewrite)
        g_prefix_error(error, "%s: ", target->label);
    return rewrite;
}

ifxRewrite *
ifxTargetPreview(const ifxTarget *target,
                 const GPtrArray *stylesheets,
                 GError **error)
{
    ifxRewrite *rewrite = ifxRewriteNewPreview(target->plan, stylesheets, error);

    if (!rewrite)
        g_prefix_error(error, "%s: ", target->label);
    return rewrite;
}

GString *
ifxTargetDiff(const ifxTarget *target,
              const GPtrArray *stylesheets,
              GError **error)
{
    g_autoptr(ifxRewrite) rewrite = ifxTargetPreview(target, stylesheets, error);
    g_autofree char *name = ifxDiffDomainName(NULL, target->domain->name);
    GString *diff;
    const char *bytes;
    gsize length;

    if (!rewrite)
        return NULL;
    diff = g_string_new(NULL);
    bytes = ifxXmlTextGetBytes(target->domain->text, &length);
    ifxDiffWrite(rewrite->edits, bytes, length, name, diff);
    return diff;
}
