/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-xml-patch.h"

#define IFX_KEPT \
    "<a v='1' u='3' xmlns:q='urn:q' xmlns:p='urn:p&amp;' xmlns:u='urn:u' p:w='4'\n" \
    "  xmlns:t='urn:q' q:z='5'>\n" \
    "  <b w='2'>text<!-- c --></b>\n  <q:c/>\n"
#define IFX_VERIFIED IFX_KEPT "  <n x='1' r:y='2' xmlns:r='urn:r'>new<r:m/></n>\n</a>\n"

static const char verified_patch[] =
    "<diff><add sel='/a'><n x='1' r:y='2' xmlns:r='urn:r'>new<r:m/></n></add></diff>";

typedef struct {
    const char *from;
    const char *to;
} ifxTestTamper;

static ifxXmlText *
ifxTestTampered(const ifxTestTamper *tamper)
{
    const char *whole = IFX_VERIFIED;
    const char *at = strstr(whole, tamper->from);
    g_autofree char *xml = NULL;

    ck_assert_ptr_nonnull(at);
    xml = g_strdup_printf("%.*s%s%s", (int) (at - whole), whole, tamper->to,
                          at + strlen(tamper->from));
    return ifxTestText(xml);
}

static bool
ifxTestVerify(const ifxTestTamper *tamper,
              GError **error)
{
    g_autoptr(ifxXmlText) text = ifxTestText(IFX_KEPT "</a>\n");
    g_autoptr(xmlDoc) doc = ifxTestReadPatch(verified_patch);
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(ifxXmlText) result = ifxTestTampered(tamper);

    ck_assert_ptr_nonnull(patch);
    return ifxXmlPatchVerify(patch, ifxXmlTextGetData(result), error);
}

static const ifxTestTamper harmless[] = {
    { "", "" },
    { "\n  <n ", "<n " },
    { "w='2'>", "w = \"2\" >\n" },
    { "urn:p&amp;", "urn:p&#38;" },
    { "u='3' xmlns:q='urn:q'", "xmlns:q='urn:q' u='3'" },
    { ">text<", ">\n te xt <" },
    { "x='1' r:y", "x='&#49;' r:y" },
    { ">new<", "><![CDATA[new]]><" },
    { "<q:c/>", "<q:c></q:c>" },
};

START_TEST(spelling_and_white_space_are_not_compared)
{
    g_autoptr(GError) error = NULL;

    ck_assert(ifxTestVerify(&harmless[_i], &error));
    ifxAssertNoError(error);
}
END_TEST

static const ifxTestTamper harmful[] = {
    /* The original's part */
    { "v='1'", "v='2'" },
    { "v='1'", "v='1 '" },
    { "v='1'", "vv='1'" },
    { "v='1' ", "" },
    { "v='1'", "v='1' z=''" },
    { "w='2'", "w=''" },
    { "<b w='2'>text<!-- c --></b>", "<B w='2'>text<!-- c --></B>" },
    { "<b w='2'>text<!-- c --></b>\n  <q:c/>", "<q:c/>\n  <b w='2'>text<!-- c --></b>" },
    { "<b w='2'>text<!-- c --></b>", "" },
    { "<b w='2'>", "<b xmlns='urn:b' w='2'>" },
    { "v='1'", "v='1'  xmlns:s='urn:s'" },
    { "v='1' u='3'", "u='3' v='1'" },
    { "xmlns:q='urn:q'", "xmlns:q='urn:p'" },
    { "xmlns:q='urn:q' xmlns:p='urn:p&amp;'", "xmlns:p='urn:p&amp;' xmlns:q='urn:q'" },
    { "xmlns:q='urn:q' xmlns:p='urn:p&amp;'", "xmlns:q='urn:q'" },
    { "xmlns:p='urn:p&amp;'", "xmlns:p='urn:p'" },
    { "xmlns:u='urn:u'", "xmlns:u='urn:v'" },
    { "xmlns:u='urn:u'", "xmlns:v='urn:u'" },
    { "xmlns:u='urn:u'", "xmlns='urn:u'" },
    { "xmlns:u='urn:u'", "xmlns:u='urn:u' xmlns:v='urn:v'" },
    { "xmlns:p='urn:p&amp;'", "xmlns:s='urn:p&amp;'" },
    { "p:w='4'", "q:w='4'" },
    { "p:w='4'", "w='4'" },
    { "q:z='5'", "t:z='5'" },
    { "<q:c/>", "<t:c/>" },
    { ">text<", ">texts<" },
    { ">text<", "><" },
    { "<!-- c -->", "" },
    { "<!-- c -->", "<!-- d -->" },
    { "<!-- c -->", "c" },
    { "<q:c/>", "" },
    { "<q:c/>", "<c/>" },
    { "<q:c/>", "<q:d/>" },
    { "<q:c/>", "<q:c/><q:c/>" },
    { "<q:c/>", "<q:c><q:c/></q:c>" },
    { "<q:c/>", "<q:c>t</q:c>" },
    { "</b>\n  <q:c/>", "<q:c/></b>" },
    { "</a>", "stray</a>" },
    /* The inserted part */
    { "x='1' r:y", "x='2' r:y" },
    { "x='1' r:y", "r:y" },
    { "x='1' r:y='2'", "x='1'" },
    { "x='1' r:y='2'", "r:y='2' x='1'" },
    { "<r:m/>", "<s:m xmlns:s='urn:r'/>" },
    { "x='1' r:y", "z='1' r:y" },
    { "x='1' r:y", "x='1' z='' r:y" },
    { "r:y='2' xmlns", "r:y='3' xmlns" },
    { "urn:r", "urn:s" },
    { ">new<", ">old<" },
    { ">new<", "><" },
    { "<r:m/>", "" },
    { "<r:m/>", "<r:m/><r:m/>" },
    { "<r:m/>", "<m/>" },
    { "<r:m/>", "<r:m>t</r:m>" },
    { "<r:m/>", "<r:m z=''/>" },
    { "<n ", "<o/><n " },
    { "</n>", "</n><o/>" },
    { "<n x='1' r:y='2' xmlns:r='urn:r'>new<r:m/></n>", "" },
    { "</b>\n  <q:c/>\n  <n x='1' r:y='2' xmlns:r='urn:r'>new<r:m/></n>",
      "</b>\n  <n x='1' r:y='2' xmlns:r='urn:r'>new<r:m/></n><q:c/>" },
};

