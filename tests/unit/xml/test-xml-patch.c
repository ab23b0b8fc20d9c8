/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-xml-patch.h"

START_TEST(name_outside_ascii_needs_utf_8)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result =
        ifxTestPatch("<?xml version='1.0' encoding='ISO-8859-1'?><a x='\351'/>",
                     "<diff><add sel='/a'><m/><n\303\251/></add></diff>", &error);

    ck_assert_ptr_null(result);
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_nonnull(strstr(error->message, "instruction 1"));
    ifxAssertError(error, IFX_ERROR_PATCH, "n\303\251");
}
END_TEST

static const ifxTestAdd removals[] = {
    /* An element takes its line along. */
    { "<a>\n  <b/>\n  <c>\n    <d/>\n  </c>\n  <e/>\n</a>\n", "<diff><remove sel='/a/c'/></diff>",
      "<a>\n  <b/>\n  <e/>\n</a>\n" },
    { "<a>\n  <b/>\n</a>\n", "<diff><remove sel='/a/b'/></diff>", "<a>\n</a>\n" },
    { "<a>\r\n\t<b/>\r\n\t<c/>\r\n</a>", "<diff><remove sel='/a/b'/></diff>",
      "<a>\r\n\t<c/>\r\n</a>" },
    { "<a>\n  <b/>\n  <b/>\n  <b/>\n</a>",
      "<diff><remove sel='/a/b[3]'/><remove sel='/a/b[2]'/></diff>", "<a>\n  <b/>\n</a>" },
    /* A line that it shares stays. */
    { "<a><b/><c/></a>", "<diff><remove sel='/a/b'/></diff>", "<a><c/></a>" },
    { "<a>\n  <b/><c/>\n</a>", "<diff><remove sel='/a/b'/></diff>", "<a>\n  <c/>\n</a>" },
    { "<a>\n  <b/><c/>\n</a>", "<diff><remove sel='/a/c'/></diff>", "<a>\n  <b/>\n</a>" },
    { "<a>\n  <b/> <!-- c -->\n</a>", "<diff><remove sel='/a/b'/></diff>",
      "<a>\n   <!-- c -->\n</a>" },
    /* Beside what is added: behind the neighbours and as the last child */
    { "<a>\n  <b/>\n  <c/>\n  <d/>\n</a>",
      "<diff><add sel='/a/d' pos='before'><o/></add><remove sel='/a/c'/>"
      "<add sel='/a/b' pos='after'><n/></add></diff>",
      "<a>\n  <b/>\n  <n/>\n  <o/>\n  <d/>\n</a>" },
    { "<a>\n  <b/>\n  <c/>\n</a>", "<diff><remove sel='/a/c'/><add sel='/a'><n/></add></diff>",
      "<a>\n  <b/>\n  <n/>\n</a>" },
    { "<a>\n  <c/>\n</a>", "<diff><remove sel='/a/c'/><add sel='/a'><n/></add></diff>",
      "<a>\n  <n/>\n</a>" },
    { "<a>\n  <c/>\n</a>",
      "<diff><remove sel='/a/c'/><add sel='/a' pos='prepend'><n/></add></diff>",
      "<a>\n  <n/>\n</a>" },
    { "<a><c/></a>", "<diff><remove sel='/a/c'/><add sel='/a'><n/></add></diff>", "<a><n/></a>" },
    /* The text of an element that is removed goes, its parent's stays. */
    { "<a>x<b>y</b>z</a>", "<diff><remove sel='/a/b'/></diff>", "<a>xz</a>" },
};

START_TEST(element_that_is_removed_takes_its_line_along)
{
    ifxAssertPatched(&removals[_i]);
}
END_TEST

