/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/diff.h"
#include "xml/edit.h"
#include "helpers.h"
#include "suite.h"

typedef struct {
    gsize offset;
    gsize removed;
    const char *inserted;   /* NULL ends the list */
} ifxTestEdit;

typedef struct {
    const char *text;
    ifxTestEdit edits[4];
    const char *diff;       /* behind the two header lines; "": none at all */
} ifxTestDiff;

static char *
ifxTestWriteDiff(const ifxTestDiff *test,
                 const char *name)
{
    g_autoptr(GArray) edits = ifxEditsNew();
    GString *out = g_string_new("");
    size_t i;

    for (i = 0; test->edits[i].inserted; i++)
        ifxEditsAdd(edits, test->edits[i].offset, test->edits[i].removed,
                    g_strdup(test->edits[i].inserted));
    ifxDiffWrite(edits, test->text, strlen(test->text), name, out);
    return g_string_free(out, FALSE);
}

#define IFX_TEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
/* Line n of these begins at 2 * (n - 1), for n up to 10. */
#define IFX_TWENTY IFX_TEN "11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n"

static const ifxTestDiff diffs[] = {
    { IFX_TEN, { { 0 } }, "" },
    /* In the middle, in front of line 6 */
    { IFX_TEN, { { 10, 0, "new\n" } },
      "@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n" },
    /* As insertions behind an element stand: a line break first */
    { IFX_TEN, { { 9, 0, "\nnew" } },
      "@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n" },
    { IFX_TEN, { { 9, 0, "\nnew\nnewer" } },
      "@@ -3,6 +3,8 @@\n 3\n 4\n 5\n+new\n+newer\n 6\n 7\n 8\n" },
    /* Within a line */
    { IFX_TEN, { { 9, 0, "x" } },
      "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5x\n 6\n 7\n 8\n" },
    { IFX_TEN, { { 8, 0, "x" }, { 9, 0, "y" } },
      "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x5y\n 6\n 7\n 8\n" },
    { IFX_TEN, { { 8, 2, "" } },
      "@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-5\n 6\n 7\n 8\n" },
    { IFX_TEN, { { 8, 4, "x\n" } },
      "@@ -2,8 +2,7 @@\n 2\n 3\n 4\n-5\n-6\n+x\n 7\n 8\n 9\n" },
    /* An edit that changes nothing, or something that comes to the same */
    { IFX_TEN, { { 8, 1, "5" } }, "" },
    { IFX_TEN, { { 8, 0, "" } }, "" },
    /* At the start */
    { IFX_TEN, { { 0, 0, "new\n" } },
      "@@ -1,3 +1,4 @@\n+new\n 1\n 2\n 3\n" },
    { IFX_TEN, { { 2, 0, "new\n" } },
      "@@ -1,4 +1,5 @@\n 1\n+new\n 2\n 3\n 4\n" },
    { IFX_TEN, { { 0, 1, "x" } },
      "@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n" },
    /* At the end, with and without a final line break */
    { IFX_TEN, { { 21, 0, "new\n" } },
      "@@ -8,3 +8,4 @@\n 8\n 9\n 10\n+new\n" },
    { IFX_TEN, { { 21, 0, "new" } },
      "@@ -8,3 +8,4 @@\n 8\n 9\n 10\n+new\n\\ No newline at end of file\n" },
    { "1\n2\n3\n4\n5", { { 9, 0, "\nnew" } },
      "@@ -2,4 +2,5 @@\n 2\n 3\n 4\n-5\n\\ No newline at end of file\n"
      "+5\n+new\n\\ No newline at end of file\n" },
    { "1\n2\n3\n4\n5", { { 9, 0, "\n" } },
      "@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n\\ No newline at end of file\n+5\n" },
    { "1\n2\n3\n4\n5\n", { { 9, 1, "" } },
      "@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n+5\n\\ No newline at end of file\n" },
    { "1\n2\n3\n4\n5", { { 6, 0, "new\n" } },
      "@@ -1,5 +1,6 @@\n 1\n 2\n 3\n+new\n 4\n 5\n\\ No newline at end of file\n" },
    { "1\n2\n3\n4\n5", { { 0, 0, "new\n" } },
      "@@ -1,3 +1,4 @@\n+new\n 1\n 2\n 3\n" },
    /* One line alone, and none */
    { "<a><b/></a>\n", { { 7, 0, "<n/>" } },
      "@@ -1 +1 @@\n-<a><b/></a>\n+<a><b/><n/></a>\n" },
    { "<a><b/></a>", { { 7, 0, "<n/>" } },
      "@@ -1 +1 @@\n-<a><b/></a>\n\\ No newline at end of file\n"
      "+<a><b/><n/></a>\n\\ No newline at end of file\n" },
    { "a\n", { { 0, 2, "" } }, "@@ -1 +0,0 @@\n-a\n" },
    { "", { { 0, 0, "a\n" } }, "@@ -0,0 +1 @@\n+a\n" },
    /* Six lines between two changes: their contexts touch, one hunk */
    { IFX_TWENTY, { { 4, 0, "a\n" }, { 16, 0, "b\n" } },
      "@@ -1,11 +1,13 @@\n 1\n 2\n+a\n 3\n 4\n 5\n 6\n 7\n 8\n+b\n 9\n 10\n 11\n" },
    /* Seven: two hunks, the second is shifted by the first */
    { IFX_TWENTY, { { 4, 0, "a\nb\n" }, { 18, 0, "c\n" } },
      "@@ -1,5 +1,7 @@\n 1\n 2\n+a\n+b\n 3\n 4\n 5\n"
      "@@ -7,6 +9,7 @@\n 7\n 8\n 9\n+c\n 10\n 11\n 12\n" },
    { IFX_TWENTY, { { 0, 2, "" }, { 48, 0, "c\n" } },
      "@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -17,4 +16,5 @@\n 17\n 18\n 19\n+c\n 20\n" },
    { IFX_TWENTY, { { 4, 0, "a\n" }, { 10, 0, "b\n" }, { 48, 0, "c\n" } },
      "@@ -1,8 +1,10 @@\n 1\n 2\n+a\n 3\n 4\n 5\n+b\n 6\n 7\n 8\n"
      "@@ -17,4 +19,5 @@\n 17\n 18\n 19\n+c\n 20\n" },
    /* CRLF is part of the line. */
    { "1\r\n2\r\n3\r\n", { { 4, 0, "\r\nnew" } },
      "@@ -1,3 +1,4 @@\n 1\r\n 2\r\n+new\r\n 3\r\n" },
    { "1\r\n2\r\n3\r\n", { { 4, 1, "" } },
      "@@ -1,3 +1,3 @@\n 1\r\n-2\r\n+2\n 3\r\n" },
};

