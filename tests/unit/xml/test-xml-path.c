/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "xml/xml-text.h"

START_TEST(path_of_every_element_leads_back_to_it)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<domain><name>n</name><devices><disk><source/></disk><hostdev/>"
                    "<x/><hostdev><source><address/><address/></source></hostdev></devices>"
                    "<devices><hostdev/></devices><o.s-2_><g\303\251/></o.s-2_></domain>");
    static const char *const expected[] = {
        "/domain",
        "/domain/name",
        "/domain/devices[1]",
        "/domain/devices[1]/disk",
        "/domain/devices[1]/disk/source",
        "/domain/devices[1]/hostdev[1]",
        "/domain/devices[1]/x",
        "/domain/devices[1]/hostdev[2]",
        "/domain/devices[1]/hostdev[2]/source",
        "/domain/devices[1]/hostdev[2]/source/address[1]",
        "/domain/devices[1]/hostdev[2]/source/address[2]",
        "/domain/devices[2]",
        "/domain/devices[2]/hostdev",
        "/domain/o.s-2_",
        "/domain/o.s-2_/g\303\251",
    };
    guint i;

    ck_assert_uint_eq(ifxXmlTextGetCount(text), G_N_ELEMENTS(expected));
    for (i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *path = ifxXmlPathFormat(text, i);
        g_autoptr(GError) error = NULL;

        ck_assert_str_eq(path, expected[i]);
        ck_assert_uint_eq(ifxXmlPathResolve(text, path, strlen(path), &error), i);
        ifxAssertNoError(error);
    }
}
END_TEST

START_TEST(namespaced_siblings_do_not_count_in_paths)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a><q:b xmlns:q='urn:q'/><b xmlns='urn:q'/><b/></a>");
    g_autofree char *other = ifxXmlPathFormat(text, 2);
    g_autofree char *path = ifxXmlPathFormat(text, 3);

    ck_assert_str_eq(other, "/a/b");
    ck_assert_str_eq(path, "/a/b");
    ck_assert_uint_eq(ifxXmlPathResolve(text, "/a/b[1]", 7, NULL), 3);
    ck_assert_uint_eq(ifxXmlPathResolve(text, "/a/b[2]", 7, NULL), IFX_XML_NONE);
}
END_TEST

START_TEST(path_has_a_length_and_needs_no_nul)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><b/><bc/></a>");

    ck_assert_uint_eq(ifxXmlPathResolve(text, "/a/bc/d", 4, NULL), 1);
    ck_assert_uint_eq(ifxXmlPathResolve(text, "/a/bc/d", 5, NULL), 2);
}
END_TEST

typedef struct {
    const char *path;
    const char *message;
} ifxTestPath;

static const ifxTestPath bad_paths[] = {
    { "/a/b", "'/a/b' matches several elements" },
    { "/a/b/c", "'/a/b/c' matches several elements" },
    { "/a/b[3]", "'/a/b[3]' matches nothing" },
    { "/a/b[999999999]", "matches nothing" },
    { "/b", "'/b' matches nothing" },
    { "/a[2]", "'/a[2]' matches nothing" },
    { "/a/B[1]", "matches nothing" },
    { "/a/bb", "matches nothing" },
    { "", "'' is not of the form" },
    { "/", "'/' is not of the form" },
    { "a", "'a' is not of the form" },
    { "a/d", "is not of the form" },
    { "//d", "'//d' is not of the form" },
    { "/a//d", "is not of the form" },
    { "/a/d/", "is not of the form" },
    { "/a/b[0]", "'/a/b[0]' is not of the form" },
    { "/a/b[]", "is not of the form" },
    { "/a/b[-1]", "is not of the form" },
    { "/a/b[1", "is not of the form" },
    { "/a/b[1]x", "is not of the form" },
    { "/a/b[1][1]", "is not of the form" },
    { "/a/b[last()]", "is not of the form" },
    { "/a/b[4294967297]", "is not of the form" },
    { "/a/d[@x='1']", "is not of the form" },
    { "/a/d/@x", "is not of the form" },
    { "/a/@x", "is not of the form" },
    { "/a/*", "is not of the form" },
    { "/a/..", "matches nothing" },
    { "/a/q:b", "is not of the form" },
    { "/a/d/text()", "is not of the form" },
    { "id('x')", "is not of the form" },
    { " /a", "is not of the form" },
    { "/a ", "is not of the form" },
    { "/a/d|/a/b[1]", "is not of the form" },
};

START_TEST(path_that_names_not_one_element_is_refused)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><b/><b><c/></b><d x='1'/></a>");
    g_autoptr(GError) error = NULL;

    ck_assert_uint_eq(ifxXmlPathResolve(text, bad_paths[_i].path, strlen(bad_paths[_i].path),
                                        &error), IFX_XML_NONE);
    ifxAssertError(error, IFX_ERROR_PATCH, bad_paths[_i].message);
}
END_TEST

Suite *
ifxSuiteXmlPath(void)
{
    Suite *suite = suite_create("xml-path");
    TCase *path = tcase_create("path");

    tcase_add_test(path, path_of_every_element_leads_back_to_it);
    tcase_add_test(path, namespaced_siblings_do_not_count_in_paths);
    tcase_add_test(path, path_has_a_length_and_needs_no_nul);
    tcase_add_loop_test(path, path_that_names_not_one_element_is_refused,
                        0, G_N_ELEMENTS(bad_paths));
    suite_add_tcase(suite, path);
    return suite;
}
