/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "write/write-internal.h"

struct _ifxTransaction {
    ifxStore *store;
    char *id;
    int journal;            /* -1: there is no folder yet */
    guint count;
};

static const char *const ifxStateWords[] = {
    [IFX_STATE_OPEN] = "open",
    [IFX_STATE_WRITTEN] = "written",
    [IFX_STATE_NOT_WRITTEN] = "not-written",
    [IFX_STATE_BROKEN] = "broken",
    [IFX_STATE_ENDED] = "ended",
};

const char *
ifxStateToString(ifxState state)
{
    return ifxStateWords[state];
}

static char *
ifxStorePath(void)
{
    const char *path = g_getenv("VIRT_IOMMUFIX_STATE");

    if (path && *path)
        return g_strdup(path);
    if (geteuid() == 0)
        return g_strdup("/var/lib/virt-iommufix");
    path = g_getenv("XDG_STATE_HOME");
    return path && g_path_is_absolute(path) ? g_build_filename(path, "virt-iommufix", NULL) :
        g_build_filename(g_get_home_dir(), ".local", "state", "virt-iommufix", NULL);
}

/* -1 with errno. */
static int
ifxStoreOpenFolder(int parent,
                   const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The new name in @parent survives a loss of power. -1 with errno. */
static int
ifxStoreMakeFolder(int parent,
                   const char *name)
{
    if (mkdirat(parent, name, 0700) == 0)
        return fsync(parent);
    return errno == EEXIST ? 0 : -1;
}

/* The same for a path with all its folders. */
static int
ifxStoreMakePath(const char *path)
{
    g_autofree char *above = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    int parent = ifxStoreOpenFolder(AT_FDCWD, above);
    int result;
    int code;

    if (parent < 0 && errno == ENOENT && strcmp(above, path) != 0 && ifxStoreMakePath(above) == 0)
        parent = ifxStoreOpenFolder(AT_FDCWD, above);
    if (parent < 0)
        return -1;
    result = ifxStoreMakeFolder(parent, name);
    code = errno;
    close(parent);
    errno = code;
    return result;
}

static bool
ifxStoreFail(const char *path,
             const char *name,
             GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_FILE,
                       "cannot write %s%s%s, so nothing was changed: %s", path,
                       name ? "/" : "", name ? name : "", g_strerror(errno));
}

