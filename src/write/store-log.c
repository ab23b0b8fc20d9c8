/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "write/write-internal.h"

/* A record has two definitions, and JSON escapes may double their length. */
#define IFX_LOG_RECORD_MAX (80 * 1024 * 1024)
#define IFX_LOG_JOURNAL_MAX (16 * 1024 * 1024)

static void
ifxLogEntryFree(gpointer pointer)
{
    ifxLogEntry *entry = pointer;

    ifxRecordFree(entry->record);
    g_free(entry->transaction);
    g_free(entry);
}

static void
ifxLogProblemFree(gpointer pointer)
{
    ifxLogProblem *problem = pointer;

    g_free(problem->transaction);
    g_free(problem->message);
    g_free(problem);
}

GPtrArray *
ifxStoreLogNewProblems(void)
{
    return g_ptr_array_new_with_free_func(ifxLogProblemFree);
}

static void
ifxLogAddProblem(GPtrArray *problems,
                 const char *id,
                 const GError *error)
{
    ifxLogProblem *problem = g_new0(ifxLogProblem, 1);

    problem->transaction = g_strdup(id);
    problem->message = g_strdup(error->message);
    g_ptr_array_add(problems, problem);
}

static int
ifxLogCompareNames(const void *a,
                   const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The names in @path in order; NULL with an error. */
static GPtrArray *
ifxLogListFolder(const char *path,
                 GError **error)
{
    g_autoptr(GError) problem = NULL;
    GDir *folder = g_dir_open(path, 0, &problem);
    GPtrArray *names;
    const char *name;

    if (!folder) {
        ifxErrorSet(error, IFX_ERROR_FILE, "cannot read %s: %s", path,
                    problem->message);
        return NULL;
    }
    names = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(folder)))
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(folder);
    g_ptr_array_sort(names, ifxLogCompareNames);
    return names;
}

/* The tool makes regular files only; a pipe would not end. */
static GBytes *
ifxLogReadFile(const char *path,
               gsize max,
               GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return ifxFileRead(path, max, error);
    ifxErrorSet(error, IFX_ERROR_FILE, "cannot read %s: it is not a regular file", path);
    return NULL;
}

/* number -> ifxState. The last line of a number counts; a line without its newline does not. */
static GHashTable *
ifxLogReadJournal(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "journal", NULL);
    g_autoptr(GBytes) bytes = ifxLogReadFile(path, IFX_LOG_JOURNAL_MAX, NULL);
    g_autofree char *text = bytes ? g_strndup(g_bytes_get_data(bytes, NULL),
                                              g_bytes_get_size(bytes)) : g_strdup("");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GHashTable *states = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; lines[i] && lines[i + 1]; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
        guint state;

        for (state = IFX_STATE_WRITTEN; state <= IFX_STATE_ENDED; state++) {
            if (words[0] && g_strcmp0(words[1], ifxStateToString((ifxState) state)) == 0)
                g_hash_table_insert(states,
                                    GUINT_TO_POINTER(g_ascii_strtoull(words[0], NULL, 10)),
                                    GUINT_TO_POINTER(state));
        }
    }
    return states;
}

static ifxRecord *
ifxLogReadRecord(const char *path,
                 GError **error)
{
    g_autoptr(GBytes) bytes = ifxLogReadFile(path, IFX_LOG_RECORD_MAX, error);
    ifxRecord *record;

    if (!bytes)
        return NULL;
    record = ifxRecordParse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
    if (!record)
        g_prefix_error(error, "%s: ", path);
    return record;
}

static ifxLogEntry *
ifxLogReadEntry(const char *folder,
                const char *name,
                GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    ifxRecord *record = ifxLogReadRecord(path, error);
    ifxLogEntry *entry;

    if (!record)
        return NULL;
    ifxRecordShorten(record);
    entry = g_new0(ifxLogEntry, 1);
    entry->record = record;
    entry->number = (guint) g_ascii_strtoull(name, NULL, 10);
    entry->transaction = g_path_get_basename(folder);
    return entry;
}

