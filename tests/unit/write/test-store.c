/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is kept before libvirt is told: store, store-log, record. */
#include "write/store.h"

#include <string.h>
#include <sys/stat.h>

#include "helpers.h"
#include "suite.h"
#include "tree.h"

static const char *const nothing[] = { NULL };

static char *root;

static void
ifxTestStoreSetup(void)
{
    g_autofree char *state = NULL;

    root = ifxTestTreeNew(nothing);
    state = g_build_filename(root, "a", "b", NULL);
    g_setenv("VIRT_IOMMUFIX_STATE", state, TRUE);
}

static void
ifxTestStoreTeardown(void)
{
    ifxTestTreeFree(root);
}

static ifxStore *
ifxTestStoreOpen(void)
{
    g_autoptr(GError) error = NULL;
    ifxStore *store = ifxStoreOpen(true, &error);

    ifxAssertNoError(error);
    ck_assert(ifxStoreLock(store, &error));
    return store;
}

/* Adds a record that undoes @undoes (NULL: an apply) and ends as @state. Its ID; free with
 * g_free(). */
static char *
ifxTestStoreAdd(ifxStore *store,
                const char *undoes,
                ifxState state)
{
    g_autoptr(ifxTransaction) transaction = ifxTransactionNew(store);
    const ifxRecord record = {
        .command = (char *) (undoes ? "undo" : "apply"), .time = (char *) "now",
        .uri = (char *) "test:///default", .uuid = (char *) "u", .name = (char *) "a \"name\"",
        .undoes = (char *) undoes, .undoes_number = undoes ? 1 : 0,
        .before = (char *) "<before/>\n", .after = (char *) "<after/>\xff",
    };
    g_autoptr(GError) error = NULL;
    guint number = 0;

    ck_assert(ifxTransactionAdd(transaction, &record, &number, &error));
    ck_assert_uint_eq(number, 1);
    if (state != IFX_STATE_OPEN)
        ck_assert(ifxTransactionWriteState(transaction, number, state, &error));
    ifxAssertNoError(error);
    return g_strdup(ifxTransactionGetId(transaction));
}

static GPtrArray *
ifxTestStoreRead(ifxStore *store,
                 guint bad)
{
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GError) error = NULL;
    GPtrArray *log = ifxStoreLogRead(store, problems, &error);

    ifxAssertNoError(error);
    ck_assert_uint_eq(problems->len, bad);
    return log;
}

START_TEST(a_record_is_read_as_it_was_written)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *id = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    g_autoptr(GPtrArray) log = ifxTestStoreRead(store, 0);
    const ifxLogEntry *entry = log->pdata[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRecord) record = ifxStoreLogReadRecord(store, entry, &error);

    ifxAssertNoError(error);
    ck_assert_uint_eq(log->len, 1);
    ck_assert_str_eq(entry->transaction, id);
    ck_assert_int_eq(entry->state, IFX_STATE_WRITTEN);
    ck_assert_str_eq(record->name, "a \"name\"");
    ck_assert_str_eq(record->before, "<before/>\n");
    ck_assert(g_str_has_prefix(record->after, "<after/>"));
    ck_assert_ptr_null(record->plan);
    ck_assert_ptr_null(record->undoes);
}
END_TEST

#define IFX_RECORD(more) \
    "{\"schema_version\":1,\"command\":\"apply\",\"time\":\"now\",\"uri\":\"u\",\"uuid\":\"i\"," \
    "\"name\":\"n\",\"before\":\"\",\"after\":\"\"" more "}"
#define IFX_SUMS ",\"moved_from\":\"a\",\"moved_to\":\"b\""

START_TEST(a_record_has_the_addresses_that_moved)
{
    static const char text[] = IFX_RECORD(IFX_SUMS ",\"moved\":[{\"from\":\"0000:01:00.0\","
                                          "\"to\":\"0000:02:00.1\"}]");
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRecord) record = ifxRecordParse(text, strlen(text), &error);
    g_autofree char *again = record ? ifxRecordFormat(record) : NULL;
    g_autoptr(ifxRecord) same = again ? ifxRecordParse(again, strlen(again), &error) : NULL;
    const ifxRecordMove *move;

    ifxAssertNoError(error);
    ck_assert_str_eq(same->moved_from, "a");
    ck_assert_str_eq(same->moved_to, "b");
    ck_assert_uint_eq(same->moved->len, 1);
    move = &g_array_index(same->moved, ifxRecordMove, 0);
    ck_assert_uint_eq(move->from.bus, 1);
    ck_assert_uint_eq(move->to.bus, 2);
    ck_assert_uint_eq(move->to.function, 1);
}
END_TEST

