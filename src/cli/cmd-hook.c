/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "cli/command.h"
#include "base/file.h"
#include "cli/hook.h"
#include "cli/line.h"

static bool
ifxHookParseStage(char **positionals,
                  ifxHookStage *stage)
{
    *stage = strcmp(positionals[1], "prepare") == 0 ? IFX_HOOK_PREPARE : IFX_HOOK_START;
    return strcmp(positionals[2], "begin") == 0 &&
        (*stage == IFX_HOOK_PREPARE || strcmp(positionals[1], "start") == 0);
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

/* The line of --json about the guest @name or about @file. That it cannot be written is no reason for
 * another answer. */
static void
ifxHookWriteLine(const ifxSession *session,
                 const char *name,
                 const char *file,
                 const char *outcome,
                 const GPtrArray *messages)
{
    const ifxReportSubject subject = {
        .command = session->command, .name = name, .file = file,
    };
    g_autoptr(ifxReportLine) line = NULL;
    g_autoptr(GError) problem = NULL;

    if (!session->options.json)
        return;
    line = ifxReportLineNew("hook", &subject);
    ifxReportLineSet(line, "outcome", outcome);
    if (messages)
        ifxReportLineSetList(line, "messages", messages);
    if (!ifxLineWrite(session, line, &problem))
        ifxTermNoteError(problem);
}

static ifxExit
ifxHookDecide(const ifxSession *session,
              char **positionals,
              ifxHookRule rule)
{
    g_autofree char *install = ifxHookFormatInstall(&session->options);
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    ifxHookQuestion question = {
        .options = &session->options,
        .name = positionals[0],
        .rule = rule,
        .install = install,
        .messages = messages,
    };
    ifxExit status = IFX_EXIT_DONE;

    /* A hook that fails at "reconnect" kills a running guest. */
    if (ifxHookParseStage(positionals, &question.stage))
        status = ifxHookAnswer(&question);
    ifxHookWriteLine(session, question.name, NULL,
                     status == IFX_EXIT_DONE ? "allowed" : "refused", messages);
    return status;
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

/* src/security/apparmor/usr.sbin.libvirtd.in and usr.sbin.virtqemud.in of libvirt let a hook run
 * programs in these folders, and none below them. */
static void
ifxHookNoteProfile(const char *sysroot,
                   const char *tool,
                   const char *copy)
{
    static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/bin", "/sbin", NULL };
    static const char *const daemons[] = { "libvirtd", "virtqemud" };
    g_autofree char *folder = g_path_get_dirname(tool);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(daemons) && !g_strv_contains(folders, folder); i++) {
        g_autofree char *name = g_strconcat("usr.sbin.", daemons[i], NULL);
        g_autofree char *profile = g_build_filename(sysroot, "etc/apparmor.d", name, NULL);

        if (g_file_test(profile, G_FILE_TEST_EXISTS)) {
            ifxTermNote("AppArmor (%s) may keep libvirt from running %s, and then the hook does not "
                        "work. Install the tool in /usr/bin: %s", profile, tool, copy);
            return;
        }
    }
}

/* The command that installs @tool in /usr/bin, and the hook from there. */
static char *
ifxHookFormatCopy(const ifxOptions *options,
                  const char *tool)
{
    g_autofree char *install = ifxHookFormatInstall(options);
    g_autofree char *quoted = ifxTermQuote(tool);
    g_autofree char *sysroot = options->sysroot ? ifxTermQuote(options->sysroot) : NULL;

    return g_strdup_printf("install -m 755 %s /usr/bin/virt-iommufix && /usr/bin/%s%s%s", quoted,
                           install, sysroot ? " --sysroot " : "", sysroot ? sysroot : "");
}

/* Reports what became of the script, or would. */
static void
ifxHookReport(const ifxSession *session,
              const char *path,
              ifxHookFileOutcome outcome)
{
    static const char *const words[][2] = {
        [IFX_HOOK_FILE_UNCHANGED] = { "unchanged", "unchanged" },
        [IFX_HOOK_FILE_INSTALLED] = { "installed", "would-install" },
        [IFX_HOOK_FILE_REPLACED] = { "replaced", "would-replace" },
        [IFX_HOOK_FILE_REMOVED] = { "removed", "would-remove" },
    };
    static const char *const notes[][2] = {
        [IFX_HOOK_FILE_UNCHANGED] = { "is as it should be", "is as it should be" },
        [IFX_HOOK_FILE_INSTALLED] = {
            "was written. libvirt looks for hooks only when it starts, so restart it once "
            "(guests keep running): systemctl try-restart libvirtd virtqemud",
            "would be written",
        },
        [IFX_HOOK_FILE_REPLACED] = {
            "was replaced, which takes effect at once", "would be replaced",
        },
        [IFX_HOOK_FILE_REMOVED] = { "was removed", "would be removed" },
    };
    const bool dry = session->options.dry_run;

    if (session->options.uninstall && outcome == IFX_HOOK_FILE_UNCHANGED)
        ifxTermNote("there is no hook %s", path);
    else
        ifxTermNote("%s %s", path, notes[outcome][dry]);
    ifxHookWriteLine(session, NULL, path, words[outcome][dry], NULL);
}

static ifxExit
ifxHookInstall(const ifxSession *session,
               const char *sysroot,
               GError **error)
{
    const ifxOptions *options = &session->options;
    g_autofree char *path = ifxHookFilePath(sysroot);
    g_autoptr(GPtrArray) arguments = ifxHookCommand(options);
    const char *tool = arguments->pdata[0];
    g_autofree char *copy = ifxHookFormatCopy(options, tool);
    ifxHookFileOutcome outcome;

    /* The hook's own folders are made where they are missing; a root is not. */
    if (!g_file_test(sysroot, G_FILE_TEST_IS_DIR)) {
        ifxErrorSet(error, IFX_ERROR_FILE, "cannot install the hook: there is no folder %s",
                    sysroot);
        return IFX_EXIT_ERROR;
    }
    if (!ifxHookFileCheckTool(tool, copy, error))
        return IFX_EXIT_REFUSED;
    if (!ifxHookFileInstall(path, (const char *const *) arguments->pdata, options->fail_closed,
                            options->dry_run, &outcome, error))
        return IFX_EXIT_ERROR;
    ifxHookReport(session, path, outcome);
    ifxHookNoteProfile(sysroot, tool, copy);
    return IFX_EXIT_DONE;
}

static ifxExit
ifxHookUninstall(const ifxSession *session,
                 const char *sysroot,
                 GError **error)
{
    g_autofree char *path = ifxHookFilePath(sysroot);
    ifxHookFileOutcome outcome;

    if (!ifxHookFileUninstall(path, session->options.dry_run, &outcome, error))
        return IFX_EXIT_ERROR;
    ifxHookReport(session, path, outcome);
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
    else if (options->dry_run && wanted)
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "hook: --dry-run goes with --install or --uninstall");
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
        return ifxHookInstall(session, sysroot, error);
    if (options->uninstall)
        return ifxHookUninstall(session, sysroot, error);
    return ifxHookDecide(session, positionals, rule);
}

const ifxCommand ifxCommandHook = {
    .name = "hook",
    .positionals = "NAME OPERATION SUB-OPERATION EXTRA | --install | --uninstall",
    .summary = "decide for libvirt's qemu hook whether a guest may start",
    .examples = "virt-iommufix hook --install\n"
        "virt-iommufix hook --install --rule=strict --fail-closed",
    .options = IFX_OPTIONS_HOOK | IFX_OPTIONS_JSON,
    .max_positionals = 4,
    .run = ifxHookRun,
};
