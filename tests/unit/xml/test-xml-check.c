/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-xml-text.h"
#include "xml/xml-text-internal.h"

typedef struct {
    const char *bytes;
    gsize length;           /* 0: up to the NUL */
    const char *message;
} ifxTestRefusal;

static const ifxTestRefusal refusals[] = {
    { "<!DOCTYPE a><a/>", 0, "there is a DOCTYPE" },
    { "<!DOCTYPE a [<!ENTITY e '<b/>'>]>\n<a>&e;</a>", 0, "there is a DOCTYPE" },
    { "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 0,
      "line 2: there is a DOCTYPE" },
    { "\377\376<\0a\0/\0>\0", 10, "UTF-16" },
    { "\376\377\0<\0a\0/\0>", 10, "UTF-16" },
    { "<\0a\0/\0>\0", 8, "UTF-16" },
    { "\0<\0a\0/\0>", 8, "UTF-16" },
    { "<a>\0</a>", 8, "NUL byte at offset 3" },
    { "<a/>\n\0", 6, "NUL byte at offset 5" },
    { "<a/><b/>", 0, "line 1: " },
    { "<a/>text", 0, "line 1: " },
    { "text<a/>", 0, "line 1: " },
    { "text", 0, "line 1: " },
    { " \n ", 0, "line " },
    { "<a>", 0, "line 1: " },
    { "<a>\n<b>\n</a>", 0, "line 3: " },
    { "<a", 0, "line 1: " },
    { "<a x", 0, "line 1: " },
    { "<a x=", 0, "line 1: " },
    { "<a x='1", 0, "line 1: " },
    { "<a x='1'", 0, "line 1: " },
    { "<a><!-- ", 0, "line 1: " },
    { "<a><![CDATA[ ", 0, "line 1: " },
    { "<a><? ", 0, "line 1: " },
    { "<a></a", 0, "line 1: " },
    { "<a><b/", 0, "line 1: " },
    { "<a><", 0, "line 1: " },
    { "</a>", 0, "line 1: " },
    { "<a></a></a>", 0, "line 1: " },
    { "<a x='1' x='2'/>", 0, "x" },
    { "<a x=1/>", 0, "line 1: " },
    { "<a x='<'/>", 0, "line 1: " },
    { "<a>&nosuch;</a>", 0, "nosuch" },
    { "<a>\n&nosuch;</a>", 0, "line 2: " },
    { "<a>& </a>", 0, "line 1: " },
    { "<a>]]></a>", 0, "line 1: " },
    { "<a><!-- -- --></a>", 0, "line 1: " },
    { "<a>\001</a>", 0, "line 1: " },
    { "<a>\377</a>", 0, "line 1: " },
    { "<a x='\300\257'/>", 0, "line 1: " },
    { "<?xml version='1.0' encoding='ISO-8859-1'?", 0, "line 1: " },
    { "<1/>", 0, "line 1: " },
    { "< a/>", 0, "line 1: " },
    { "<a><!ELEMENT b></a>", 0, "line 1: " },
    { "<?xml version='1.0' encoding='no-such-thing'?><a/>", 0, "no-such-thing" },
};

START_TEST(what_is_no_plain_xml_is_refused)
{
    const ifxTestRefusal *refusal = &refusals[_i];
    const gsize length = refusal->length ? refusal->length : strlen(refusal->bytes);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestParse(refusal->bytes, length, &error));
    ifxAssertError(error, IFX_ERROR_XML, refusal->message);
}
END_TEST

START_TEST(empty_document_is_refused)
{
    g_autoptr(GBytes) none = g_bytes_new(NULL, 0);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxXmlTextParse(none, &error));
    ifxAssertError(error, IFX_ERROR_XML, "it is empty");
}
END_TEST

START_TEST(mismatched_tags_are_told_in_the_words_of_libxml2)
{
    const char *xml = "<a>\n  <b>\n  </c>\n</a>\n";
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestParse(xml, strlen(xml), &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_nonnull(strstr(error->message, "mismatch"));
    ifxAssertError(error, IFX_ERROR_XML, "line 3: ");
}
END_TEST

/* Every prefix of a document is an error, and none reads past its end. */
START_TEST(truncated_documents_are_refused)
{
    const char *xml =
        "<?xml version='1.0'?><!-- c --><a x='1' y=\"2\"><![CDATA[t]]><b>u&amp;</b><?p i?><c/></a>";
    gsize length;

    for (length = 0; length < strlen(xml); length++) {
        /* A block of just that size: ASan sees a byte too many. */
        g_autofree char *copy = g_memdup2(xml, length);
        g_autoptr(GBytes) bytes = g_bytes_new_static(copy, length);
        g_autoptr(GError) error = NULL;
        g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, &error);

        ck_assert_msg(!text, "%.*s", (int) length, xml);
        ck_assert_msg(g_error_matches(error, IFX_ERROR, IFX_ERROR_XML), "%.*s",
                      (int) length, xml);
    }
}
END_TEST

/* Well-formed for libxml2, but what it reads are not the bytes' own tags. */
static const ifxTestRefusal disagreements[] = {
    /* +ADw- and +AD4- are < and > */
    { "<?xml version='1.0' encoding='UTF-7'?>\n<a>+ADw-hostdev/+AD4-</a>", 0, "UTF-8" },
    { "<?xml version='1.0' encoding='UTF-7'?>\n<a x='1' +AHk-='2'/>", 0, "UTF-8" },
};