static const ifxTestAdd attributes[] = {
    /* Replaced: between the quotes that are there */
    { "<a x='1' y=\"2\"/>", "<diff><replace sel='/a/@y'>it's &quot;3&quot;</replace></diff>",
      "<a x='1' y=\"it's &quot;3&quot;\"/>" },
    { "<a x = '1'/>", "<diff><replace sel='/a/@x'></replace></diff>", "<a x = ''/>" },
    { "<a x='1'/>", "<diff><replace sel='/a/@x'>&lt;&amp;>\n<![CDATA[<]]></replace></diff>",
      "<a x='&lt;&amp;&gt;&#xa;&lt;'/>" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a x='\351'/>",
      "<diff><replace sel='/a/@x'>\303\251</replace></diff>",
      "<?xml version='1.0' encoding='ISO-8859-1'?><a x='&#xe9;'/>" },
    { "<a q:x='1' x='2' xmlns:q='urn:q'/>", "<diff><replace sel='/a/@x'>3</replace></diff>",
      "<a q:x='1' x='3' xmlns:q='urn:q'/>" },
    /* Added: behind the last one, in its quotes */
    { "<a x=\"1\"></a>", "<diff><add sel='/a' type='@y'>2</add></diff>",
      "<a x=\"1\" y=\"2\"></a>" },
    { "<a/>", "<diff><add sel='/a' type='@y'>2</add></diff>", "<a y='2'/>" },
    { "<a />", "<diff><add sel='/a' type='@y'/></diff>", "<a y='' />" },
    { "<a\n  x='1'\n/>", "<diff><add sel='/a' type='@y'>2</add></diff>", "<a\n  x='1' y='2'\n/>" },
    { "<a x='1'/>",
      "<diff><add sel='/a' type='@z'>3</add><add sel='/a' type='@y'>2</add></diff>",
      "<a x='1' z='3' y='2'/>" },
    { "<a q:y='1' xmlns:q='urn:q'/>", "<diff><add sel='/a' type='@y'>2</add></diff>",
      "<a q:y='1' xmlns:q='urn:q' y='2'/>" },
    /* Removed, with the white space before it */
    { "<a x='1'  y='2' z='3'/>", "<diff><remove sel='/a/@y'/></diff>", "<a x='1' z='3'/>" },
    { "<a x='1'/>", "<diff><remove sel='/a/@x'/></diff>", "<a/>" },
    { "<a x='1' y='2' z='3'/>",
      "<diff><remove sel='/a/@y'/><remove sel='/a/@z'/><remove sel='/a/@x'/></diff>", "<a/>" },
    /* Together, and with their element's own instruction */
    { "<a x='1' y='2' z='3'/>",
      "<diff><remove sel='/a/@z'/><add sel='/a' type='@n'>4</add>"
      "<replace sel='/a/@x'>5</replace><add sel='/a'><m/></add></diff>",
      "<a x='5' y='2' n='4'><m/></a>" },
    { "<a/>", "<diff><add sel='/a' type='@n'>4</add><add sel='/a'><m/></add></diff>",
      "<a n='4'><m/></a>" },
    { "<a>\n  <b/>\n</a>",
      "<diff><add sel='/a/b' type='@n'>4</add><add sel='/a/b' pos='after'><m/></add></diff>",
      "<a>\n  <b n='4'/>\n  <m/>\n</a>" },
};

START_TEST(attributes_are_added_replaced_and_removed)
{
    ifxAssertPatched(&attributes[_i]);
}
END_TEST

START_TEST(attribute_outside_ascii_needs_utf_8)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result =
        ifxTestPatch("<?xml version='1.0' encoding='ISO-8859-1'?><a x='\351'/>",
                     "<diff><add sel='/a' type='@n\303\251'>1</add></diff>", &error);

    ck_assert_ptr_null(result);
    ifxAssertError(error, IFX_ERROR_PATCH, "n\303\251");
}
END_TEST

typedef struct {
    const char *first;
    const char *second;
    const char *result;     /* NULL: refused */
    const char *message;
} ifxTestJoin;

static const ifxTestJoin joins[] = {
    { "<diff><add sel='/a/c' pos='after'><n/></add></diff>",
      "<diff><replace sel='/a/c/@x'>2</replace><add sel='/a/b' type='@y'>3</add></diff>",
      "<a><b y='3'/><c x='2'/><n/></a>", NULL },
    { "<diff><add sel='/a/b' type='@y'>3</add></diff>",
      "<diff><remove sel='/a/c'/><add sel='/a'><n/></add></diff>",
      "<a><b y='3'/><n/></a>", NULL },
    { "<diff/>", "<diff><remove sel='/a/c'/></diff>", "<a><b/></a>", NULL },
    { "<diff><remove sel='/a/c'/></diff>", "<diff/>", "<a><b/></a>", NULL },
    { "<diff><remove sel='/a/c'/></diff>", "<diff><remove sel='/a/c'/></diff>", NULL,
      "the patches of two stylesheets conflict: instruction 1 has the same target" },
    { "<diff><remove sel='/a/c'/></diff>", "<diff><replace sel='/a/c/@x'>2</replace></diff>", NULL,
      "it removes what instruction 1 changes" },
    { "<diff><replace sel='/a/c/@x'>2</replace></diff>", "<diff><remove sel='/a/c'/></diff>", NULL,
      "it removes what instruction 1 changes" },
    { "<diff><replace sel='/a/c/@x'>2</replace></diff>", "<diff><remove sel='/a/c/@x'/></diff>",
      NULL, "has the same target" },
};