START_TEST(diff_is_what_diff_u_writes)
{
    g_autofree char *diff = ifxTestWriteDiff(&diffs[_i], "vm.xml");
    g_autofree char *expected = *diffs[_i].diff ?
        g_strconcat("--- vm.xml\n+++ vm.xml\n", diffs[_i].diff, NULL) : g_strdup("");

    ck_assert_str_eq(diff, expected);
}
END_TEST

START_TEST(two_edits_at_the_end_of_the_last_line_are_one_change)
{
    static const ifxTestDiff test = { "1\n2", { { 3, 0, "x" }, { 3, 0, "y" } }, NULL };
    g_autofree char *diff = ifxTestWriteDiff(&test, "f");

    ck_assert_str_eq(diff, "--- f\n+++ f\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n"
                     "+2xy\n\\ No newline at end of file\n");
}
END_TEST

START_TEST(diff_is_appended)
{
    g_autoptr(GArray) edits = ifxEditsNew();
    g_autoptr(GString) out = g_string_new("before\n");

    ifxEditsAdd(edits, 0, 0, g_strdup("x\n"));
    ifxDiffWrite(edits, "a\n", 2, "f", out);
    ck_assert_str_eq(out->str, "before\n--- f\n+++ f\n@@ -1 +1,2 @@\n+x\n a\n");
}
END_TEST

START_TEST(bytes_behind_the_length_are_not_read)
{
    g_autoptr(GArray) edits = ifxEditsNew();
    g_autoptr(GString) out = g_string_new(NULL);

    ifxEditsAdd(edits, 1, 0, g_strdup("x"));
    ifxDiffWrite(edits, "a\nb\nno", 3, "f", out);
    ck_assert_str_eq(out->str, "--- f\n+++ f\n@@ -1,2 +1,2 @@\n-a\n+ax\n b\n"
                     "\\ No newline at end of file\n");
}
END_TEST

