/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <fcntl.h>
#include <libxml/parser.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "base/interrupt.h"
#include "base/libxml.h"
#include "base/pager.h"
#include "cli/help.h"
#include "cli/nearest.h"

#define IFX_SUMMARY \
    "Completes libvirt domains: declares the missing devices of the IOMMU groups that\n" \
    "they claim, as hostdevs that the guest never sees."

static const ifxCommand *const ifxCommands[] = {
    &ifxCommandGroups,
    &ifxCommandCheck,
    &ifxCommandDiff,
    &ifxCommandRewrite,
    &ifxCommandApply,
    &ifxCommandUndo,
    &ifxCommandPlan,
    &ifxCommandReport,
    &ifxCommandCapture,
    &ifxCommandHook,
};

static const ifxCommand *
ifxMainFind(const char *name)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxCommands); i++) {
        if (strcmp(ifxCommands[i]->name, name) == 0)
            return ifxCommands[i];
    }
    return NULL;
}

static char *
ifxMainSummary(void)
{
    GString *summary = g_string_new(IFX_SUMMARY "\n\nCommands:");
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxCommands); i++)
        g_string_append_printf(summary, "\n  %-9s %s", ifxCommands[i]->name,
                               ifxCommands[i]->summary);
    g_string_append(summary, "\n\nFor the options of a command: virt-iommufix help COMMAND. Exit "
                    "status:\n0 done or nothing to do, 1 check found an incomplete domain, 2 an "
                    "error,\n3 something was refused.");
    return g_string_free(summary, FALSE);
}

static ifxExit
ifxMainPrint(const ifxOutput *output,
             const char *text,
             GError **error)
{
    g_autofree char *lines = ifxHelpWrap(text, output->term.width);

    return ifxOutputWrite(output, lines, strlen(lines), error) ? IFX_EXIT_DONE : IFX_EXIT_ERROR;
}

static ifxExit
ifxMainRunCommand(ifxSession *session,
                  const ifxCommand *command,
                  char ***arguments,
                  GError **error)
{
    g_autofree char *synopsis = g_strdup_printf("%s%s%s", command->name,
                                                *command->positionals ? " " : "",
                                                command->positionals);
    g_autofree char *summary = g_strdup(command->summary);
    g_autofree char *full = g_strdup_printf("virt-iommufix %s", command->name);
    g_autofree char *help = NULL;
    const ifxOptionsHelp text = {
        .command = full, .synopsis = synopsis, .summary = summary, .examples = command->examples,
    };

    *summary = g_ascii_toupper(*summary);
    if (!ifxOptionsParse(&session->options, command->options, false, &text, arguments, &help,
                         error))
        return IFX_EXIT_ERROR;
    if (help)
        return ifxMainPrint(&session->out, help, error);

    session->command = command->name;
    session->out.term = ifxTermOpen(stdout, session->options.color);
    /* JSON is for programs. */
    session->out.pages = session->out.term.terminal && (command->options & IFX_OPTIONS_PAGER) &&
        !session->options.no_pager && !session->options.json;
    if (g_strv_length(*arguments) - 1 > command->max_positionals) {
        ifxErrorSet(error, IFX_ERROR_USAGE, "%s: unexpected argument: %s",
                    command->name, (*arguments)[command->max_positionals + 1]);
        return IFX_EXIT_ERROR;
    }
    return command->run(session, *arguments + 1, error);
}

/* A bare call. */
static ifxExit
ifxMainShowUsage(void)
{
    ifxTermNote("which command?");
    ifxTermShow("  virt-iommufix check NAME     reports what keeps a guest from starting\n"
                "  virt-iommufix diff NAME      shows what would complete its domain\n"
                "  virt-iommufix apply NAME     shows it, asks, and writes it\n"
                "  virt-iommufix groups         lists the host's IOMMU groups\n"
                "  virt-iommufix help [COMMAND] lists all commands, or explains one\n");
    return IFX_EXIT_ERROR;
}

