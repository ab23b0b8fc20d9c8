/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/interrupt.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <unistd.h>

bool
ifxInterruptIgnorePipe(void)
{
    return signal(SIGPIPE, SIG_IGN) != SIG_IGN;
}

void
ifxInterruptEndByPipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

static volatile sig_atomic_t ifxInterruptCount;

/* Only what signal-safety(7) allows. */
static void
ifxInterruptCatch(int number)
{
    static const char words[] = "\nvirt-iommufix: stopping after the call in hand; a second signal "
        "stops at once\n";
    const int saved = errno;

    if (ifxInterruptCount == 0) {
        ifxInterruptCount = 1;
        if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
            errno = saved;
    } else {
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = saved;
}

void
ifxInterruptHold(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action = { .sa_handler = ifxInterruptCatch, .sa_flags = SA_RESTART };
    sigset_t held;
    gsize i;

    sigemptyset(&action.sa_mask);
    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct sigaction old;

        /* nohup(1) */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    sigemptyset(&held);
    sigaddset(&held, SIGPIPE);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

bool
ifxInterruptIsPending(void)
{
    return ifxInterruptCount > 0;
}
