/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/term.h"

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

/* In the child, before the editor is run. A screen for it is where the questions are, wherever
 * standard output goes. */
static void
ifxEditorPrepare(gpointer before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
    signal(SIGPIPE, SIG_DFL);
    dup2(STDERR_FILENO, STDOUT_FILENO);
}

static bool
ifxEditorRun(const char *path,
             const sigset_t *before,
             GError **error)
{
    const char *editor = ifxEditorName();
    g_autofree char *command = g_strdup_printf("%s \"$1\"", editor);
    const char *argv[] = { "/bin/sh", "-c", command, "sh", path, NULL };
    g_autoptr(GError) problem = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_CHILD_INHERITS_STDIN,
                      ifxEditorPrepare, (gpointer) before, NULL, NULL, &status, &problem))
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "the editor (%s) can't be started: %s",
                    editor, problem->message);
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "the editor (%s) failed", editor);
    else
        return true;
    return false;
}

static bool
ifxEditorFail(const char *path,
              GError **error)
{
    g_set_error(error, IFX_ERROR, IFX_ERROR_FILE, "cannot write %s: %s", path, g_strerror(errno));
    return false;
}

static bool
ifxEditorWrite(const char *path,
               GBytes *text,
               GError **error)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    bool ok = fd >= 0;

    while (ok && length > 0) {
        const ssize_t written = write(fd, bytes, length);

        ok = written >= 0 || errno == EINTR;
        bytes += MAX(written, 0);
        length -= (gsize) MAX(written, 0);
    }
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    return ok || ifxEditorFail(path, error);
}

/* Editors leave their backups beside the file. */
static void
ifxEditorClean(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        unlink(path);
    }
    if (dir)
        g_dir_close(dir);
    if (rmdir(folder) != 0)
        ifxTermNote("cannot remove %s: %s; what it holds may have passwords: remove it", folder,
                    g_strerror(errno));
}

static GBytes *
ifxEditorEditIn(const char *folder,
                GBytes *text,
                const sigset_t *before,
                GError **error)
{
    g_autofree char *path = g_build_filename(folder, "domain.xml", NULL);

    if (!ifxEditorWrite(path, text, error) || !ifxEditorRun(path, before, error))
        return NULL;
    return ifxFileRead(path, IFX_EDITOR_TEXT_MAX, error);
}

GBytes *
ifxEditorEdit(GBytes *text,
              GError **error)
{
    g_autofree char *folder = g_build_filename(g_get_tmp_dir(), "virt-iommufix-XXXXXX", NULL);
    const struct timespec at_once = { 0 };
    GBytes *edited = NULL;
    sigset_t keys;
    sigset_t held;
    sigset_t before;
    int typed;

    /* While the folder is there no signal may end the process. */
    sigemptyset(&keys);
    sigaddset(&keys, SIGINT);
    sigaddset(&keys, SIGQUIT);
    held = keys;
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigprocmask(SIG_BLOCK, &held, &before);
    if (g_mkdtemp(folder)) {
        edited = ifxEditorEditIn(folder, text, &before, error);
        ifxEditorClean(folder);
    } else {
        ifxEditorFail(folder, error);
    }
    do {
        typed = sigtimedwait(&keys, NULL, &at_once);
    } while (typed > 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return edited;
}