ifxStore *
ifxStoreOpen(bool write,
             GError **error)
{
    g_autoptr(ifxStore) store = g_new0(ifxStore, 1);

    store->path = ifxStorePath();
    store->lock = -1;
    store->transactions = -1;
    store->folder = -1;
    /* Undo is typed in another folder, and would find nothing. */
    if (!g_path_is_absolute(store->path)) {
        ifxErrorSet(error, IFX_ERROR_FILE, "the state folder %s is not an absolute path; set "
                    "VIRT_IOMMUFIX_STATE or HOME to one", store->path);
        return NULL;
    }
    store->folder = write && ifxStoreMakePath(store->path) < 0 ? -1 :
        ifxStoreOpenFolder(AT_FDCWD, store->path);
    if (store->folder >= 0 &&
        (!write || ifxStoreMakeFolder(store->folder, "transactions") == 0))
        store->transactions = ifxStoreOpenFolder(store->folder, "transactions");
    if (write && (store->transactions < 0 ||
                  faccessat(store->transactions, ".", W_OK, AT_EACCESS) < 0)) {
        ifxStoreFail(store->path, NULL, error);
        return NULL;
    }
    if (!write && store->transactions < 0 && errno != ENOENT) {
        ifxErrorSet(error, IFX_ERROR_FILE, "cannot read %s: %s", store->path,
                    g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&store);
}

static void
ifxStoreClose(int fd)
{
    if (fd >= 0)
        close(fd);
}

void
ifxStoreFree(ifxStore *store)
{
    if (!store)
        return;
    ifxStoreClose(store->lock);
    ifxStoreClose(store->transactions);
    ifxStoreClose(store->folder);
    g_free(store->path);
    g_free(store);
}

bool
ifxStoreLock(ifxStore *store,
             GError **error)
{
    g_autofree char *own = g_strdup_printf("%d\n", (int) getpid());
    const ssize_t length = (ssize_t) strlen(own);
    char other[16] = "";

    if (store->lock >= 0)
        return true;
    store->lock = openat(store->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (store->lock < 0)
        return ifxStoreFail(store->path, "lock", error);
    if (flock(store->lock, LOCK_EX | LOCK_NB) < 0) {
        const bool held = errno == EWOULDBLOCK;

        if (!held)
            ifxStoreFail(store->path, "lock", error);
        if (read(store->lock, other, sizeof(other) - 1) < 0)
            *other = '\0';
        ifxStoreClose(store->lock);
        store->lock = -1;
        if (!held)
            return false;
        g_strchomp(other);
        return ifxErrorSet(error, IFX_ERROR_FILE,
                           "another run of virt-iommufix%s%s is writing, so nothing was written; "
                           "wait until it ends, and try again", *other ? ", process " : "", other);
    }
    /* The process ID helps other users to find out what to wait for. */
    if (ftruncate(store->lock, 0) < 0 || pwrite(store->lock, own, (size_t) length, 0) != length)
        return ifxStoreFail(store->path, "lock", error);
    return true;
}

/* The last ID in the folder; NULL: there is none. Free with g_free(). */
static char *
ifxTransactionFindLastId(const ifxStore *store)
{
    g_autofree char *path = g_build_filename(store->path, "transactions", NULL);
    GDir *folder = g_dir_open(path, 0, NULL);
    char *last = NULL;
    const char *name;

    while (folder && (name = g_dir_read_name(folder))) {
        if (!ifxTransactionIsId(name) || (last && strcmp(name, last) < 0))
            continue;
        g_free(last);
        last = g_strdup(name);
    }
    if (folder)
        g_dir_close(folder);
    return last;
}

/* Makes of @id, which has only digits and dashes, the next number. */
static void
ifxTransactionRaiseId(char *id)
{
    gsize i;

    for (i = strlen(id); i > 0; i--) {
        if (id[i - 1] == '9') {
            id[i - 1] = '0';
        } else if (id[i - 1] != '-') {
            id[i - 1]++;
            return;
        }
    }
}

/* The time; where the clock was put back, the number after the last one. */
static char *
ifxTransactionMakeId(const ifxStore *store)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y%m%d-%H%M%S");
    g_autofree char *id = g_strdup_printf("%s-%06d", time, g_date_time_get_microsecond(now));
    g_autofree char *last = ifxTransactionFindLastId(store);

    if (!last || strcmp(id, last) > 0)
        return g_steal_pointer(&id);
    ifxTransactionRaiseId(last);
    return g_steal_pointer(&last);
}

bool
ifxTransactionIsId(const char *word)
{
    return strlen(word) == strlen("20261128-235551-444054") && word[8] == '-' &&
        word[15] == '-' && strspn(word, G_CSET_DIGITS "-") == strlen(word);
}

ifxTransaction *
ifxTransactionNew(ifxStore *store)
{
    ifxTransaction *transaction = g_new0(ifxTransaction, 1);

    transaction->store = store;
    transaction->id = ifxTransactionMakeId(store);
    transaction->journal = -1;
    return transaction;
}

void
ifxTransactionFree(ifxTransaction *transaction)
{
    if (!transaction)
        return;
    ifxStoreClose(transaction->journal);
    g_free(transaction->id);
    g_free(transaction);
}

const char *
ifxTransactionGetId(const ifxTransaction *transaction)
{
    return transaction->id;
}

guint
ifxTransactionCount(const ifxTransaction *transaction)
{
    return transaction->count;
}

static bool
ifxTransactionMake(ifxTransaction *transaction,
                   GError **error)
{
    const int parent = transaction->store->transactions;
    g_autofree char *path = g_build_filename("transactions", transaction->id, NULL);
    int folder;

    if (mkdirat(parent, transaction->id, 0700) < 0)
        return ifxStoreFail(transaction->store->path, path, error);
    folder = ifxStoreOpenFolder(parent, transaction->id);
    if (folder >= 0 && fsync(parent) == 0)
        transaction->journal = openat(folder, "journal",
                                      O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    /* The next domain tries again. */
    if (transaction->journal < 0) {
        ifxStoreFail(transaction->store->path, path, error);
        unlinkat(parent, transaction->id, AT_REMOVEDIR);
    }
    ifxStoreClose(folder);
    return transaction->journal >= 0;
}

bool
ifxTransactionAdd(ifxTransaction *transaction,
                  const ifxRecord *record,
                  guint *number,
                  GError **error)
{
    g_autofree char *text = ifxRecordFormat(record);
    g_autofree char *name = ifxStoreRecordName(transaction->count + 1);
    g_autofree char *path = g_build_filename(transaction->store->path, "transactions",
                                             transaction->id, name, NULL);

    if (transaction->journal < 0 && !ifxTransactionMake(transaction, error))
        return false;
    if (!ifxFileWrite(path, text, strlen(text), 0600, IFX_FILE_OVERWRITE, error)) {
        g_prefix_error(error, "nothing was changed: ");
        return false;
    }
    *number = ++transaction->count;
    return true;
}

bool
ifxStoreWriteJournal(int journal,
                     const char *id,
                     guint number,
                     ifxState state,
                     GError **error)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *line = g_strdup_printf("%u %s %s\n", number, ifxStateWords[state], time);

    if (journal >= 0 && ifxFileWriteAll(journal, line, strlen(line)))
        return true;
    return ifxErrorSet(error, IFX_ERROR_FILE, "cannot write the journal of transaction %s: %s",
                       id, g_strerror(errno));
}

bool
ifxTransactionWriteState(ifxTransaction *transaction,
                         guint number,
                         ifxState state,
                         GError **error)
{
    return ifxStoreWriteJournal(transaction->journal, transaction->id, number, state, error);
}
