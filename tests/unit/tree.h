/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree: folders of files and links, made at run time, that stand for a host's root.
 */

#pragma once

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Puts in @root what each pair says, up to a NULL: a path below it, and "->TARGET" for a link,
 * "/" for a folder, else the text of a file. Folders above are made. */
static inline void
ifxTestTreeAdd(const char *root,
               const char *const *entries)
{
    for (; *entries; entries += 2) {
        g_autofree char *path = g_build_filename(root, entries[0], NULL);
        g_autofree char *above = g_path_get_dirname(path);

        ck_assert_int_eq(g_mkdir_with_parents(above, 0755), 0);
        if (g_str_has_prefix(entries[1], "->"))
            ck_assert_int_eq(symlink(entries[1] + 2, path), 0);
        else if (strcmp(entries[1], "/") == 0)
            ck_assert_int_eq(g_mkdir_with_parents(path, 0755), 0);
        else
            ck_assert(g_file_set_contents(path, entries[1], -1, NULL));
    }
}

/* A new folder, its path; free with ifxTestTreeFree(). */
static inline char *
ifxTestTreeNew(const char *const *entries)
{
    char *folder = g_dir_make_tmp("iommufix-tree.XXXXXX", NULL);

    ck_assert_ptr_nonnull(folder);
    ifxTestTreeAdd(folder, entries);
    return folder;
}

static inline void
ifxTestTreeFree(char *root)
{
    const char *argv[] = { "rm", "-rf", "--", root, NULL };

    ck_assert(g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                           NULL, NULL, NULL));
    g_free(root);
}
