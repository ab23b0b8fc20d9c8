/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "helpers.h"
#include "suite.h"

/* More than a pipe holds, so that a write is cut short or waits. */
#define IFX_TEST_LENGTH (1024 * 1024)

static char *folder;
static char *path;

static void
ifxTestSetup(void)
{
    folder = g_dir_make_tmp("iommufix-unit.XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    path = g_build_filename(folder, "new.plan", NULL);
}

static void
ifxTestTeardown(void)
{
    g_remove(path);
    /* Fails if a temporary file is left. */
    ck_assert_int_eq(g_rmdir(folder), 0);
    g_clear_pointer(&folder, g_free);
    g_clear_pointer(&path, g_free);
}

static void
ifxTestInterrupt(int number G_GNUC_UNUSED)
{
}

typedef struct {
    int fd;
    pthread_t writer;
    gsize length;           /* bytes that were read */
} ifxTestReader;

/* Reads in small pieces, and interrupts the writer. */
static gpointer
ifxTestReadSlowly(gpointer opaque)
{
    ifxTestReader *reader = opaque;
    char buffer[1000];
    ssize_t got;

    while ((got = read(reader->fd, buffer, sizeof(buffer))) > 0) {
        reader->length += (gsize) got;
        if (reader->length % (10 * sizeof(buffer)) < sizeof(buffer))
            pthread_kill(reader->writer, SIGUSR1);
    }
    return NULL;
}

START_TEST(interrupted_writes_go_on_to_the_last_byte)
{
    const struct sigaction action = { .sa_handler = ifxTestInterrupt };
    g_autofree char *bytes = g_malloc0(IFX_TEST_LENGTH);
    ifxTestReader reader = { .writer = pthread_self() };
    GThread *thread;
    int ends[2];

    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(pipe(ends), 0);
    reader.fd = ends[0];
    thread = g_thread_new("reader", ifxTestReadSlowly, &reader);
    ck_assert(ifxFileWriteAll(ends[1], bytes, IFX_TEST_LENGTH));
    close(ends[1]);
    g_thread_join(thread);
    ck_assert_uint_eq(reader.length, IFX_TEST_LENGTH);
    close(ends[0]);
}
END_TEST

START_TEST(write_to_a_closed_pipe_fails)
{
    int ends[2];

    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert(!ifxFileWriteAll(ends[1], "text", 4));
    ck_assert_int_eq(errno, EPIPE);
    ck_assert(ifxFileWriteAll(ends[1], "text", 0));
    close(ends[1]);
}
END_TEST

START_TEST(created_file_is_whole_and_private)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    struct stat status;

    ck_assert(ifxFileCheckAbsent(path, &error));
    ck_assert(ifxFileWrite(path, "the plan", 8, 0600, IFX_FILE_NEW, &error));
    ifxAssertNoError(error);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "the plan");
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
    ck_assert_uint_eq(status.st_nlink, 1);
}
END_TEST

START_TEST(mode_is_the_one_that_was_asked_for)
{
    static const mode_t masks[] = { 0, 022, 077, 0777 };
    const mode_t mask = umask(masks[_i]);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    struct stat status;

    ck_assert(g_file_set_contents(path, "old", -1, NULL));
    ck_assert(ifxFileWrite(path, "new", 3, 0755, IFX_FILE_OVERWRITE, &error));
    umask(mask);
    ifxAssertNoError(error);
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "new");
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0755);
}
END_TEST

START_TEST(existing_file_is_not_overwritten)
{
    g_autoptr(GError) absent_error = NULL;
    g_autoptr(GError) create_error = NULL;
    g_autofree char *text = NULL;

    ck_assert(g_file_set_contents(path, "old", -1, NULL));
    ck_assert(!ifxFileCheckAbsent(path, &absent_error));
    ifxAssertError(absent_error, IFX_ERROR_FILE, "new.plan already exists and is not overwritten");
    ck_assert(!ifxFileWrite(path, "new", 3, 0600, IFX_FILE_NEW, &create_error));
    ifxAssertError(create_error, IFX_ERROR_FILE, "new.plan already exists and is not overwritten");
    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    ck_assert_str_eq(text, "old");
}
END_TEST

START_TEST(link_that_leads_nowhere_is_not_overwritten)
{
    g_autoptr(GError) error = NULL;

    ck_assert_int_eq(symlink("nowhere", path), 0);
    ck_assert(!ifxFileCheckAbsent(path, NULL));
    ck_assert(!ifxFileWrite(path, "new", 3, 0600, IFX_FILE_NEW, &error));
    ifxAssertError(error, IFX_ERROR_FILE, "already exists");
}
END_TEST

START_TEST(file_in_a_missing_folder_is_an_error)
{
    g_autofree char *lost = g_build_filename(folder, "missing", "new.plan", NULL);
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxFileWrite(lost, "new", 3, 0600, IFX_FILE_NEW, &error));
    ifxAssertError(error, IFX_ERROR_FILE, "missing/new.plan: cannot open its folder: No such file");
}
END_TEST

Suite *
ifxSuiteFile(void)
{
    Suite *suite = suite_create("file");
    TCase *write_all = tcase_create("write-all");
    TCase *create = tcase_create("create");

    tcase_add_test(write_all, interrupted_writes_go_on_to_the_last_byte);
    tcase_add_test(write_all, write_to_a_closed_pipe_fails);
    suite_add_tcase(suite, write_all);

    tcase_add_checked_fixture(create, ifxTestSetup, ifxTestTeardown);
    tcase_add_test(create, created_file_is_whole_and_private);
    tcase_add_loop_test(create, mode_is_the_one_that_was_asked_for, 0, 4);
    tcase_add_test(create, existing_file_is_not_overwritten);
    tcase_add_test(create, link_that_leads_nowhere_is_not_overwritten);
    tcase_add_test(create, file_in_a_missing_folder_is_an_error);
    suite_add_tcase(suite, create);
    return suite;
}