START_TEST(result_that_was_tampered_with_is_a_mismatch)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxTestVerify(&harmful[_i], &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, "is not the original with the patch applied");
}
END_TEST

/* Of <a xmlns:q='urn:q' x='1' y='2'><b/><c/></a>: what a result must not be. */
static const char *const changed_otherwise[] = {
    "<a xmlns:q='urn:q' x='1' n='4'><c/></a>",          /* not replaced */
    "<a xmlns:q='urn:q' x='3' y='2' n='4'><c/></a>",    /* not removed */
    "<a xmlns:q='urn:q' x='3'><c/></a>",                /* not added */
    "<a xmlns:q='urn:q' x='3' n='5'><c/></a>",          /* added otherwise */
    "<a xmlns:q='urn:q' x='3' m='4'><c/></a>",
    "<a xmlns:q='urn:q' x='3' q:n='4'><c/></a>",
    "<a xmlns:q='urn:q' n='4' x='3'><c/></a>",
    "<a xmlns:q='urn:q' x='3' n='4' o='5'><c/></a>",
    "<a xmlns:q='urn:q' x='3' n='4'><b/><c/></a>",      /* the element is still there */
    "<a xmlns:q='urn:q' x='3' n='4'><b/></a>",          /* the other one is gone */
    "<a xmlns:q='urn:q' x='3' n='4'/>",
    "<a xmlns:q='urn:q' x='3' n='4'><c/><c/></a>",
};

START_TEST(result_without_the_change_is_a_mismatch)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a xmlns:q='urn:q' x='1' y='2'><b/><c/></a>");
    g_autoptr(xmlDoc) doc =
        ifxTestReadPatch("<diff><remove sel='/a/b'/><replace sel='/a/@x'>3</replace>"
                         "<remove sel='/a/@y'/><add sel='/a' type='@n'>4</add></diff>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(ifxXmlText) good = ifxTestText("<a xmlns:q='urn:q' x='3' n='4'><c/></a>");
    g_autoptr(ifxXmlText) bad = ifxTestText(changed_otherwise[_i]);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(patch);
    ck_assert(ifxXmlPatchVerify(patch, ifxXmlTextGetData(good), &error));
    ifxAssertNoError(error);
    ck_assert(!ifxXmlPatchVerify(patch, ifxXmlTextGetData(bad), &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, "is not the original with the patch applied");
}
END_TEST

START_TEST(result_that_is_not_well_formed_is_an_error)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><b/></a>");
    g_autoptr(xmlDoc) doc = ifxTestReadPatch("<diff/>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(GBytes) result = g_bytes_new_static("<a><b/>", 7);
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxXmlPatchVerify(patch, result, &error));
    ifxAssertError(error, IFX_ERROR_XML, "cannot read the result again: line 1");
}
END_TEST

START_TEST(namespace_of_an_inserted_attribute_is_compared)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a/>");
    g_autoptr(xmlDoc) doc =
        ifxTestReadPatch("<diff><add sel='/a'><n r:y='2' xmlns:r='urn:r'/></add></diff>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(ifxXmlText) result = ifxTestText("<a><n xmlns:r='urn:s' r:y='2'/></a>");
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxXmlPatchVerify(patch, ifxXmlTextGetData(result), &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, "element 2");
}
END_TEST

START_TEST(empty_patch_changes_nothing_else_either)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><b/></a>");
    g_autoptr(xmlDoc) doc = ifxTestReadPatch("<diff/>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(GArray) edits = ifxXmlPatchEditsNew(patch, NULL);
    g_autoptr(ifxXmlText) same = ifxTestText("<a> <b></b>\n</a>");
    g_autoptr(ifxXmlText) other = ifxTestText("<a><b/><c/></a>");
    g_autoptr(GError) error = NULL;

    ck_assert_uint_eq(edits->len, 0);
    ck_assert(ifxXmlPatchVerify(patch, ifxXmlTextGetData(same), &error));
    ifxAssertNoError(error);
    ck_assert(!ifxXmlPatchVerify(patch, ifxXmlTextGetData(other), &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, "differs");
}
END_TEST

Suite *
ifxSuiteXmlPatchVerify(void)
{
    Suite *suite = suite_create("xml-patch-verify");
    TCase *verify = tcase_create("verify");

    tcase_add_loop_test(verify, spelling_and_white_space_are_not_compared,
                        0, G_N_ELEMENTS(harmless));
    tcase_add_loop_test(verify, result_that_was_tampered_with_is_a_mismatch,
                        0, G_N_ELEMENTS(harmful));
    tcase_add_loop_test(verify, result_without_the_change_is_a_mismatch,
                        0, G_N_ELEMENTS(changed_otherwise));
    tcase_add_test(verify, namespace_of_an_inserted_attribute_is_compared);
    tcase_add_test(verify, result_that_is_not_well_formed_is_an_error);
    tcase_add_test(verify, empty_patch_changes_nothing_else_either);
    suite_add_tcase(suite, verify);
    return suite;
}
