/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

GPtrArray *
ifxUseThreadsList(int processes,
                  const char *pid)
{
    GPtrArray *threads = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *name = g_strconcat(pid, "/task", NULL);
    const int file = openat(processes, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = file < 0 ? NULL : fdopendir(file);
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        if (g_ascii_isdigit(*entry->d_name) && strcmp(entry->d_name, pid) != 0)
            g_ptr_array_add(threads, g_strconcat(name, "/", entry->d_name, NULL));
    }
    if (folder)
        closedir(folder);
    else if (file >= 0)
        close(file);
    return threads;
}