static void
ifxLogReadTransaction(const ifxStore *store,
                      const char *id,
                      bool open_only,
                      GPtrArray *log,
                      GPtrArray *problems)
{
    g_autofree char *folder = g_build_filename(store->path, "transactions", id, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = ifxLogListFolder(folder, &error);
    g_autoptr(GHashTable) states = ifxLogReadJournal(folder);
    guint i;

    if (error)
        ifxLogAddProblem(problems, id, error);
    for (i = 0; names && i < names->len; i++) {
        const char *name = names->pdata[i];
        const guint64 number = g_ascii_strtoull(name, NULL, 10);
        gpointer state = g_hash_table_lookup(states, GUINT_TO_POINTER(number));
        g_autoptr(GError) problem = NULL;
        ifxLogEntry *entry;

        if (!g_str_has_suffix(name, ".json") || (open_only && state))
            continue;
        entry = ifxLogReadEntry(folder, name, &problem);
        if (entry) {
            entry->state = (ifxState) GPOINTER_TO_UINT(state);
            g_ptr_array_add(log, entry);
        } else {
            ifxLogAddProblem(problems, id, problem);
        }
    }
}

/* "ID/NUMBER". */
static char *
ifxLogKey(const char *id,
          guint number)
{
    return g_strdup_printf("%s/%u", id, number);
}

/* The entry that @undo undid, if it is before it. */
static ifxLogEntry *
ifxLogGetUndone(GHashTable *entries,
                const ifxLogEntry *undo)
{
    const char *id = undo->record->undoes;
    g_autofree char *key = id && strcmp(id, undo->transaction) < 0 ?
        ifxLogKey(id, undo->record->undoes_number) : NULL;

    return key ? g_hash_table_lookup(entries, key) : NULL;
}

/* If an undo was undone, what it had undone counts again. */
static void
ifxLogMarkUndone(const GPtrArray *log)
{
    g_autoptr(GHashTable) entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < log->len; i++) {
        ifxLogEntry *entry = log->pdata[i];
        bool undone = true;
        const ifxLogEntry *undo = entry;

        g_hash_table_insert(entries, ifxLogKey(entry->transaction, entry->number), entry);
        while (entry->state == IFX_STATE_WRITTEN && undo) {
            ifxLogEntry *older = ifxLogGetUndone(entries, undo);

            if (older)
                older->undone = undone;
            undone = !undone;
            undo = older;
        }
    }
}

static GPtrArray *
ifxLogRead(const ifxStore *store,
           bool open_only,
           GPtrArray *problems,
           GError **error)
{
    g_autofree char *path = g_build_filename(store->path, "transactions", NULL);
    g_autoptr(GPtrArray) log = g_ptr_array_new_with_free_func(ifxLogEntryFree);
    g_autoptr(GPtrArray) ids = NULL;
    guint i;

    if (store->transactions < 0)
        return g_steal_pointer(&log);
    ids = ifxLogListFolder(path, error);
    if (!ids)
        return NULL;
    for (i = 0; i < ids->len; i++)
        ifxLogReadTransaction(store, ids->pdata[i], open_only, log, problems);
    return g_steal_pointer(&log);
}

GPtrArray *
ifxStoreLogRead(const ifxStore *store,
                GPtrArray *problems,
                GError **error)
{
    GPtrArray *log = ifxLogRead(store, false, problems, error);

    if (log)
        ifxLogMarkUndone(log);
    return log;
}

GPtrArray *
ifxStoreLogReadOpen(const ifxStore *store,
                    GPtrArray *problems,
                    GError **error)
{
    return ifxLogRead(store, true, problems, error);
}

static char *
ifxLogPath(const ifxStore *store,
           const ifxLogEntry *entry,
           const char *name)
{
    return g_build_filename(store->path, "transactions", entry->transaction, name, NULL);
}

bool
ifxStoreLogWriteState(const ifxStore *store,
                      const ifxLogEntry *entry,
                      ifxState state,
                      GError **error)
{
    g_autofree char *path = ifxLogPath(store, entry, "journal");
    const int journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool ok =
        ifxStoreWriteJournal(journal, entry->transaction, entry->number, state, error);

    if (journal >= 0)
        close(journal);
    return ok;
}

ifxRecord *
ifxStoreLogReadRecord(const ifxStore *store,
                      const ifxLogEntry *entry,
                      GError **error)
{
    g_autofree char *name = ifxStoreRecordName(entry->number);
    g_autofree char *path = ifxLogPath(store, entry, name);

    return ifxLogReadRecord(path, error);
}