static const char *const bad_moves[] = {
    IFX_RECORD(",\"moved_from\":\"a\""),
    IFX_RECORD(",\"moved_to\":\"b\""),
    IFX_RECORD(IFX_SUMS ",\"moved\":{}"),
    IFX_RECORD(IFX_SUMS ",\"moved\":[7]"),
    IFX_RECORD(IFX_SUMS ",\"moved\":[{\"from\":\"0000:01:00.0\"}]"),
    IFX_RECORD(IFX_SUMS ",\"moved\":[{\"from\":\"x\",\"to\":\"0000:02:00.1\"}]"),
};

START_TEST(a_record_whose_moves_are_none_cannot_be_read)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRecord) record = ifxRecordParse(bad_moves[_i], strlen(bad_moves[_i]), &error);

    ck_assert_ptr_null(record);
    ifxAssertError(error, IFX_ERROR_FILE, "moved");
}
END_TEST

START_TEST(files_and_folders_are_private)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *id = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    const char *const names[] = { "", "journal", "0001.json" };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path =
            g_build_filename(g_getenv("VIRT_IOMMUFIX_STATE"), "transactions", id, names[i], NULL);
        struct stat status;

        ck_assert_int_eq(stat(path, &status), 0);
        ck_assert_uint_eq(status.st_mode & 0777, i == 0 ? 0700 : 0600);
    }
}
END_TEST

START_TEST(an_undone_record_counts_again_once_its_undo_is_undone)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *apply = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    g_autofree char *undo = ifxTestStoreAdd(store, apply, IFX_STATE_WRITTEN);
    g_autoptr(GPtrArray) log = ifxTestStoreRead(store, 0);
    g_autofree char *redo = NULL;
    g_autoptr(GPtrArray) again = NULL;

    ck_assert_uint_eq(log->len, 2);
    ck_assert(((const ifxLogEntry *) log->pdata[0])->undone);
    ck_assert(!((const ifxLogEntry *) log->pdata[1])->undone);

    redo = ifxTestStoreAdd(store, undo, IFX_STATE_WRITTEN);
    again = ifxTestStoreRead(store, 0);
    ck_assert(!((const ifxLogEntry *) again->pdata[0])->undone);
    ck_assert(((const ifxLogEntry *) again->pdata[1])->undone);
}
END_TEST

START_TEST(a_taking_back_that_failed_does_not_count)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *apply = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    g_autofree char *undo = ifxTestStoreAdd(store, apply, IFX_STATE_NOT_WRITTEN);
    g_autoptr(GPtrArray) log = ifxTestStoreRead(store, 0);

    ck_assert_str_ne(undo, apply);
    ck_assert_uint_eq(log->len, 2);
    ck_assert(!((const ifxLogEntry *) log->pdata[0])->undone);
}
END_TEST

START_TEST(a_record_without_a_word_in_the_journal_is_open)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *done = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    g_autofree char *open = ifxTestStoreAdd(store, NULL, IFX_STATE_OPEN);
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) log = ifxStoreLogReadOpen(store, problems, &error);
    g_autoptr(GPtrArray) after = NULL;

    ifxAssertNoError(error);
    ck_assert_str_ne(open, done);
    ck_assert_uint_eq(log->len, 1);
    ck_assert_str_eq(((const ifxLogEntry *) log->pdata[0])->transaction, open);
    ck_assert(ifxStoreLogWriteState(store, log->pdata[0], IFX_STATE_NOT_WRITTEN, &error));
    after = ifxStoreLogReadOpen(store, problems, &error);
    ck_assert_uint_eq(after->len, 0);
}
END_TEST