START_TEST(document_that_two_readers_read_differently_is_refused)
{
    const ifxTestRefusal *refusal = &disagreements[_i];
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestParse(refusal->bytes, strlen(refusal->bytes), &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, refusal->message);
}
END_TEST

/* A reading of a document's table, in which @content or @end of the second element is moved. */
static bool
ifxTestCheckMoved(const char *bytes,
                  gsize content,
                  gsize end,
                  GError **error)
{
    g_autoptr(ifxXmlSax) sax = ifxXmlSaxNew();
    GStringChunk *strings = g_string_chunk_new(64);
    g_autofree char *encoding = NULL;
    ifxXmlTable table;
    bool same;

    ifxXmlTableInit(&table, strlen(bytes));
    ck_assert(ifxXmlTableScan(&table, bytes, strlen(bytes), NULL));
    table.elements[1].content += content;
    table.elements[1].end += end;
    same = ifxXmlCheckTable(&table, sax, bytes, strlen(bytes), strings, &encoding, error);
    ifxXmlTableClear(&table);
    g_string_chunk_free(strings);
    return same;
}

/* Byte order mark, declaration, line breaks, two spellings of an empty element. */
static const char *const counted[] = {
    "<a>\n<b x='&lt;' >t</b >\n</a>",
    "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\r\n<a>\r\n<b\r\n/>\r\n</a>\r\n",
    "<?xml version='1.0' encoding='UTF-8'?><!-- \xc3\xa4 --><a>\xc3\xa4&#xe4;<b></b></a>",
};

START_TEST(libxml2_counts_the_bytes_of_utf_8)
{
    g_autoptr(GError) content = NULL;
    g_autoptr(GError) end = NULL;

    ck_assert(ifxTestCheckMoved(counted[_i], 0, 0, NULL));
    ck_assert(!ifxTestCheckMoved(counted[_i], 1, 0, &content));
    ifxAssertError(content, IFX_ERROR_MISMATCH, "element 2 differently");
    ck_assert(!ifxTestCheckMoved(counted[_i], 0, 1, &end));
    ifxAssertError(end, IFX_ERROR_MISMATCH, "element 2 differently");
}
END_TEST

START_TEST(bytes_of_other_encodings_are_not_counted)
{
    ck_assert(ifxTestCheckMoved("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4<b/></a>",
                                1, 1, NULL));
}
END_TEST

/* The two bytes "<!" are one Japanese character: no table can be made of it. */
static const ifxTestRefusal unscannable[] = {
    { "<?xml version='1.0' encoding='ISO-2022-JP'?>\n<a>\033$B<!\033(B</a>", 0,
      "line 2: a <! starts neither a comment nor a CDATA section" },
    { "<?xml version='1.0' encoding='ISO-2022-JP'?>\n<a>\033$B<a\033(B<b/></a>", 0,
      "line 2: a start tag is broken" },
};

START_TEST(document_that_cannot_be_split_into_tags_is_refused)
{
    const ifxTestRefusal *refusal = &unscannable[_i];
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestParse(refusal->bytes, strlen(refusal->bytes), &error));
    ifxAssertError(error, IFX_ERROR_XML, refusal->message);
}
END_TEST

static char *
ifxTestNested(guint levels)
{
    GString *xml = g_string_new(NULL);
    guint i;

    for (i = 0; i < levels; i++)
        g_string_append(xml, "<a>");
    for (i = 0; i < levels; i++)
        g_string_append(xml, "</a>");
    return g_string_free(xml, FALSE);
}

START_TEST(three_hundred_levels_are_an_error)
{
    g_autofree char *deep = ifxTestNested(300);
    g_autofree char *abyss = ifxTestNested(100000);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestParse(deep, strlen(deep), &error));
    ifxAssertError(error, IFX_ERROR_XML, "line 1: ");
    ck_assert_ptr_null(ifxTestParse(abyss, strlen(abyss), &error));
    ifxAssertError(error, IFX_ERROR_XML, "line 1: ");
}
END_TEST

START_TEST(two_hundred_levels_are_read)
{
    g_autofree char *deep = ifxTestNested(200);
    g_autoptr(ifxXmlText) text = ifxTestText(deep);

    ck_assert_uint_eq(ifxXmlTextGetCount(text), 200);
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 199)->depth, 199);
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 199)->start, 199 * strlen("<a>"));
}
END_TEST

Suite *
ifxSuiteXmlCheck(void)
{
    Suite *suite = suite_create("xml-check");
    TCase *refusal = tcase_create("refusal");

    tcase_add_loop_test(refusal, what_is_no_plain_xml_is_refused, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(refusal, empty_document_is_refused);
    tcase_add_test(refusal, mismatched_tags_are_told_in_the_words_of_libxml2);
    tcase_add_test(refusal, truncated_documents_are_refused);
    tcase_add_loop_test(refusal, document_that_two_readers_read_differently_is_refused,
                        0, G_N_ELEMENTS(disagreements));
    tcase_add_loop_test(refusal, libxml2_counts_the_bytes_of_utf_8, 0, G_N_ELEMENTS(counted));
    tcase_add_test(refusal, bytes_of_other_encodings_are_not_counted);
    tcase_add_loop_test(refusal, document_that_cannot_be_split_into_tags_is_refused,
                        0, G_N_ELEMENTS(unscannable));
    tcase_add_test(refusal, three_hundred_levels_are_an_error);
    tcase_add_test(refusal, two_hundred_levels_are_read);
    suite_add_tcase(suite, refusal);
    return suite;
}
