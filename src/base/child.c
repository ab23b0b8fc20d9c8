/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

/* A child that is careless keeps answers back: a pipe costs more than most answers. */
#define IFX_CHILD_BUFFER (32 * 1024)
#define IFX_CHILD_DELAY 50000       /* microseconds */

/* How often to look whether a child is gone, and how long to wait between. */
#define IFX_CHILD_LOOKS 20
#define IFX_CHILD_PAUSE 100         /* microseconds */

typedef struct _ifxChildRow ifxChildRow;
struct _ifxChildRow {
    const ifxChildWork *work;
    guint count;
    guint next;             /* the first item without an answer */
    bool careful;           /* a child writes each answer at once, so that it is plain which item is
                             * late */
};

static void
ifxChildRedirect(bool reads_input)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        _exit(1);
    if (!reads_input)
        dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
}

static void
ifxChildFlush(int fd,
              GByteArray *buffer)
{
    if (!ifxFileWriteAll(fd, (const char *) buffer->data, buffer->len))
        _exit(1);
    g_byte_array_set_size(buffer, 0);
}

static void G_GNUC_NORETURN
ifxChildAnswer(const ifxChildRow *row,
               int fd)
{
    GByteArray *buffer = g_byte_array_new();
    GString *answer = g_string_new(NULL);
    gint64 flushed = g_get_monotonic_time();
    guint i;

    for (i = row->next; i < row->count; i++) {
        guint32 length;

        g_string_truncate(answer, 0);
        row->work->ask(row->work->opaque, i, answer);
        length = (guint32) answer->len;
        g_byte_array_append(buffer, (const guint8 *) &length, sizeof(length));
        g_byte_array_append(buffer, (const guint8 *) answer->str, length + 1);
        if (row->careful || buffer->len >= IFX_CHILD_BUFFER ||
            g_get_monotonic_time() - flushed >= IFX_CHILD_DELAY) {
            ifxChildFlush(fd, buffer);
            flushed = g_get_monotonic_time();
        }
    }
    ifxChildFlush(fd, buffer);
    close(fd);
    /* The caller kills it. If it exited, valgrind would look for leaks in its copy of all that the
     * caller has in use. */
    for (;;)
        pause();
}

/* Takes the whole answers at the start of @input, and removes them from it. */
static void
ifxChildTake(ifxChildRow *row,
             GByteArray *input)
{
    gsize at = 0;
    guint32 length;

    while (row->next < row->count && input->len - at > sizeof(length)) {
        memcpy(&length, input->data + at, sizeof(length));
        if (input->len - at - sizeof(length) <= length)
            break;
        at += sizeof(length);
        row->work->take(row->work->opaque, row->next, IFX_CHILD_ANSWERED,
                        (const char *) input->data + at, length);
        at += length + 1;
        row->next++;
    }
    if (at > 0)
        g_byte_array_remove_range(input, 0, (guint) at);
}

/* Takes what the child writes until all items are answered, it is late, or it ends. */
static ifxChildState
ifxChildCollect(ifxChildRow *row,
                int fd)
{
    const gint64 patience = (gint64) row->work->patience * 1000;
    g_autoptr(GByteArray) input = g_byte_array_new();
    gint64 deadline = g_get_monotonic_time() + patience;
    guint8 buffer[16384];

    while (row->next < row->count) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        const gint64 left = deadline - g_get_monotonic_time();
        gssize got;

        if (left <= 0)
            return IFX_CHILD_LATE;
        if (poll(&ready, 1, (int) (left / 1000) + 1) <= 0)
            continue;
        got = read(fd, buffer, sizeof(buffer));
        if (got == 0)
            return IFX_CHILD_FAILED;
        if (got < 0)
            continue;
        g_byte_array_append(input, buffer, (guint) got);
        ifxChildTake(row, input);
        deadline = g_get_monotonic_time() + patience;
    }
    return IFX_CHILD_ANSWERED;
}

/* Takes the children that are gone from @left; true if @child is one of them. */
static bool
ifxChildReap(GArray *left,
             pid_t child)
{
    bool gone = true;
    guint i;

    for (i = left->len; i > 0; i--) {
        const pid_t one = g_array_index(left, pid_t, i - 1);

        if (waitpid(one, NULL, WNOHANG) != 0)
            g_array_remove_index_fast(left, i - 1);
        else if (one == child)
            gone = false;
    }
    return gone;
}

/* A process that waits in the kernel does not die when it is killed. It is looked after when the
 * next one is left; in the end init does that. */
static void
ifxChildLeave(pid_t child)
{
    static GArray *left;
    guint i;

    if (!left)
        left = g_array_new(FALSE, FALSE, sizeof(pid_t));
    kill(child, SIGKILL);
    g_array_append_val(left, child);
    for (i = 0; i < IFX_CHILD_LOOKS && !ifxChildReap(left, child); i++)
        g_usleep(IFX_CHILD_PAUSE);
}

/* Has one child work on the items from the next one on. */
static ifxChildState
ifxChildStart(ifxChildRow *row)
{
    const pid_t caller = getpid();
    ifxChildState state;
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return IFX_CHILD_FAILED;
    child = fork();
    if (child == 0) {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != caller)
            _exit(1);
        ifxChildRedirect(row->work->reads_input);
        ifxChildAnswer(row, ends[1]);
    }
    close(ends[1]);
    state = child < 0 ? IFX_CHILD_FAILED : ifxChildCollect(row, ends[0]);
    close(ends[0]);
    if (child > 0)
        ifxChildLeave(child);
    return state;
}

void
ifxChildRun(const ifxChildWork *work,
            guint count)
{
    ifxChildRow row = { .work = work, .count = count, .careful = count == 1 };
    guint tries = work->tries;

    while (row.next < count) {
        const ifxChildState state = tries > 0 ? ifxChildStart(&row) : IFX_CHILD_LATE;

        if (row.next == count)
            return;
        if (!row.careful) {
            row.careful = true;
            continue;
        }
        work->take(work->opaque, row.next++, state, "", 0);
        if (tries > 0)
            tries--;
    }
}
