/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pager.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/term.h"

static pid_t ifxPagerProcess;
static unsigned int ifxPagerWidth;

/* The words of the command, to be freed with g_strfreev(); NULL: none is wanted. */
static char **
ifxPagerCommand(void)
{
    const char *const names[] = { "VIRT_IOMMUFIX_PAGER", "PAGER" };
    const char *command = "less";
    char **words = NULL;
    guint i;

    if (g_strcmp0(g_getenv("TERM"), "dumb") == 0)
        return NULL;
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_getenv(names[i])) {
            command = g_getenv(names[i]);
            break;
        }
    }
    if (strcmp(command, "cat") == 0 || !g_shell_parse_argv(command, NULL, &words, NULL))
        return NULL;
    return words;
}

/* Only what signal-safety(7) allows. */
static void
ifxPagerWait(void)
{
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    while (waitpid(ifxPagerProcess, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void
ifxPagerCatch(int number)
{
    ifxPagerWait();
    signal(number, SIG_DFL);
    raise(number);
}

static void
ifxPagerHoldSignals(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    const struct sigaction action = { .sa_handler = ifxPagerCatch };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct sigaction old;

        /* nohup(1) */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

void
ifxPagerStart(void)
{
    static bool asked;
    g_auto(GStrv) words = NULL;
    g_auto(GStrv) environment = NULL;
    int pipe_end;

    if (asked)
        return;
    asked = true;
    words = ifxPagerCommand();
    if (!words)
        return;
    environment = g_environ_setenv(g_get_environ(), "LESS", "FRX", FALSE);
    if (!g_spawn_async_with_pipes(NULL, words, environment,
                                  (GSpawnFlags) (G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD),
                                  NULL, NULL, &ifxPagerProcess, &pipe_end, NULL, NULL, NULL)) {
        ifxPagerProcess = 0;
        return;
    }
    fflush(stdout);
    dup2(pipe_end, STDOUT_FILENO);
    ifxPagerWidth = ifxTermOpen(stderr, IFX_COLOR_NEVER).width;
    if (isatty(STDERR_FILENO))
        dup2(pipe_end, STDERR_FILENO);
    close(pipe_end);
    ifxPagerHoldSignals();
}

unsigned int
ifxPagerGetWidth(void)
{
    return ifxPagerWidth;
}

void
ifxPagerFinish(void)
{
    if (ifxPagerProcess == 0)
        return;
    fflush(stdout);
    ifxPagerWait();
    ifxPagerProcess = 0;
}
