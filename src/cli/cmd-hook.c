/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "cli/command.h"
#include "base/file.h"
#include "cli/hook.h"
#include "plan/plan-judge.h"

#define IFX_HOOK_XML_MAX (16 * 1024 * 1024)

/* libvirt waits for a hook without a limit, and keeps the domain locked. */
#define IFX_HOOK_SECONDS 30
#define IFX_HOOK_LATE \
    "virt-iommufix: the guest could not be checked within 30 seconds\n"

static bool
ifxHookParseStage(char **positionals,
                  ifxHookStage *stage)
{
    *stage = strcmp(positionals[1], "prepare") == 0 ? IFX_HOOK_PREPARE : IFX_HOOK_START;
    return strcmp(positionals[2], "begin") == 0 &&
        (*stage == IFX_HOOK_PREPARE || strcmp(positionals[1], "start") == 0);
}

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

/* Appends the options that the hook is installed with. */
static void
ifxHookAddOptions(const ifxOptions *options,
                  GPtrArray *arguments)
{
    guint i;

    if (options->rule)
        g_ptr_array_add(arguments, g_strdup_printf("--rule=%s", options->rule));
    if (options->fail_closed)
        g_ptr_array_add(arguments, g_strdup("--fail-closed"));
    for (i = 0; options->allow_text && options->allow_text[i]; i++)
        g_ptr_array_add(arguments, g_strdup_printf("--allow-member=%s", options->allow_text[i]));
    g_ptr_array_add(arguments, NULL);
}

/* The command that installs the hook with these options. */
static char *
ifxHookFormatInstall(const ifxOptions *options)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(arguments, g_strdup("virt-iommufix hook --install"));
    ifxHookAddOptions(options, arguments);
    return g_strjoinv(" ", (char **) arguments->pdata);
}

/* Why the guest must not start; empty: it may. NULL with an error: it can't be checked. */
static GPtrArray *
ifxHookJudge(const ifxOptions *options,
             ifxHookRule rule,
             ifxHookStage stage,
             GError **error)
{
    g_autoptr(GBytes) bytes = ifxFileRead("-", IFX_HOOK_XML_MAX, error);
    g_autoptr(ifxDomain) domain = bytes ? ifxDomainParse(bytes, error) : NULL;
    g_autoptr(ifxHost) host = NULL;
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxUseGraph) use = NULL;
    g_autoptr(ifxPlan) plan = NULL;
    g_autofree char *install = ifxHookFormatInstall(options);
    const ifxPolicy policy = { .allowed = options->allowed };

    if (!domain)
        return NULL;
    if (!ifxHookHasClaims(domain, stage))
        return g_ptr_array_new();
    host = ifxHostOpenSysroot(options->sysroot ? options->sysroot : "/", error);
    topology = host ? ifxHostLoadTopology(host, domain, error) : NULL;
    use = topology && stage == IFX_HOOK_PREPARE ? ifxHostLoadUse(host, error) : NULL;
    if (!topology || (!use && stage == IFX_HOOK_PREPARE))
        return NULL;
    plan = ifxPlanJudge(domain, &(ifxPlanHost) { .topology = topology, .use = use }, &policy);
    return ifxHookGuardJudge(plan, rule, stage, install);
}

/* libvirt shows what a hook prints only if the hook refuses. */
static ifxExit
ifxHookAnswerUnchecked(const ifxOptions *options,
                       const char *name,
                       const char *why)
{
    g_autofree char *text = g_strdup_printf("it could not be checked: %s", why);
    g_autofree char *line = g_strdup_printf("%s: may start, but %s", name, text);
    g_autofree char *safe = ifxTermEscape(line, strlen(line), false);

    if (options->fail_closed) {
        ifxTermNoteRefused(name, text);
        return IFX_EXIT_INCOMPLETE;
    }
    ifxTermNote("%s", line);
    syslog(LOG_DAEMON | LOG_WARNING, "%s", safe);
    return IFX_EXIT_DONE;
}

/* Only what a signal handler may call. */
static void
ifxHookEndLate(int status)
{
    (void) !write(STDERR_FILENO, IFX_HOOK_LATE, strlen(IFX_HOOK_LATE));
    _exit(status);
}

static void
ifxHookAllowLate(int number G_GNUC_UNUSED)
{
    ifxHookEndLate(IFX_EXIT_DONE);
}

static void
ifxHookRefuseLate(int number G_GNUC_UNUSED)
{
    ifxHookEndLate(IFX_EXIT_INCOMPLETE);
}

static ifxExit
ifxHookAnswer(const ifxOptions *options,
              char **positionals,
              ifxHookRule rule)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) reasons = NULL;
    ifxHookStage stage;
    guint i;

    /* A hook that fails at "reconnect" kills a running guest. */
    if (!ifxHookParseStage(positionals, &stage))
        return IFX_EXIT_DONE;
    signal(SIGALRM, options->fail_closed ? ifxHookRefuseLate : ifxHookAllowLate);
    alarm(IFX_HOOK_SECONDS);
    reasons = ifxHookJudge(options, rule, stage, &problem);
    alarm(0);
    if (!reasons)
        return ifxHookAnswerUnchecked(options, positionals[0], problem->message);
    for (i = 0; i < reasons->len; i++)
        ifxTermNote("%s", (const char *) reasons->pdata[i]);
    return reasons->len > 0 ? IFX_EXIT_INCOMPLETE : IFX_EXIT_DONE;
}

