/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"
#include "helpers.h"
#include "suite.h"

#define IFX_TEST_ACL "system.posix_acl_access"
#define IFX_TEST_DEFAULT_ACL "system.posix_acl_default"

/* Version 2, user::rw-, user:1:rw-, group::r--, mask::rw-, other::---; as setfacl makes it
 * (linux/posix_acl_xattr.h). */
static const guint8 access_list[] = {
    2, 0, 0, 0,
    1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
    2, 0, 6, 0, 1, 0, 0, 0,
    4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
    16, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
    32, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
};

static char *folder;
static char *path;

static void
ifxTestSetup(void)
{
    folder = g_dir_make_tmp("iommufix-unit.XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder);
    path = g_build_filename(folder, "vm.xml", NULL);
    ck_assert(g_file_set_contents(path, "old", -1, NULL));
}

/* How many names the folder holds. */
static guint
ifxTestCount(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    guint count = 0;

    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void
ifxTestTeardown(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(folder, name, NULL);

        g_remove(child);
    }
    g_rmdir(folder);
    g_free(folder);
    g_free(path);
}

static bool
ifxTestReplace(const char *old,
               const char *text,
               GError **error)
{
    g_autoptr(GBytes) old_bytes = g_bytes_new_static(old, strlen(old));
    g_autoptr(GBytes) text_bytes = g_bytes_new_static(text, strlen(text));

    return ifxFileReplace(path, old_bytes, text_bytes, "the command", error);
}

static void
ifxAssertContents(const char *expected)
{
    g_autofree char *contents = NULL;

    ck_assert(g_file_get_contents(path, &contents, NULL, NULL));
    ck_assert_str_eq(contents, expected);
}

/* Replaces "old" by "new", which is to work. */
static void
ifxAssertReplaced(void)
{
    g_autoptr(GError) error = NULL;
    const guint names = ifxTestCount();

    ck_assert(ifxTestReplace("old", "new", &error));
    ifxAssertNoError(error);
    ifxAssertContents("new");
    ck_assert_uint_eq(ifxTestCount(), names);
}

START_TEST(the_text_is_replaced_and_mode_and_owner_stay)
{
    const bool root = geteuid() == 0;
    struct stat before;
    struct stat after;

    if (root)
        ck_assert_int_eq(chown(path, 1, 2), 0);
    ck_assert_int_eq(chmod(path, 0624), 0);
    ck_assert_int_eq(stat(path, &before), 0);
    ifxAssertReplaced();
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_ne(after.st_ino, before.st_ino);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
    ck_assert_uint_eq(after.st_uid, root ? 1 : before.st_uid);
    ck_assert_uint_eq(after.st_gid, root ? 2 : before.st_gid);
}
END_TEST

START_TEST(a_symbolic_link_stays_and_other_hard_links_keep_the_old_text)
{
    g_autofree char *other = g_build_filename(folder, "other.xml", NULL);
    g_autofree char *soft = g_build_filename(folder, "soft.xml", NULL);
    g_autofree char *contents = NULL;
    g_autofree char *file = path;
    struct stat status;

    ck_assert_int_eq(link(file, other), 0);
    ck_assert_int_eq(symlink("vm.xml", soft), 0);
    path = soft;
    ifxAssertReplaced();
    path = g_steal_pointer(&file);
    ifxAssertContents("new");
    ck_assert_int_eq(lstat(soft, &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert(g_file_get_contents(other, &contents, NULL, NULL));
    ck_assert_str_eq(contents, "old");
}
END_TEST

static void
ifxAssertAttributeRefused(const char *name)
{
    g_autofree char *message = g_strdup_printf(
        "vm.xml: refused: a new file would differ in its extended attribute %s. To write into the "
        "old one: the command", name);
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxTestReplace("old", "new", &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, message);
    ifxAssertContents("old");
    ck_assert_uint_eq(ifxTestCount(), 1);
}

START_TEST(an_extended_attribute_is_not_lost)
{
    if (setxattr(path, "user.test", "value", 5, 0) == 0)
        ifxAssertAttributeRefused("user.test");
}
END_TEST

START_TEST(an_access_control_list_is_not_lost)
{
    if (setxattr(path, IFX_TEST_ACL, access_list, sizeof(access_list), 0) == 0)
        ifxAssertAttributeRefused(IFX_TEST_ACL);
}
END_TEST

START_TEST(the_default_list_of_the_folder_lets_nobody_in)
{
    if (setxattr(folder, IFX_TEST_DEFAULT_ACL, access_list, sizeof(access_list), 0) == 0)
        ifxAssertAttributeRefused(IFX_TEST_ACL);
}
END_TEST

/* A file that was made in such a folder has the list too. */
START_TEST(an_access_control_list_that_the_folder_gives_stays)
{
    guint8 before[128];
    guint8 after[128];
    ssize_t length;

    if (setxattr(folder, IFX_TEST_DEFAULT_ACL, access_list, sizeof(access_list), 0) < 0)
        return;
    ck_assert_int_eq(g_unlink(path), 0);
    ck_assert(g_file_set_contents(path, "old", -1, NULL));
    ck_assert_int_eq(chmod(path, 0640), 0);
    length = getxattr(path, IFX_TEST_ACL, before, sizeof(before));
    ck_assert_int_gt(length, 0);
    ifxAssertReplaced();
    ck_assert_int_eq(getxattr(path, IFX_TEST_ACL, after, sizeof(after)), length);
    ck_assert_int_eq(memcmp(before, after, (gsize) length), 0);
}
END_TEST

START_TEST(another_text_is_stale)
{
    static const char *const read_as[] = { "", "ol", "old\n", "odl", "olD" };
    g_autoptr(GError) error = NULL;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(read_as); i++) {
        ck_assert(!ifxTestReplace(read_as[i], "new", &error));
        ifxAssertError(error, IFX_ERROR_REFUSED, "vm.xml: refused: it changed after");
        ifxAssertContents("old");
        ck_assert_uint_eq(ifxTestCount(), 1);
    }
}
END_TEST

/* A second process gives the file new times until one falls in the midst of a replacement. */
START_TEST(a_file_that_changes_meanwhile_is_stale)
{
    g_autoptr(GError) error = NULL;
    const pid_t child = fork();
    struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
    guint i;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        /* Not for ever, should nobody be left to end it. */
        for (; times[1].tv_sec < 10000000; times[1].tv_sec++)
            utimensat(AT_FDCWD, path, times, 0);
        _exit(0);
    }

    for (i = 0; i < 100000 && ifxTestReplace("old", "old", &error); i++)
        ;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ifxAssertError(error, IFX_ERROR_REFUSED, "it changed after it was read");
    ifxAssertContents("old");
    ck_assert_uint_eq(ifxTestCount(), 1);
}
END_TEST

static void
ifxTestFail(const char *why)
{
    g_autoptr(GError) error = NULL;
    const guint names = ifxTestCount();

    ck_assert(!ifxTestReplace("old", "new", &error));
    ifxAssertError(error, IFX_ERROR_FILE, why);
    ck_assert_uint_eq(ifxTestCount(), names);
}

START_TEST(what_is_no_regular_file_is_refused_and_not_opened)
{
    g_autoptr(GError) error = NULL;

    ck_assert_int_eq(g_unlink(path), 0);
    ifxTestFail("vm.xml: No such file or directory");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ifxTestFail("vm.xml: it is not a regular file");
    ck_assert(!ifxFileReplaceCheck(path, &error));
    ifxAssertError(error, IFX_ERROR_FILE, "vm.xml: it is not a regular file");
    ck_assert(!ifxFileReplaceCheck(folder, &error));
    ifxAssertError(error, IFX_ERROR_FILE, "it is a directory");
    ck_assert(!ifxFileReplaceCheck("/dev/null", &error));
    ifxAssertError(error, IFX_ERROR_FILE, "/dev/null: it is not a regular file");
}
END_TEST

/* The process's own limit, which by default ends it. In a process apart, because Check
 * writes files too. */
START_TEST(a_text_that_does_not_fit_leaves_the_file_alone)
{
    const struct rlimit two_bytes = { 2, RLIM_INFINITY };
    const pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        g_autoptr(GError) error = NULL;

        setrlimit(RLIMIT_FSIZE, &two_bytes);
        _exit(!ifxTestReplace("old", "new", &error) && strstr(error->message, "File too large") ?
              7 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 7);
    ifxAssertContents("old");
    ck_assert_uint_eq(ifxTestCount(), 1);
}
END_TEST

/* Whenever it is sent: there is one file, with one of the two texts. */
START_TEST(a_signal_leaves_no_temporary)
{
    static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
    int round;

    /* Check's own handlers would end the test. */
    for (round = 0; round < 3; round++)
        signal(signals[round], SIG_DFL);

    for (round = 0; round < 60; round++) {
        g_autofree char *contents = NULL;
        const pid_t child = fork();

        ck_assert_int_ge(child, 0);
        if (child == 0) {
            for (;;) {
                ifxTestReplace("old", "new", NULL);
                ifxTestReplace("new", "old", NULL);
            }
        }
        g_usleep((gulong) (2000 + round * 97));
        kill(child, signals[round % 3]);
        waitpid(child, NULL, 0);
        ck_assert_uint_eq(ifxTestCount(), 1);
        ck_assert(g_file_get_contents(path, &contents, NULL, NULL));
        ck_assert(strcmp(contents, "old") == 0 || strcmp(contents, "new") == 0);
    }
}
END_TEST

Suite *
ifxSuiteFileReplace(void)
{
    Suite *suite = suite_create("file-replace");
    TCase *replace = tcase_create("replace");

    tcase_add_checked_fixture(replace, ifxTestSetup, ifxTestTeardown);
    tcase_set_timeout(replace, 120);
    tcase_add_test(replace, the_text_is_replaced_and_mode_and_owner_stay);
    tcase_add_test(replace, a_symbolic_link_stays_and_other_hard_links_keep_the_old_text);
    tcase_add_test(replace, an_extended_attribute_is_not_lost);
    tcase_add_test(replace, an_access_control_list_is_not_lost);
    tcase_add_test(replace, the_default_list_of_the_folder_lets_nobody_in);
    tcase_add_test(replace, an_access_control_list_that_the_folder_gives_stays);
    tcase_add_test(replace, another_text_is_stale);
    tcase_add_test(replace, a_file_that_changes_meanwhile_is_stale);
    tcase_add_test(replace, what_is_no_regular_file_is_refused_and_not_opened);
    tcase_add_test(replace, a_text_that_does_not_fit_leaves_the_file_alone);
    tcase_add_test(replace, a_signal_leaves_no_temporary);
    suite_add_tcase(suite, replace);
    return suite;
}
