/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input describes a tree. Each line is an entry: its type, its path, and after a tab its
 * content or target; %XX is a byte.
 *
 *     d PATH    f PATH\tCONTENT    l PATH\tTARGET    p PATH    (folder, file, link, FIFO)
 *
 * Nothing is made outside the tree, because no link is followed while it grows.
 */
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "host/isolation.h"
#include "host/topology.h"
#include "report/report.h"

#define IFX_FUZZ_SHM "/dev/shm"
#define IFX_FUZZ_MAX_ENTRIES 64
#define IFX_FUZZ_MAX_LEVELS 12

static void
ifxFuzzUnescape(char *text)
{
    char *to = text;

    for (; *text; text++, to++) {
        if (*text == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])) {
            *to = (char) (g_ascii_xdigit_value(text[1]) << 4 | g_ascii_xdigit_value(text[2]));
            text += 2;
        } else {
            *to = *text;
        }
    }
    *to = '\0';
}

/* Its length; NULs are no end. */
static gsize
ifxFuzzUnescapeBytes(char *text)
{
    const gsize length = strlen(text);
    gsize escapes = 0;
    gsize i;

    for (i = 0; i + 2 < length; i++) {
        if (text[i] == '%' && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
            escapes++;
            i += 2;
        }
    }
    ifxFuzzUnescape(text);
    return length - 2 * escapes;
}

/* Opens the folder of @components, and makes it if it does not exist; -1 if something else is in
 * the way, or if the path leads out of the tree. */
static int
ifxFuzzOpenFolder(int root,
                  char **components)
{
    int fd = dup(root);
    guint i;

    for (i = 0; fd >= 0 && components[i]; i++) {
        int next = -1;

        if (i < IFX_FUZZ_MAX_LEVELS && *components[i] && strcmp(components[i], ".") != 0 &&
            strcmp(components[i], "..") != 0) {
            next = openat(fd, components[i], O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (next < 0 && mkdirat(fd, components[i], 0700) == 0)
                next = openat(fd, components[i], O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
        close(fd);
        fd = next;
    }
    return fd;
}

/* Where the last entry went; the next one mostly goes there too. */
typedef struct {
    int root;
    int parent;
    char *folder;
} ifxFuzzTree;

static int
ifxFuzzEnter(ifxFuzzTree *tree,
             const char *folder)
{
    g_auto(GStrv) components = NULL;

    if (g_strcmp0(tree->folder, folder) != 0) {
        if (tree->parent >= 0)
            close(tree->parent);
        g_free(tree->folder);
        tree->folder = g_strdup(folder);
        components = g_strsplit(folder, "/", -1);
        tree->parent = ifxFuzzOpenFolder(tree->root, components);
    }
    return tree->parent;
}

static void
ifxFuzzWriteFile(int parent,
                 const char *name,
                 char *content)
{
    const int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    const gsize length = ifxFuzzUnescapeBytes(content);

    if (fd < 0)
        return;
    ifxFuzzExpect(write(fd, content, length) == (ssize_t) length);
    close(fd);
}

static void
ifxFuzzMakeEntry(ifxFuzzTree *tree,
                 char *line)
{
    g_auto(GStrv) halves = NULL;
    g_autofree char *folder = NULL;
    char *slash;
    char *name;
    int parent;

    /* A kind, a blank, a path. */
    if (strlen(line) < 3 || line[1] != ' ' || line[2] == '\t')
        return;
    halves = g_strsplit(line + 2, "\t", 2);
    slash = strrchr(halves[0], '/');
    name = slash ? slash + 1 : halves[0];
    folder = g_strndup(halves[0], slash ? (gsize) (slash - halves[0]) : 0);
    ifxFuzzUnescape(name);
    parent = slash ? ifxFuzzEnter(tree, folder) : tree->root;
    if (parent < 0 || !*name || strchr(name, '/'))
        return;

    switch (*line) {
    case 'd':
        (void) !mkdirat(parent, name, 0700);
        break;
    case 'p':
        (void) !mkfifoat(parent, name, 0600);
        break;
    case 'f':
        ifxFuzzWriteFile(parent, name, halves[1] ? halves[1] : (char[]) { "" });
        break;
    case 'l':
        if (halves[1]) {
            ifxFuzzUnescape(halves[1]);
            (void) !symlinkat(halves[1], parent, name);
        }
        break;
    }
}

static int
ifxFuzzRemove(const char *path,
              const struct stat *status G_GNUC_UNUSED,
              int type G_GNUC_UNUSED,
              struct FTW *at G_GNUC_UNUSED)
{
    return remove(path);
}

/* New, below a folder that is in memory where there is one. Free with g_free(). */
static char *
ifxFuzzMakeTree(char **lines)
{
    char *root =
        g_build_filename(g_file_test(IFX_FUZZ_SHM, G_FILE_TEST_IS_DIR) ? IFX_FUZZ_SHM :
                         g_get_tmp_dir(), "iommufix-fuzz.XXXXXX", NULL);
    ifxFuzzTree tree = { .parent = -1 };
    guint i;

    ifxFuzzExpect(g_mkdtemp(root));
    tree.root = open(root, O_DIRECTORY | O_CLOEXEC);
    ifxFuzzExpect(tree.root >= 0);
    for (i = 0; lines[i]; i++)
        ifxFuzzMakeEntry(&tree, lines[i]);
    if (tree.parent >= 0)
        close(tree.parent);
    close(tree.root);
    g_free(tree.folder);
    return root;
}

/* Every device gets a reason and every port an answer, whatever the configuration spaces hold. */
static void
ifxFuzzCheckIsolation(const char *root,
                      const ifxTopology *topology)
{
    g_autoptr(ifxIsolation) isolation = ifxIsolationLoad(root, topology);
    g_autoptr(GPtrArray) groups = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    const ifxTerm term = { .stream = stdout, .width = 40 };
    guint i;

    for (i = 0; i < ifxTopologyCountGroups(topology); i++)
        g_ptr_array_add(groups, (gpointer) ifxTopologyGetNthGroup(topology, i));
    ifxReportWhy(out, &term, isolation, groups, true, false);
    ifxFuzzExpect(g_utf8_validate(out->str, (gssize) out->len, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", IFX_FUZZ_MAX_ENTRIES);
    g_autofree char *root = ifxFuzzMakeTree(lines);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxTopology) topology = ifxTopologySysfsLoad(root, &error);

    if (topology) {
        ifxFuzzExpect(!error);
        ifxFuzzCheckTopology(topology);
        ifxFuzzCheckCapture(topology);
        ifxFuzzCheckIsolation(root, topology);
    } else {
        ifxFuzzExpectError(error, IFX_ERROR_HOST, IFX_ERROR_HOST);
    }
    ifxFuzzExpect(nftw(root, ifxFuzzRemove, 16, FTW_DEPTH | FTW_PHYS) == 0);
    return 0;
}
