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
#include "base/pager.h"

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
    g_string_append(summary, "\n\nFor the options of a command: virt-iommufix COMMAND --help. Exit "
                    "status:\n0 done or nothing to do, 1 check found an incomplete domain, 2 an "
                    "error,\n3 something was refused.");
    return g_string_free(summary, FALSE);
}

static ifxExit
ifxMainPrint(const ifxOutput *output,
             const char *text,
             GError **error)
{
    return ifxOutputWrite(output, text, strlen(text), error) ? IFX_EXIT_DONE : IFX_EXIT_ERROR;
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
    g_autofree char *help = NULL;

    *summary = g_ascii_toupper(*summary);
    if (!ifxOptionsParse(&session->options, command->options, false, synopsis, summary,
                         arguments, &help, error))
        return IFX_EXIT_ERROR;
    if (help)
        return ifxMainPrint(&session->out, help, error);

    session->out.term = ifxTermOpen(stdout, session->options.color);
    session->out.pages = session->out.term.terminal && (command->options & IFX_OPTIONS_PAGER) &&
        !session->options.no_pager;
    if (g_strv_length(*arguments) - 1 > command->max_positionals) {
        ifxErrorSet(error, IFX_ERROR_USAGE, "%s: unexpected argument: %s",
                    command->name, (*arguments)[command->max_positionals + 1]);
        return IFX_EXIT_ERROR;
    }
    return command->run(session, *arguments + 1, error);
}

/* @arguments: the program's name, options, the command's name, its own. */
static ifxExit
ifxMainRun(ifxSession *session,
           char ***arguments,
           GError **error)
{
    g_autofree char *summary = ifxMainSummary();
    g_autofree char *help = NULL;
    const ifxCommand *command;
    char **rest;

    if (!ifxOptionsParse(&session->options, IFX_OPTIONS_HOST | IFX_OPTIONS_TOOL, true,
                         "COMMAND [DOMAIN|FILE]...", summary, arguments, &help, error))
        return IFX_EXIT_ERROR;
    if (help)
        return ifxMainPrint(&session->out, help, error);
    if (session->options.version)
        return ifxMainPrint(&session->out, PACKAGE_NAME " " PACKAGE_VERSION "\n", error);

    rest = *arguments;
    if (!rest[1]) {
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "which command? To list them: virt-iommufix --help");
        return IFX_EXIT_ERROR;
    }
    command = ifxMainFind(rest[1]);
    if (!command) {
        ifxErrorSet(error, IFX_ERROR_USAGE,
                    "unknown command '%s'. To list the commands: "
                    "virt-iommufix --help", rest[1]);
        return IFX_EXIT_ERROR;
    }

    /* Remove the command's name. */
    g_free(rest[1]);
    memmove(&rest[1], &rest[2], sizeof(*rest) * (g_strv_length(rest + 2) + 1));
    return ifxMainRunCommand(session, command, arguments, error);
}

/* The tool's own messages contain what libxml2 reports. */
static void G_GNUC_PRINTF(2, 3)
ifxMainIgnore(void *opaque G_GNUC_UNUSED,
              const char *format G_GNUC_UNUSED,
              ...)
{
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
    xmlSetGenericErrorFunc(NULL, ifxMainIgnore);

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
