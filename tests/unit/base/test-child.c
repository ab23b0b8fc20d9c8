/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "helpers.h"
#include "suite.h"

/* Where an item waits for ever, and where none does: a slow machine is not late. */
#define IFX_TEST_PATIENCE 1000
#define IFX_TEST_PATIENCE_LONG 30000

/* More than a pipe holds. */
#define IFX_TEST_LENGTH 200000

/* Each letter is an item: 'a' answers, 's' waits for ever and no signal but SIGKILL ends it, 'x'
 * ends the child, 'l' answers at length, 'e' answers nothing. What comes of it is written as a row
 * of 'A', 'S' (late) and 'X'. */
typedef struct {
    const char *items;
    GString *came;
} ifxTestRow;

static void
ifxTestAsk(void *opaque,
           guint item,
           GString *answer)
{
    const ifxTestRow *row = opaque;
    sigset_t all;
    int file;

    switch (row->items[item]) {
    case 's':
        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        for (;;)
            pause();
    case 'x':
        /* What the caller sees of an end; valgrind would look for leaks in one that is real. */
        for (file = STDERR_FILENO + 1; file < 1024; file++)
            close(file);
        for (;;)
            pause();
    case 'l':
        g_string_append_printf(answer, "%-*u", IFX_TEST_LENGTH, item);
        break;
    case 'a':
        g_string_append_printf(answer, "%u", item);
    }
}

static void
ifxTestTake(void *opaque,
            guint item,
            ifxChildState state,
            const char *answer,
            gsize length)
{
    ifxTestRow *row = opaque;

    ck_assert_uint_eq(item, row->came->len);
    ck_assert_uint_eq(strlen(answer), length);
    if (state == IFX_CHILD_ANSWERED && row->items[item] != 'e')
        ck_assert_uint_eq((guint) atoi(answer), item);
    else
        ck_assert_uint_eq(length, 0);
    if (row->items[item] == 'l')
        ck_assert_uint_eq(length, IFX_TEST_LENGTH);
    g_string_append_c(row->came, "ASX"[state]);
}

/* What comes of the items; how many milliseconds it takes. */
static char *
ifxTestRun(const char *items,
           guint tries,
           guint *took)
{
    ifxTestRow row = { .items = items, .came = g_string_new(NULL) };
    const ifxChildWork work = {
        .ask = ifxTestAsk,
        .take = ifxTestTake,
        .opaque = &row,
        .patience = strchr(items, 's') ? IFX_TEST_PATIENCE : IFX_TEST_PATIENCE_LONG,
        .tries = tries,
    };
    const gint64 begun = g_get_monotonic_time();

    ifxChildRun(&work, (guint) strlen(items));
    *took = (guint) ((g_get_monotonic_time() - begun) / 1000);
    return g_string_free(row.came, FALSE);
}

static const struct {
    const char *items;
    guint tries;
    const char *came;
} rows[] = {
    { "", 1, "" },
    { "a", 1, "A" },
    { "e", 1, "A" },
    { "aaelaaaaaelaa", 1, "AAAAAAAAAAAAA" },
    { "x", 1, "X" },
    { "axa", 2, "AXA" },
    { "axxa", 1, "AXSS" },
    { "s", 1, "S" },
    { "asa", 2, "ASA" },
    { "asaasa", 2, "ASAASS" },
    { "lsl", 3, "ASA" },
};

START_TEST(each_item_is_answered_late_or_failed)
{
    guint took;
    g_autofree char *came = ifxTestRun(rows[_i].items, rows[_i].tries, &took);

    ck_assert_str_eq(came, rows[_i].came);
}
END_TEST

START_TEST(nobody_waits_longer_than_the_limits)
{
    guint took;
    g_autofree char *came = ifxTestRun("assssssssssssssssssss", 2, &took);

    ck_assert_str_eq(came, "ASSSSSSSSSSSSSSSSSSSS");
    ck_assert_uint_ge(took, 2 * IFX_TEST_PATIENCE);
    /* The third is that of the child that keeps answers back; the rest is for a slow machine. */
    ck_assert_uint_le(took, 10 * IFX_TEST_PATIENCE);
}
END_TEST

/* A program that reads what the tool prints sees the end of it, whatever the child does. */
START_TEST(the_child_holds_no_output)
{
    guint took;
    int ends[2];
    char byte;
    const int output = dup(STDOUT_FILENO);

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(output, 0);
    ck_assert_int_ge(dup2(ends[1], STDOUT_FILENO), 0);
    g_free(ifxTestRun("s", 1, &took));
    dup2(output, STDOUT_FILENO);
    close(output);
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}
END_TEST

Suite *
ifxSuiteChild(void)
{
    Suite *suite = suite_create("child");
    TCase *tests = tcase_create("child");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, each_item_is_answered_late_or_failed, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tests, nobody_waits_longer_than_the_limits);
    tcase_add_test(tests, the_child_holds_no_output);
    suite_add_tcase(suite, tests);
    return suite;
}
