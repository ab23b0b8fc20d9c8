/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/interrupt.h"

#include <signal.h>

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

void
ifxInterruptHold(void)
{
    sigset_t held;

    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGPIPE);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

bool
ifxInterruptIsPending(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 &&
        (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
         sigismember(&pending, SIGHUP) == 1);
}