START_TEST(patches_of_two_stylesheets_are_joined)
{
    const ifxTestJoin *join = &joins[_i];
    const char *xml = "<a><b/><c x='1'/></a>";
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    g_autoptr(xmlDoc) first = ifxTestReadPatch(join->first);
    g_autoptr(xmlDoc) second = ifxTestReadPatch(join->second);
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(first, text, NULL);
    g_autoptr(ifxXmlPatch) other = ifxXmlPatchRead(second, text, NULL);
    g_autoptr(GArray) edits = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    if (!join->result) {
        ck_assert(!ifxXmlPatchJoin(patch, other, &error));
        ifxAssertError(error, IFX_ERROR_PATCH, join->message);
        return;
    }
    ck_assert(ifxXmlPatchJoin(patch, other, &error));
    edits = ifxXmlPatchEditsNew(patch, &error);
    ifxAssertNoError(error);
    bytes = ifxEditsApply(edits, xml, strlen(xml));
    ck_assert_uint_eq(g_bytes_get_size(bytes), strlen(join->result));
    ck_assert_mem_eq(g_bytes_get_data(bytes, NULL), join->result, strlen(join->result));
    ck_assert(ifxXmlPatchVerify(patch, bytes, &error));
}
END_TEST

typedef struct {
    const char *patch;
    guint instruction;      /* 0: the message names none */
    const char *message;
} ifxTestBadPatch;

#define IFX_GOOD "<add sel='/a/d' pos='after'><n/></add>"