static const ifxCommand *
ifxMainFindOrFail(const char *name,
                  GError **error)
{
    const ifxCommand *command = ifxMainFind(name);
    const char *words[G_N_ELEMENTS(ifxCommands) + 2] = { "help" };
    const char *nearest;
    guint i;

    if (command)
        return command;
    for (i = 0; i < G_N_ELEMENTS(ifxCommands); i++)
        words[i + 1] = ifxCommands[i]->name;
    nearest = ifxNearestFind(name, words);
    ifxErrorSet(error, IFX_ERROR_USAGE, "unknown command '%s'%s%s%s To list the commands: "
                "virt-iommufix help", name, nearest ? "; did you mean " : ".",
                nearest ? nearest : "", nearest ? "?" : "");
    return NULL;
}

/* Makes "COMMAND --help" of "help COMMAND", and "--help" of "help" alone and of "help help". */
static void
ifxMainTurnHelp(char **words)
{
    const bool with_command = words[0] && words[1] && strcmp(words[1], "help") != 0;

    if (g_strcmp0(words[0], "help") != 0 || (words[1] && words[2]))
        return;
    g_free(words[0]);
    words[0] = with_command ? words[1] : g_strdup("--help");
    if (with_command)
        words[1] = g_strdup("--help");
}

/* @arguments: the program's name, options, the command's name, its own. */
static ifxExit
ifxMainRun(ifxSession *session,
           char ***arguments,
           GError **error)
{
    g_autofree char *summary = ifxMainSummary();
    g_autofree char *help = NULL;
    const ifxOptionsHelp text = {
        .command = PACKAGE_NAME, .synopsis = "COMMAND [DOMAIN|FILE]...", .summary = summary,
    };
    const ifxCommand *command;
    char **rest;

    ifxMainTurnHelp(*arguments + 1);
    if (!ifxOptionsParse(&session->options, IFX_OPTIONS_HOST | IFX_OPTIONS_TOOL, true, &text,
                         arguments, &help, error))
        return IFX_EXIT_ERROR;
    if (help)
        return ifxMainPrint(&session->out, help, error);
    if (session->options.version)
        return ifxMainPrint(&session->out, PACKAGE_NAME " " PACKAGE_VERSION "\n", error);

    rest = *arguments;
    if (!rest[1])
        return ifxMainShowUsage();
    command = ifxMainFindOrFail(rest[1], error);
    if (!command)
        return IFX_EXIT_ERROR;

    /* Remove the command's name. */
    g_free(rest[1]);
    memmove(&rest[1], &rest[2], sizeof(*rest) * (g_strv_length(rest + 2) + 1));
    return ifxMainRunCommand(session, command, arguments, error);
}

/* If a standard stream is closed, the next file that is opened would take its number, and output
 * would go into that file. So open the stream, but in the direction in which it can't be used. */
static void
ifxMainOccupyStreams(void)
{
    int fd;

    for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
    }
}

int
main(int argc G_GNUC_UNUSED,
     char **argv)
{
    g_auto(GStrv) arguments = g_strdupv(argv);
    g_autoptr(GError) error = NULL;
    g_auto(ifxSession) session;
    ifxExit status;

    ifxMainOccupyStreams();
    /* If the caller ignores it, children are gone before anybody waits for them, and another process
     * can have their number when it is killed. */
    signal(SIGCHLD, SIG_DFL);
    setlocale(LC_ALL, "C.UTF-8");
    /* Otherwise LANGUAGE has libraries translate their parts of our messages. */
    setlocale(LC_MESSAGES, "C");
    g_set_prgname(PACKAGE_NAME);
    xmlInitParser();
    ifxLibxmlSilenceThread();

    ifxSessionInit(&session);
    session.out.ends_by_pipe = ifxInterruptIgnorePipe();
    status = ifxMainRun(&session, &arguments, &error);
    if (error) {
        ifxTermNoteError(error);
        status = g_error_matches(error, IFX_ERROR, IFX_ERROR_REFUSED) ? IFX_EXIT_REFUSED :
            IFX_EXIT_ERROR;
    }
    ifxPagerFinish();
    return (int) status;
}
