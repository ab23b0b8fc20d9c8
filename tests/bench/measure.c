/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * measure COMMAND ARGUMENT...: runs the command without its output, with the file that
 * MEASURE_INPUT names, if any, on its standard input, and prints one line:
 * microseconds by the clock, microseconds of processor time, and the most memory that it held, in
 * KiB. The exit status is 1 if the command could not be run; its own status does not matter.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_RUN 127

static long long
microseconds(const struct timeval *time)
{
    return time->tv_sec * 1000000LL + time->tv_usec;
}

static void
run(char **command)
{
    const char *input = getenv("MEASURE_INPUT");
    const int null = open("/dev/null", O_RDWR);
    const int from = input ? open(input, O_RDONLY) : null;

    if (null >= 0 && dup2(from, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 &&
        dup2(null, STDERR_FILENO) >= 0)
        execvp(command[0], command);
    _exit(CANNOT_RUN);
}

int
main(int argc,
     char **argv)
{
    struct timespec start;
    struct timespec end;
    struct rusage usage;
    int status = 0;
    pid_t child;

    if (argc < 2)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child == 0)
        run(argv + 1);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == CANNOT_RUN)
        return 1;

    printf("%lld %lld %ld\n",
           (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000,
           microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime), usage.ru_maxrss);
    return 0;
}