START_TEST(a_journal_that_was_cut_short_says_what_its_whole_lines_say)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *id = ifxTestStoreAdd(store, NULL, IFX_STATE_OPEN);
    g_autofree char *path = g_build_filename(g_getenv("VIRT_IOMMUFIX_STATE"), "transactions", id,
                                             "journal", NULL);
    static const struct {
        const char *text;
        ifxState state;
    } cases[] = {
        { "1 written now\n", IFX_STATE_WRITTEN },
        { "1 written now", IFX_STATE_OPEN },
        { "1 not-written now\n1 wri", IFX_STATE_NOT_WRITTEN },
        { "\n\n \nx\n1\n1 unheard-of\n", IFX_STATE_OPEN },
        { "2 written now\n", IFX_STATE_OPEN },
        { "1 written now\n1 broken now\n", IFX_STATE_BROKEN },
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) log = NULL;

        ck_assert(g_file_set_contents(path, cases[i].text, -1, NULL));
        log = ifxTestStoreRead(store, 0);
        ck_assert_int_eq(((const ifxLogEntry *) log->pdata[0])->state, cases[i].state);
    }
}
END_TEST

START_TEST(undoes_that_turn_in_a_circle_end)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *one = ifxTestStoreAdd(store, "99999999-000000-000000", IFX_STATE_WRITTEN);
    g_autofree char *other = ifxTestStoreAdd(store, one, IFX_STATE_WRITTEN);
    g_autofree char *path = g_build_filename(g_getenv("VIRT_IOMMUFIX_STATE"), "transactions", one,
                                             "0001.json", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;
    g_autofree char *circle = NULL;
    g_autoptr(GPtrArray) log = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    parts = g_strsplit(text, "99999999-000000-000000", -1);
    circle = g_strjoinv(other, parts);
    ck_assert(g_file_set_contents(path, circle, -1, NULL));
    log = ifxTestStoreRead(store, 0);
    ck_assert_uint_eq(log->len, 2);
}
END_TEST

START_TEST(while_one_writes_no_other_does)
{
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    GError *error = NULL;
    g_autoptr(ifxStore) other = ifxStoreOpen(true, &error);

    ck_assert_ptr_null(error);
    ck_assert(!ifxStoreLock(other, &error));
    ifxAssertError(error, IFX_ERROR_FILE, "another run of virt-iommufix");
    ck_assert(ifxStoreLock(store, NULL));
}
END_TEST

START_TEST(a_store_that_is_not_there_is_empty)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxStore) store = ifxStoreOpen(false, &error);
    g_autoptr(GPtrArray) log = NULL;

    ifxAssertNoError(error);
    log = ifxTestStoreRead(store, 0);
    ck_assert_uint_eq(log->len, 0);
}
END_TEST

START_TEST(records_that_can_not_be_read_are_left_out)
{
    static const char *const texts[] = {
        "", "{", "[]", "null", "{}", "{\"schema_version\":2}", "{\"schema_version\":1}",
        "{\"schema_version\":1,\"command\":1}", "\xff\xfe",
    };
    g_autoptr(ifxStore) store = ifxTestStoreOpen();
    g_autofree char *id = ifxTestStoreAdd(store, NULL, IFX_STATE_WRITTEN);
    g_autofree char *path = g_build_filename(g_getenv("VIRT_IOMMUFIX_STATE"), "transactions", id,
                                             "0001.json", NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) log = NULL;

        ck_assert(g_file_set_contents(path, texts[i], -1, NULL));
        log = ifxTestStoreRead(store, 1);
        ck_assert_uint_eq(log->len, 0);
    }
}
END_TEST

Suite *
ifxSuiteStore(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("folder");

    tcase_add_checked_fixture(tcase, ifxTestStoreSetup, ifxTestStoreTeardown);
    tcase_add_test(tcase, a_record_is_read_as_it_was_written);
    tcase_add_test(tcase, a_record_has_the_addresses_that_moved);
    tcase_add_loop_test(tcase, a_record_whose_moves_are_none_cannot_be_read, 0,
                        G_N_ELEMENTS(bad_moves));
    tcase_add_test(tcase, files_and_folders_are_private);
    tcase_add_test(tcase, an_undone_record_counts_again_once_its_undo_is_undone);
    tcase_add_test(tcase, a_taking_back_that_failed_does_not_count);
    tcase_add_test(tcase, a_record_without_a_word_in_the_journal_is_open);
    tcase_add_test(tcase, a_journal_that_was_cut_short_says_what_its_whole_lines_say);
    tcase_add_test(tcase, undoes_that_turn_in_a_circle_end);
    tcase_add_test(tcase, while_one_writes_no_other_does);
    tcase_add_test(tcase, a_store_that_is_not_there_is_empty);
    tcase_add_test(tcase, records_that_can_not_be_read_are_left_out);
    suite_add_tcase(suite, tcase);
    return suite;
}
