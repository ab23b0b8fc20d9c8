/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a fuzz target over the files of the command line (default: its corpus), and prints TAP.
 */
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define IFX_FUZZ_PREFIX "fuzz-"

/* Seconds; an input takes less than one. An endless loop must end the test. */
#define IFX_REPLAY_ENDLESS 300

static bool
ifxReplayFile(guint number,
              const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *bytes = NULL;
    gsize length;

    /* Before it runs, so that the log names what it died of. */
    g_print("# %s\n", path);
    fflush(stdout);
    if (!g_file_get_contents(path, &bytes, &length, NULL)) {
        g_print("not ok %u - %s can't be read\n", number, name);
        return false;
    }
    alarm(IFX_REPLAY_ENDLESS);
    LLVMFuzzerTestOneInput((const uint8_t *) bytes, length);
    g_print("ok %u - %s\n", number, name);
    return true;
}

static int
ifxReplayCompare(gconstpointer a,
                 gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
ifxReplayCorpus(const char *program)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    const char *srcdir = g_getenv("srcdir");
    const char *target = strstr(program, IFX_FUZZ_PREFIX);
    g_autofree char *folder = g_build_filename(srcdir ? srcdir : ".", "tests", "fuzz", "corpus",
                                               target ? target + strlen(IFX_FUZZ_PREFIX) : program,
                                               NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(paths, ifxReplayCompare);
    return paths;
}

int
main(int argc,
     char **argv)
{
    g_autofree char *program = g_path_get_basename(argv[0]);
    g_autoptr(GPtrArray) paths = NULL;
    bool ok = true;
    guint i;

    LLVMFuzzerInitialize(&argc, &argv);
    if (argc > 1) {
        paths = g_ptr_array_new_with_free_func(g_free);
        for (i = 1; i < (guint) argc; i++)
            g_ptr_array_add(paths, g_strdup(argv[i]));
    } else {
        paths = ifxReplayCorpus(program);
    }

    for (i = 0; i < paths->len; i++)
        ok &= ifxReplayFile(i + 1, paths->pdata[i]);
    g_print("1..%u\n", paths->len);
    /* Without a corpus nothing was tested. */
    return ok && paths->len > 0 ? 0 : 1;
}