static const ifxTestBadPatch bad_patches[] = {
    { "<patch><add sel='/a'><n/></add></patch>", 0, "the patch's root is <patch>, not <diff>" },
    { "<diff xmlns='urn:ietf:params:xml:schema:patch-ops'/>", 0, "not <diff>" },
    { "<diff>" IFX_GOOD "<change sel='/a/b[1]'/></diff>", 2, "<change> is no instruction" },
    { "<diff><x:add xmlns:x='urn:x' sel='/a'><n/></x:add></diff>", 1, "<add> is no instruction" },
    { "<diff>text</diff>", 1, "only instructions are allowed here" },
    { "<diff><?pi?></diff>", 1, "only instructions are allowed here" },
    { "<diff><add sel='/a' ws='both'><n/></add></diff>", 1, "<add> has only: sel, pos, type" },
    { "<diff><add sel='/a' xmlns:x='urn:x' x:pos='after'><n/></add></diff>", 1, "attribute 'pos'" },
    { "<diff><add sel='/a' pos='inside'><n/></add></diff>", 1, "pos='inside'" },
    { "<diff><add sel='/a' pos=''><n/></add></diff>", 1, "pos=''" },
    { "<diff><add sel='/a' pos='append'><n/></add></diff>", 1, "pos='append'" },
    { "<diff>" IFX_GOOD "<add><n/></add></diff>", 2, "it has no sel" },
    { "<diff>" IFX_GOOD "<add sel='/a/x'><n/></add></diff>", 2, "'/a/x' matches nothing" },
    { "<diff><add sel='/a/b[3]'><n/></add></diff>", 1, "'/a/b[3]' matches nothing" },
    { "<diff><add sel='/a/b'><n/></add></diff>", 1, "'/a/b' matches several elements" },
    { "<diff><add sel='/a/b[1]/@x'><n/></add></diff>", 1, "added to an attribute" },
    { "<diff><add sel='//b[1]'><n/></add></diff>", 1, "'//b[1]' is not of the form" },
    { "<diff><add sel=''><n/></add></diff>", 1, "'' is not of the form" },
    { "<diff><add sel='/a'>text</add></diff>", 1, "only elements can be inserted" },
    { "<diff><add sel='/a'><n/>text</add></diff>", 1, "only elements can be inserted" },
    { "<diff><add sel='/a'><!-- c --><n/></add></diff>", 1, "only elements can be inserted" },
    { "<diff><add sel='/a'><?pi?><n/></add></diff>", 1, "only elements can be inserted" },
    { "<diff><add sel='/a'/></diff>", 1, "it inserts nothing" },
    { "<diff><add sel='/a'> \n </add></diff>", 1, "it inserts nothing" },
    { "<diff><add sel='/a' pos='before'><n/></add></diff>", 1, "beside the root" },
    { "<diff>" IFX_GOOD "<add sel='/a' pos='after'><n/></add></diff>", 2, "beside the root" },
    /* Order: from the end to the start, one a target */
    { "<diff><add sel='/a/b[1]'><n/></add><add sel='/a/b[2]'><n/></add></diff>", 2,
      "is not before that of instruction 1" },
    { "<diff><add sel='/a'><n/></add><add sel='/a/d'><n/></add></diff>", 2,
      "is not before that of instruction 1" },
    { "<diff>" IFX_GOOD "<add sel='/a/b[2]'><n/></add>"
      "<add sel='/a/b[2]/c' pos='after'><n/></add></diff>",
      3, "is not before that of instruction 2" },
    { "<diff>" IFX_GOOD "<add sel='/a/d' pos='before'><n/></add></diff>", 2, "only one is allowed" },
    { "<diff><replace sel='/a/b[1]/@x'>2</replace><remove sel='/a/b[1]/@x'/></diff>", 2,
      "only one is allowed" },
    { "<diff><add sel='/a' type='@y'/><add sel='/a' type='@z'/><add sel='/a' type='@y'/></diff>",
      3, "instruction 1 has the same target" },
    { "<diff><add sel='/a/b[1]' pos='after'><n/></add><remove sel='/a/b[1]/@x'/></diff>", 2,
      "is not before that of instruction 1" },
    { "<diff><remove sel='/a/b[2]/c'/><remove sel='/a/b[2]'/></diff>", 2,
      "it removes what instruction 1 changes" },
    { "<diff><remove sel='/a/b[1]/@x'/><remove sel='/a/b[1]'/></diff>", 2,
      "it removes what instruction 1 changes" },
    /* Attributes */
    { "<diff><add sel='/a/b[1]' type='@x'>2</add></diff>", 1,
      "already has an attribute 'x': use <replace>" },
    { "<diff><add sel='/a' type='x'>2</add></diff>", 1, "type='x' is not of the form @name" },
    { "<diff><add sel='/a' type='@'>2</add></diff>", 1, "type='@'" },
    { "<diff><add sel='/a' type='@x:y'>2</add></diff>", 1, "type='@x:y'" },
    { "<diff><add sel='/a' type='@xmlns'>urn:x</add></diff>", 1, "type='@xmlns'" },
    { "<diff><add sel='/a' type='namespace::x'>urn:x</add></diff>", 1, "type='namespace::x'" },
    { "<diff><add sel='/a' type='@y' pos='after'>2</add></diff>", 1, "pos is only for elements" },
    { "<diff><add sel='/a' type='@y'><n/></add></diff>", 1, "must be text" },
    { "<diff><replace sel='/a'><n/></replace></diff>", 1, "only an attribute can be replaced" },
    { "<diff><replace sel='/a/@x'>2</replace></diff>", 1, "'/a/@x' matches nothing" },
    { "<diff><replace sel='/a/b/@x'>2</replace></diff>", 1, "'/a/b' matches several" },
    { "<diff><replace sel='/a/b[1]/@x'><n/></replace></diff>", 1, "must be text" },
    { "<diff><replace sel='/a/b[1]/@x'>2<!-- c --></replace></diff>", 1, "must be text" },
    { "<diff><replace sel='/a/b[1]/@x' pos='after'>2</replace></diff>", 1,
      "<replace> has only: sel" },
    { "<diff><replace sel='/a/b[1]/@x/@y'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace sel='/a/b[1]/@'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace sel='/@x'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace>2</replace></diff>", 1, "it has no sel" },
    /* Removal */
    { "<diff><remove sel='/a'/></diff>", 1, "the root element cannot be removed" },
    { "<diff><remove sel='/a/d'>text</remove></diff>", 1, "<remove> must be empty" },
    { "<diff><remove sel='/a/d' ws='after'/></diff>", 1, "<remove> has only: sel" },
    { "<diff><remove sel='/a/d/@x'/></diff>", 1, "'/a/d/@x' matches nothing" },
    { "<diff><remove/></diff>", 1, "it has no sel" },
    /* Found when it is written */
    { "<diff><add sel='/a'><n><!-- c --></n></add></diff>", 1, "not comments" },
    { "<diff>" IFX_GOOD "<add sel='/a'><n><?pi?></n></add></diff>", 2, "or processing instructions" },
};

