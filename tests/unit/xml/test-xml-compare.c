/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "xml/xml-compare.h"

typedef struct {
    const char *before;
    const char *after;
    const char *gone;       /* its path; NULL: all is kept */
} ifxTestKept;

static void
ifxAssertKept(const ifxTestKept *test)
{
    g_autoptr(ifxXmlText) before = ifxTestText(test->before);
    g_autoptr(ifxXmlText) after = ifxTestText(test->after);
    g_autoptr(GError) error = NULL;
    const bool kept = ifxXmlCompare(before, after, &error);
    g_autofree char *message = NULL;

    ck_assert(kept == !error);
    if (!test->gone) {
        ifxAssertNoError(error);
        return;
    }
    ck_assert_msg(error != NULL, "nothing is gone, %s should be", test->gone);
    message = g_strdup_printf("%s is gone or has changed", test->gone);
    ck_assert_str_eq(error->message, message);
    ifxAssertError(error, IFX_ERROR_MISMATCH, test->gone);
}

#define IFX_NS " xmlns:q='http://q'"

static const ifxTestKept additions[] = {
    { "<a/>", "<a/>", NULL },
    { "<a/>", "<a x='1'><b/></a>", NULL },
    { "<a x='1'/>", "<a y='2' x=\"1\"/>", NULL },
    { "<a><b/><d/></a>", "<a><z/><b><i/></b><c/><d/><d/></a>", NULL },
    /* A new sibling in front that looks alike at its start tag, or wholly */
    { "<a><b><c x='1'/></b></a>", "<a><b><c x='2'/></b><b><c x='1'/></b></a>", NULL },
    { "<a><b/><c/></a>", "<a><b/><b/><c/></a>", NULL },
    { "<a><b><c/></b><b/></a>", "<a><b><c/><d/></b><b><d/></b></a>", NULL },
    /* The first of two is what the second must not take. */
    { "<a><b/><b x='1'/></a>", "<a><b x='1'/><b x='1'/></a>", NULL },
    { "<a>\n  <b>  t  </b>\n</a>", "<a><b>t</b></a>", NULL },
    /* libvirt sorts by kind: a hostdev that was put behind the balloon comes back before it. */
    { "<a><m/><h x='1'/><h x='2'/></a>", "<a><h x='1'/><h x='2'/><m/></a>", NULL },
    { "<a><b x='1'/><c/><b x='2'/></a>", "<a><b x='1'/><b x='2'/><c/></a>", NULL },
    /* It sorts controllers at the next parse. */
    { "<a><b x='1'/><b x='2'/></a>", "<a><b x='2'/><b x='1'/></a>", NULL },
    { "<a><b x='1'/><c/><b x='2'/><b x='3'/></a>", "<a><b x='3'/><b x='1'/><c/><b x='2'/></a>", NULL },
    { "<a> </a>", "<a>t</a>", NULL },
    { "<a>x&lt;y</a>", "<a><![CDATA[x<y]]></a>", NULL },
    { "<a>t</a>", "<a>t<!-- c --></a>", NULL },
    { "<a><!-- c --><?p i?></a>", "<a/>", NULL },
};

START_TEST(what_is_added_takes_nothing_away)
{
    ifxAssertKept(&additions[_i]);
}
END_TEST

static const ifxTestKept losses[] = {
    { "<a/>", "<b/>", "/a" },
    { "<a x='1'/>", "<a/>", "/a" },
    { "<a x='1'/>", "<a x='2'/>", "/a" },
    { "<a x='1'/>", "<a x='12'/>", "/a" },
    { "<a x='1'/>", "<a xx='1'/>", "/a" },
    { "<a x=''/>", "<a/>", "/a" },
    { "<a><b/></a>", "<a/>", "/a/b" },
    { "<a><b/></a>", "<a><c/></a>", "/a/b" },
    { "<a><b/><b/></a>", "<a><b/></a>", "/a/b[2]" },
    { "<a>t</a>", "<a>u</a>", "/a" },
    { "<a>t</a>", "<a/>", "/a" },
    { "<a>t</a>", "<a>t<b/></a>", "/a" },
    { "<a>t u</a>", "<a>t  u</a>", "/a" },
    /* Moved to another parent */
    { "<a><b><c/></b><d/></a>", "<a><b/><d><c/></d></a>", "/a/b/c" },
    { "<a><b/></a>", "<a><c><b/></c></a>", "/a/b" },
    /* Two can't be one. */
    { "<a><b x='1'/><b y='2'/></a>", "<a><b x='1' y='2'/></a>", "/a/b[2]" },
};

