/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pty SCRIPT COMMAND...: runs the command on a terminal of its own and answers its questions.
 *
 * Each line of SCRIPT is a text, a tab and an answer. After the command printed the text, the
 * answer is typed, with a newline; the answer ^D is the end of the input. The command's output is
 * printed, without carriage returns. A line that ends in a tab is for a question that comes any
 * number of times, also none, once the lines before it are answered. The exit status is the command's; 99 if a text does not appear
 * for 30 seconds, 77 if there is no terminal. The terminal has 200 columns, or PTY_COLUMNS.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PTY_PATIENCE 30000

/* What came since the last answer. */
static char heard[1 << 20];
static size_t heard_length;

static int
open_master(void)
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY);

    if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) {
        fprintf(stderr, "pty: there is no terminal to be had: %s\n", strerror(errno));
        exit(77);
    }
    return master;
}

static pid_t
run(int master, char **command)
{
    const char *columns = getenv("PTY_COLUMNS");
    const struct winsize size = {
        .ws_row = 40, .ws_col = (unsigned short)(columns ? atoi(columns) : 200)
    };
    const char *name = ptsname(master);
    const pid_t child = fork();
    int slave;

    if (child != 0)
        return child;
    close(master);
    setsid();
    slave = open(name, O_RDWR);
    if (slave < 0)
        _exit(77);
    ioctl(slave, TIOCSCTTY, 0);
    ioctl(slave, TIOCSWINSZ, &size);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    dup2(slave, STDERR_FILENO);
    execvp(command[0], command);
    _exit(127);
}

/* Reads what comes and prints it; false at the end of the output, and when nothing comes. */
static bool
hear(int master, bool *silent)
{
    struct pollfd poller = { .fd = master, .events = POLLIN };
    char bytes[4096];
    ssize_t length;
    ssize_t i;

    *silent = poll(&poller, 1, PTY_PATIENCE) == 0;
    if (*silent)
        return false;
    length = read(master, bytes, sizeof(bytes));
    for (i = 0; i < length; i++) {
        if (bytes[i] == '\r')
            continue;
        putchar(bytes[i]);
        if (heard_length < sizeof(heard) - 1)
            heard[heard_length++] = bytes[i];
    }
    heard[heard_length] = '\0';
    return length > 0;
}

static void
type(int master, const char *answer)
{
    const char end = 4;
    const bool eof = strcmp(answer, "^D") == 0;

    heard_length = 0;
    heard[0] = '\0';
    if (write(master, eof ? &end : answer, eof ? 1 : strlen(answer)) < 0 ||
        (!eof && write(master, "\n", 1) < 0))
        perror("pty: cannot type");
}

/* Answers what comes to the end by the lines of @script that end in a tab, of which @line is the
 * first. */
static void
answer_all(int master, FILE *script, char *line, size_t size, bool *silent)
{
    char *texts[8];
    char *answers[8];
    int count = 0;
    int i;

    do {
        char *tab = strchr(line, '\t');

        line[strcspn(line, "\n") - 1] = '\0';
        *tab = '\0';
        texts[count] = strdup(line);
        answers[count++] = strdup(tab + 1);
    } while (count < 8 && fgets(line, (int) size, script));
    while (hear(master, silent)) {
        for (i = 0; i < count; i++) {
            if (strstr(heard, texts[i]))
                type(master, answers[i]);
        }
    }
}

int
main(int argc, char **argv)
{
    FILE *script = argc > 2 ? fopen(argv[1], "r") : NULL;
    const int master = open_master();
    bool silent = false;
    char line[1024];
    int status = 0;
    pid_t child;

    if (!script) {
        fprintf(stderr, "usage: pty SCRIPT COMMAND...\n");
        return 99;
    }
    child = run(master, argv + 2);
    while (fgets(line, sizeof(line), script)) {
        char *tab = strchr(line, '\t');

        if (!tab)
            continue;
        if (strchr(tab + 1, '\t')) {
            answer_all(master, script, line, sizeof(line), &silent);
            break;
        }
        line[strcspn(line, "\n")] = '\0';
        *tab = '\0';
        while (!strstr(heard, line)) {
            if (hear(master, &silent))
                continue;
            printf("\npty: '%s' %s\n", line, silent ? "does not come" : "did not come");
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return 99;
        }
        type(master, tab + 1);
    }
    while (hear(master, &silent))
        continue;
    fclose(script);
    if (silent)
        kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return silent ? 99 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
