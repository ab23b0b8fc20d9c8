/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* O_NONBLOCK: opening a FIFO in a test's tree must not wait for its other end. */
static int
ifxSysfsOpen(const char *dir,
             const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

gssize
ifxSysfsRead(const char *dir,
             const char *name,
             char *buffer,
             gsize size)
{
    const int fd = ifxSysfsOpen(dir, name);
    gssize got;

    if (fd < 0)
        return -1;
    got = read(fd, buffer, size);
    close(fd);
    return got;
}

bool
ifxSysfsReadAt(const char *dir,
               const char *name,
               goffset offset,
               void *buffer,
               gsize size)
{
    const int fd = ifxSysfsOpen(dir, name);
    gssize got;

    if (fd < 0)
        return false;
    got = pread(fd, buffer, size, offset);
    close(fd);
    return got == (gssize) size;
}

char *
ifxSysfsReadAll(const char *dir,
                const char *name,
                gsize max,
                gsize *length)
{
    const int fd = ifxSysfsOpen(dir, name);
    g_autoptr(GString) all = NULL;
    char buffer[4096];
    gssize got;

    if (fd < 0)
        return NULL;
    all = g_string_new(NULL);
    while ((got = read(fd, buffer, sizeof(buffer))) > 0 && all->len <= max)
        g_string_append_len(all, buffer, got);
    close(fd);
    if (got < 0 || all->len > max)
        return NULL;

    if (length)
        *length = all->len;
    return g_string_free(g_steal_pointer(&all), FALSE);
}

char *
ifxSysfsReadLine(const char *dir,
                 const char *name)
{
    char buffer[IFX_SYSFS_LINE_MAX];
    const gssize got = ifxSysfsRead(dir, name, buffer, sizeof(buffer) - 1);

    if (got < 0)
        return NULL;
    buffer[got] = '\0';
    buffer[strcspn(buffer, "\n")] = '\0';
    return g_strdup(g_strstrip(buffer));
}

static bool
ifxSysfsReadInBase(const char *dir,
                   const char *name,
                   int base,
                   guint64 max,
                   guint64 *number)
{
    char buffer[64];
    const gssize got = ifxSysfsRead(dir, name, buffer, sizeof(buffer));
    char *end = NULL;

    if (got <= 0 || got == sizeof(buffer) || !g_ascii_isdigit(*buffer))
        return false;
    buffer[got] = '\0';
    errno = 0;
    *number = strtoull(buffer, &end, base);
    return errno == 0 && (*end == '\n' || *end == '\0') && *number <= max;
}

bool
ifxSysfsReadNumber(const char *dir,
                   const char *name,
                   guint64 max,
                   guint64 *number)
{
    return ifxSysfsReadInBase(dir, name, 0, max, number);
}

bool
ifxSysfsReadDecimal(const char *dir,
                    const char *name,
                    guint64 max,
                    guint64 *number)
{
    return ifxSysfsReadInBase(dir, name, 10, max, number);
}

char *
ifxSysfsReadLink(const char *dir,
                 const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *target = g_file_read_link(path, NULL);

    return target ? g_path_get_basename(target) : NULL;
}

static int
ifxSysfsCompareNames(const void *a,
                     const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
ifxSysfsList(const char *dir,
             GError **problem)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) unread = NULL;
    g_autoptr(GDir) entries = g_dir_open(dir, 0, &unread);
    const char *name;

    while (entries && (name = g_dir_read_name(entries)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, ifxSysfsCompareNames);
    if (!entries && !g_error_matches(unread, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error(problem, g_steal_pointer(&unread));
    return names;
}

/* Without a type, as on some file systems of a test's tree, fstatat() tells. */
static bool
ifxSysfsIsFolder(DIR *folder,
                 const struct dirent *entry)
{
    struct stat status;

    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(status.st_mode);
}

GPtrArray *
ifxSysfsListFolders(const char *dir)
{
    DIR *folder = opendir(dir);
    GPtrArray *names = folder ? g_ptr_array_new_with_free_func(g_free) : NULL;
    const struct dirent *entry;

    while (folder && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            ifxSysfsIsFolder(folder, entry))
            g_ptr_array_add(names, g_strdup(entry->d_name));
    }
    if (folder) {
        closedir(folder);
        g_ptr_array_sort(names, ifxSysfsCompareNames);
    }
    return names;
}

bool
ifxSysfsExists(const char *dir,
               const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    return access(path, F_OK) == 0;
}

char *
ifxSysfsResolve(const char *dir,
                const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *resolved = realpath(path, NULL);
    char *copy = g_strdup(resolved);

    free(resolved);
    return copy;
}

GArray *
ifxSysfsPciAncestors(const char *path)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);
    GArray *ancestors = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    guint i;

    for (i = 0; components[i]; i++) {
        ifxPciAddress address;

        /* Never in the short spelling. */
        if (strlen(components[i]) >= strlen("0000:00:00.0") &&
            ifxPciAddressParse(components[i], &address))
            g_array_append_val(ancestors, address);
    }
    return ancestors;
}