/* The words with which the script calls the tool. */
static GPtrArray *
ifxHookCommand(const ifxOptions *options)
{
    GPtrArray *arguments = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(arguments, ifxFileRealPath("/proc/self/exe"));
    g_ptr_array_add(arguments, g_strdup("hook"));
    ifxHookAddOptions(options, arguments);
    return arguments;
}

/* libvirt's src/security/apparmor/usr.sbin.libvirtd.in lets a hook run programs in these folders. */
static void
ifxHookNoteProfile(const char *sysroot,
                   const char *tool)
{
    g_autofree char *profile = g_build_filename(sysroot, "etc/apparmor.d/usr.sbin.libvirtd", NULL);

    if (!g_str_has_prefix(tool, "/usr/bin/") && !g_str_has_prefix(tool, "/bin/") &&
        g_file_test(profile, G_FILE_TEST_EXISTS))
        ifxTermNote("AppArmor may keep libvirt from running %s, and then every guest may start. "
                    "Install the tool in /usr/bin", tool);
}

static ifxExit
ifxHookInstall(const ifxOptions *options,
               const char *sysroot,
               GError **error)
{
    g_autofree char *path = ifxHookFilePath(sysroot);
    g_autoptr(GPtrArray) arguments = ifxHookCommand(options);
    bool replaced;

    /* The hook's own folders are made where they are missing; a root is not. */
    if (!g_file_test(sysroot, G_FILE_TEST_IS_DIR)) {
        ifxErrorSet(error, IFX_ERROR_FILE, "cannot install the hook: there is no folder %s",
                    sysroot);
        return IFX_EXIT_ERROR;
    }
    if (!ifxHookFileInstall(path, (const char *const *) arguments->pdata, options->fail_closed,
                            &replaced, error))
        return IFX_EXIT_ERROR;
    ifxTermNote(replaced ? "%s was replaced, which takes effect at once" :
                "%s was written. libvirt looks for hooks only when it starts, so restart it once "
                "(guests keep running): systemctl try-restart libvirtd virtqemud", path);
    ifxHookNoteProfile(sysroot, arguments->pdata[0]);
    return IFX_EXIT_DONE;
}

static ifxExit
ifxHookUninstall(const char *sysroot,
                 GError **error)
{
    g_autofree char *path = ifxHookFilePath(sysroot);
    bool removed;

    if (!ifxHookFileUninstall(path, &removed, error))
        return IFX_EXIT_ERROR;
    ifxTermNote(removed ? "%s was removed" : "there is no hook %s", path);
    return IFX_EXIT_DONE;
}

static bool
ifxHookCheckUsage(const ifxOptions *options,
                  char **positionals,
                  ifxHookRule *rule,
                  GError **error)
{
    const guint wanted = options->install || options->uninstall ? 0 : 4;

    if (options->connect || options->host)
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "hook takes no --connect and no --host: libvirt waits for the hook, so the "
                    "hook must not call libvirt");
    else if (options->install && options->uninstall)
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "hook: --install cannot be combined with --uninstall");
    else if (g_strv_length(positionals) != wanted)
        ifxErrorSet(error, IFX_ERROR_USAGE, wanted == 0 ?
                    "hook: --install and --uninstall take no arguments" :
                    "hook is for libvirt, which passes NAME OPERATION SUB-OPERATION EXTRA. To "
                    "install it: virt-iommufix hook --install");
    else if (options->rule && !ifxHookGuardParseRule(options->rule, rule))
        ifxErrorSet(error, IFX_ERROR_USAGE, "--rule=%s: use viable or strict",
                    options->rule);
    else
        return true;
    return false;
}

static ifxExit
ifxHookRun(ifxSession *session,
           char **positionals,
           GError **error)
{
    const ifxOptions *options = &session->options;
    const char *sysroot = options->sysroot ? options->sysroot : "/";
    ifxHookRule rule = IFX_HOOK_VIABLE;

    if (!ifxHookCheckUsage(options, positionals, &rule, error))
        return IFX_EXIT_ERROR;
    if (options->install)
        return ifxHookInstall(options, sysroot, error);
    if (options->uninstall)
        return ifxHookUninstall(sysroot, error);
    return ifxHookAnswer(options, positionals, rule);
}

const ifxCommand ifxCommandHook = {
    .name = "hook",
    .positionals = "NAME OPERATION SUB-OPERATION EXTRA | --install | --uninstall",
    .summary = "decide for libvirt's qemu hook whether a guest may start",
    .options = IFX_OPTIONS_HOOK,
    .max_positionals = 4,
    .run = ifxHookRun,
};
