/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "editor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "file.h"

#define IFX_EDITOR_TEXT_MAX (16 * 1024 * 1024)

static const char *
ifxEditorName(void)
{
    static const char *const variables[] = { "VISUAL", "EDITOR" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(variables); i++) {
        const char *name = g_getenv(variables[i]);

        if (name && *name)
            return name;
    }
    return "vi";
}

/* In the child, before the editor is run. */
static void
ifxEditorReleaseSignals(gpointer before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
    signal(SIGPIPE, SIG_DFL);
}

static bool
ifxEditorRun(const char *path,
             const sigset_t *before,
             GError **error)
{
    const char *editor = ifxEditorName();
    g_autofree char *command = g_strdup_printf("exec %s \"$1\"", editor);
    const char *argv[] = { "/bin/sh", "-c", command, "sh", path, NULL };
    g_autoptr(GError) problem = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN,
                      ifxEditorReleaseSignals, (gpointer) before, NULL, NULL, &status, &problem))
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "the editor (%s) can't be started: %s",
                    editor, problem->message);
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "the editor (%s) failed", editor);
    else
        return true;
    return false;
}

static bool
ifxEditorWrite(int fd,
               const char *path,
               GBytes *text,
               GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    bool ok = true;

    while (ok && length > 0) {
        const ssize_t written = write(fd, bytes, length);

        ok = written >= 0 || errno == EINTR;
        bytes += MAX(written, 0);
        length -= (gsize) MAX(written, 0);
    }
    ok &= close(fd) == 0;
    if (!ok)
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "cannot write %s: %s", path,
                    g_strerror(errno));
    return ok;
}

GBytes *
ifxEditorEdit(GBytes *text,
              GError **error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "virt-iommufix-XXXXXX.xml", NULL);
    const struct timespec at_once = { 0 };
    GBytes *edited = NULL;
    sigset_t keys;
    sigset_t held;
    sigset_t before;
    int typed;
    int fd;

    /* While the file is there no signal may end the process. What is typed is for the editor. */
    sigemptyset(&keys);
    sigaddset(&keys, SIGINT);
    sigaddset(&keys, SIGQUIT);
    held = keys;
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);
    fd = g_mkstemp_full(path, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "cannot make %s: %s", path,
                    g_strerror(errno));
    } else {
        if (ifxEditorWrite(fd, path, text, error) && ifxEditorRun(path, &before, error))
            edited = ifxFileRead(path, IFX_EDITOR_TEXT_MAX, error);
        unlink(path);
    }
    do {
        typed = sigtimedwait(&keys, NULL, &at_once);
    } while (typed > 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return edited;
}