START_TEST(what_is_gone_or_changed_is_named)
{
    ifxAssertKept(&losses[_i]);
}
END_TEST

static const ifxTestKept nested[] = {
    { "<a><b><c><d x='1'/></c></b></a>", "<a><b><c><d x='2'/></c></b></a>", "/a/b/c/d" },
    { "<a><b><c/><d/></b></a>", "<a><b><c/></b></a>", "/a/b/d" },
    /* Of several that look alike the one that has most of it tells what it lacks. */
    { "<a><h><s x='1'/></h><h><s x='2'/><r/></h></a>",
      "<a><h><s x='1'/></h><h><s x='2'/></h><h><s x='3'/></h></a>", "/a/h[2]/r" },
    { "<a><h><s x='1'/></h><h><s x='2'/></h></a>", "<a><h><s x='1'/></h></a>", "/a/h[2]" },
};

START_TEST(change_deep_inside_is_named_by_its_own_path)
{
    ifxAssertKept(&nested[_i]);
}
END_TEST

static const ifxTestKept namespaces[] = {
    /* Declared and not used: it may go. */
    { "<a" IFX_NS "/>", "<a/>", NULL },
    { "<a xmlns:q='http://q' xmlns:r='http://r'><q:b/></a>", "<a" IFX_NS "><q:b/></a>", NULL },
    /* Another prefix, another place of the declaration: the same name */
    { "<a" IFX_NS "><q:b q:x='1'/></a>", "<a><r:b xmlns:r='http://q' r:x='1'/></a>", NULL },
    { "<a" IFX_NS "><q:b/></a>", "<a><b xmlns='http://q'/></a>", NULL },
    /* The same prefix, another name */
    { "<a" IFX_NS "><q:b/></a>", "<a xmlns:q='http://r'><q:b/></a>", "/a/q:b" },
    { "<a><b/></a>", "<a><b xmlns='http://q'/></a>", "/a/b" },
    { "<a" IFX_NS "><b q:x='1'/></a>", "<a xmlns:q='http://r'><b q:x='1'/></a>", "/a/b" },
    { "<a" IFX_NS "><b q:x='1'/></a>", "<a><b x='1'/></a>", "/a/b" },
    { "<a><b x='1'/></a>", "<a" IFX_NS "><b q:x='1'/></a>", "/a/b" },
    /* One local name twice */
    { "<a" IFX_NS " x='1' q:x='2'/>", "<a" IFX_NS " q:x='2' x='1'/>", NULL },
    { "<a" IFX_NS " x='1' q:x='2'/>", "<a" IFX_NS " x='1' q:x='3'/>", "/a" },
};

START_TEST(names_are_compared_by_namespace)
{
    ifxAssertKept(&namespaces[_i]);
}
END_TEST

START_TEST(elements_are_compared_wherever_they_stand)
{
    g_autoptr(ifxXmlText) before = ifxTestText("<a><b x='1'><c/></b></a>");
    g_autoptr(ifxXmlText) after = ifxTestText("<z><y><b x='1'><c/></b></y><b x='1'/><b/></z>");
    guint gone = 99;

    ck_assert(ifxXmlCompareElements(before, 1, after, 2, &gone));
    ck_assert_uint_eq(gone, 99);
    ck_assert(!ifxXmlCompareElements(before, 1, after, 4, &gone));
    ck_assert_uint_eq(gone, 2);
    ck_assert(!ifxXmlCompareElements(before, 1, after, 5, &gone));
    ck_assert_uint_eq(gone, 1);
    ck_assert(!ifxXmlCompareElements(before, 1, after, 5, NULL));
}
END_TEST

Suite *
ifxSuiteXmlCompare(void)
{
    Suite *suite = suite_create("xml-compare");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, what_is_added_takes_nothing_away, 0, G_N_ELEMENTS(additions));
    tcase_add_loop_test(all, what_is_gone_or_changed_is_named, 0, G_N_ELEMENTS(losses));
    tcase_add_loop_test(all, change_deep_inside_is_named_by_its_own_path,
                        0, G_N_ELEMENTS(nested));
    tcase_add_loop_test(all, names_are_compared_by_namespace, 0, G_N_ELEMENTS(namespaces));
    tcase_add_test(all, elements_are_compared_wherever_they_stand);
    suite_add_tcase(suite, all);
    return suite;
}