typedef struct {
    const char *name;
    const char *printed;
} ifxTestName;

static const ifxTestName names[] = {
    { "vm.xml", "vm.xml" },
    { "etc/libvirt/qemu/vm.xml", "etc/libvirt/qemu/vm.xml" },
    { "my vm.xml", "my vm.xml\t" },
    { "gr\303\274n.xml", "gr\303\274n.xml" },
    { "it's.xml", "it's.xml" },
    { "a\"b.xml", "\"a\\\"b.xml\"" },
    { "a\\b.xml", "\"a\\\\b.xml\"" },
    { "a\tb\nc.xml", "\"a\\011b\\012c.xml\"" },
    { "\033[31m\177", "\"\\033[31m\\177\"" },
    { "a \"b\"", "\"a \\\"b\\\"\"" },
};

START_TEST(odd_names_are_quoted_as_patch_reads_them)
{
    static const ifxTestDiff test = { "a\n", { { 0, 0, "x\n" } }, NULL };
    g_autofree char *diff = ifxTestWriteDiff(&test, names[_i].name);
    g_autofree char *expected = g_strdup_printf("--- %s\n+++ %s\n@@ -1 +1,2 @@\n+x\n a\n",
                                                names[_i].printed, names[_i].printed);

    ck_assert_str_eq(diff, expected);
}
END_TEST

typedef struct {
    const char *path;
    const char *directory;
    const char *name;
    bool outside;
} ifxTestPlace;

static const ifxTestPlace places[] = {
    { "vm.xml", "/a/b", "vm.xml", false },
    { "./vm.xml", "/a/b", "vm.xml", false },
    { "sub/vm.xml", "/a/b", "sub/vm.xml", false },
    { "sub/../vm.xml", "/a/b", "vm.xml", false },
    { "/a/b/vm.xml", "/a/b", "vm.xml", false },
    { "/a/b//sub/./vm.xml", "/a/b", "sub/vm.xml", false },
    { "../b/vm.xml", "/a/b", "vm.xml", false },
    { "../vm.xml", "/a/b", "a/vm.xml", true },
    { "/etc/vm.xml", "/a/b", "etc/vm.xml", true },
    /* /a/bc is not in /a/b. */
    { "/a/bc/vm.xml", "/a/b", "a/bc/vm.xml", true },
    { "../bc", "/a/b", "a/bc", true },
    { "/a/b", "/a/b", "a/b", true },
    { "/a", "/a/b", "a", true },
    { "vm.xml", "/", "vm.xml", false },
    { "/etc/vm.xml", "/", "etc/vm.xml", false },
    { "../../vm.xml", "/a", "vm.xml", true },
    { "//etc/vm.xml", "/a/b", "etc/vm.xml", true },
};

START_TEST(name_is_relative_to_the_folder_or_to_the_root)
{
    const ifxTestPlace *place = &places[_i];
    gboolean outside = !place->outside;
    g_autofree char *name = ifxDiffName(place->path, place->directory, &outside);

    ck_assert_str_eq(name, place->name);
    ck_assert_int_eq(outside, place->outside);
}
END_TEST

Suite *
ifxSuiteDiff(void)
{
    Suite *suite = suite_create("diff");
    TCase *text = tcase_create("text");
    TCase *name = tcase_create("name");

    tcase_add_loop_test(text, diff_is_what_diff_u_writes, 0, G_N_ELEMENTS(diffs));
    tcase_add_test(text, two_edits_at_the_end_of_the_last_line_are_one_change);
    tcase_add_test(text, diff_is_appended);
    tcase_add_test(text, bytes_behind_the_length_are_not_read);
    suite_add_tcase(suite, text);

    tcase_add_loop_test(name, odd_names_are_quoted_as_patch_reads_them, 0, G_N_ELEMENTS(names));
    tcase_add_loop_test(name, name_is_relative_to_the_folder_or_to_the_root,
                        0, G_N_ELEMENTS(places));
    suite_add_tcase(suite, name);
    return suite;
}