START_TEST(patch_outside_the_rules_names_the_instruction)
{
    const ifxTestBadPatch *bad = &bad_patches[_i];
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestPatch("<a>\n <b x='1'/>\n <b>\n  <c/>\n </b>\n <d/>\n</a>\n",
                                           bad->patch, &error);

    ck_assert_ptr_null(result);
    ck_assert_ptr_nonnull(error);
    if (bad->instruction > 0) {
        g_autofree char *prefix = g_strdup_printf("instruction %u of the patch: ",
                                                  bad->instruction);

        ck_assert_msg(g_str_has_prefix(error->message, prefix), "%s", error->message);
    } else {
        ck_assert_ptr_null(strstr(error->message, "instruction"));
    }
    ifxAssertError(error, IFX_ERROR_PATCH, bad->message);
}
END_TEST

START_TEST(empty_patch_document_is_an_error)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a/>");
    g_autoptr(xmlDoc) doc = xmlNewDoc(BAD_CAST "1.0");
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxXmlPatchRead(doc, text, &error));
    ifxAssertError(error, IFX_ERROR_PATCH, "not <diff>");
}
END_TEST

START_TEST(edits_are_places_in_the_original)
{
    const char *xml = "<a>\n  <b/>\n  <c/>\n</a>\n";
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    g_autoptr(xmlDoc) doc =
        ifxTestReadPatch("<diff><add sel='/a/c'><n/></add>"
                         "<add sel='/a/b' pos='after'><m/></add></diff>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(GArray) edits = ifxXmlPatchEditsNew(patch, NULL);
    const ifxEdit *edit;

    ck_assert_uint_eq(edits->len, 2);
    edit = &g_array_index(edits, ifxEdit, 0);
    ck_assert_uint_eq(edit->offset, 10);
    ck_assert_uint_eq(edit->removed, 0);
    ck_assert_str_eq(edit->inserted, "\n  <m/>");
    edit = &g_array_index(edits, ifxEdit, 1);
    ck_assert_uint_eq(edit->offset, 15);
    ck_assert_uint_eq(edit->removed, 2);
    ck_assert_str_eq(edit->inserted, ">\n    <n/>\n  </c>");
}
END_TEST

START_TEST(edits_at_one_place_take_effect_in_their_order)
{
    g_autoptr(GArray) edits = ifxEditsNew();
    g_autoptr(GBytes) bytes = NULL;

    ifxEditsAdd(edits, 0, 0, g_strdup("1"));
    ifxEditsAdd(edits, 0, 1, g_strdup("2"));
    ifxEditsAdd(edits, 2, 2, g_strdup(""));
    ifxEditsAdd(edits, 5, 0, g_strdup("3"));
    ifxEditsAdd(edits, 5, 0, g_strdup("4"));
    bytes = ifxEditsApply(edits, "abcde", 5);
    ck_assert_uint_eq(g_bytes_get_size(bytes), 6);
    ck_assert_mem_eq(g_bytes_get_data(bytes, NULL), "12be34", 6);
}
END_TEST

Suite *
ifxSuiteXmlPatch(void)
{
    Suite *suite = suite_create("xml-patch");
    TCase *add = tcase_create("add");
    TCase *change = tcase_create("change");
    TCase *refusal = tcase_create("refusal");

    tcase_add_test(add, edits_are_places_in_the_original);
    tcase_add_test(add, edits_at_one_place_take_effect_in_their_order);
    suite_add_tcase(suite, add);

    tcase_add_loop_test(change, element_that_is_removed_takes_its_line_along,
                        0, G_N_ELEMENTS(removals));
    tcase_add_loop_test(change, attributes_are_added_replaced_and_removed,
                        0, G_N_ELEMENTS(attributes));
    tcase_add_loop_test(change, patches_of_two_stylesheets_are_joined, 0, G_N_ELEMENTS(joins));
    suite_add_tcase(suite, change);

    tcase_add_loop_test(refusal, patch_outside_the_rules_names_the_instruction,
                        0, G_N_ELEMENTS(bad_patches));
    tcase_add_test(refusal, empty_patch_document_is_an_error);
    tcase_add_test(refusal, name_outside_ascii_needs_utf_8);
    tcase_add_test(refusal, attribute_outside_ascii_needs_utf_8);
    suite_add_tcase(suite, refusal);
    return suite;
}
