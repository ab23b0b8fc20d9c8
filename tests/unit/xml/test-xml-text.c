/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-xml-text.h"
#include "xml/xml-text-internal.h"

static void
ifxAssertSpan(const ifxXmlText *text,
              gsize start,
              gsize end,
              const char *expected)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    g_autofree char *span = NULL;

    ck_assert_uint_le(start, end);
    ck_assert_uint_le(end, length);
    span = g_strndup(bytes + start, end - start);
    ck_assert_str_eq(span, expected);
}

static void
ifxAssertElement(const ifxXmlText *text,
                 guint element,
                 const char *whole,
                 const char *content)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, element);

    ifxAssertSpan(text, e->start, e->end, whole);
    ifxAssertSpan(text, e->content, e->content_end, content);
}

START_TEST(spans_are_byte_offsets)
{
    /*                  0         1         2         3
     *                  0123456789012345678901234567890123456 */
    const char *xml = "<a x='1'>t<b  y = \"2\" />\n<c>u</c ></a>\n";
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    const ifxXmlElement *a = ifxXmlTextGetElement(text, 0);
    const ifxXmlElement *b = ifxXmlTextGetElement(text, 1);
    const ifxXmlElement *c = ifxXmlTextGetElement(text, 2);
    const ifxXmlAttribute *y = ifxXmlTextGetAttributes(text, b);

    ck_assert_uint_eq(ifxXmlTextGetCount(text), 3);

    ck_assert_uint_eq(a->start, 0);
    ck_assert_uint_eq(a->content, 9);
    ck_assert_uint_eq(a->content_end, 34);
    ck_assert_uint_eq(a->end, 38);
    ck_assert_uint_eq(a->parent, IFX_XML_NONE);
    ck_assert_uint_eq(a->past, 3);
    ck_assert_uint_eq(a->depth, 0);
    ck_assert(!a->empty_tag);

    ck_assert_uint_eq(b->start, 10);
    ck_assert_uint_eq(b->content, 24);
    ck_assert_uint_eq(b->content_end, 24);
    ck_assert_uint_eq(b->end, 24);
    ck_assert_uint_eq(b->parent, 0);
    ck_assert_uint_eq(b->past, 2);
    ck_assert_uint_eq(b->depth, 1);
    ck_assert(b->empty_tag);

    ck_assert_uint_eq(b->n_attributes, 1);
    ck_assert_uint_eq(y->name, 14);
    ck_assert_uint_eq(y->name_length, 1);
    ck_assert_uint_eq(y->value, 19);
    ck_assert_uint_eq(y->raw_length, 1);
    ck_assert_int_eq(y->quote, '"');

    ck_assert_uint_eq(c->start, 25);
    ck_assert_uint_eq(c->content, 28);
    ck_assert_uint_eq(c->content_end, 29);
    ck_assert_uint_eq(c->end, 34);
    ck_assert_uint_eq(c->past, 3);
    ck_assert_ptr_null(ifxXmlTextGetAttributes(text, c));
}
END_TEST

START_TEST(bytes_and_data_are_lent_unchanged)
{
    const char *xml = "<a>\r\n</a>\r\n";
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, NULL);
    gsize length = 0;

    ck_assert_ptr_nonnull(text);
    ck_assert_mem_eq(ifxXmlTextGetBytes(text, &length), xml, strlen(xml));
    ck_assert_uint_eq(length, strlen(xml));
    ck_assert(g_bytes_equal(ifxXmlTextGetData(text), bytes));
    ck_assert_ptr_nonnull(ifxXmlTextGetBytes(text, NULL));
}
END_TEST

START_TEST(relations_follow_the_document)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a><b><c/><d><e/></d></b><f/><b><c/></b></a>");
    static const guint parents[] = { IFX_XML_NONE, 0, 1, 1, 3, 0, 0, 6 };
    static const guint pasts[] = { 8, 5, 3, 5, 5, 6, 8, 8 };
    static const guint depths[] = { 0, 1, 2, 2, 3, 1, 1, 2 };
    guint i;

    ck_assert_uint_eq(ifxXmlTextGetCount(text), G_N_ELEMENTS(parents));
    for (i = 0; i < G_N_ELEMENTS(parents); i++) {
        const ifxXmlElement *e = ifxXmlTextGetElement(text, i);

        ck_assert_uint_eq(e->parent, parents[i]);
        ck_assert_uint_eq(e->past, pasts[i]);
        ck_assert_uint_eq(e->depth, depths[i]);
    }
}
END_TEST

START_TEST(next_child_walks_children_of_that_name_only)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a><b/><c><b/></c><x:b xmlns:x='urn:x'/><b/><bb/></a>");

    ck_assert_uint_eq(ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "b"), 1);
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 0, 1, "b"), 5);
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 0, 5, "b"), IFX_XML_NONE);
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 2, IFX_XML_NONE, "b"), 3);
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 1, IFX_XML_NONE, "b"), IFX_XML_NONE);
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "z"), IFX_XML_NONE);
}
END_TEST

START_TEST(name_is_lent_as_written)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><x:b xmlns:x='urn:x' c=''/></a>");
    gsize length = 0;
    const char *name = ifxXmlTextGetName(text, ifxXmlTextGetElement(text, 1), &length);

    ck_assert_uint_eq(length, 3);
    ck_assert_mem_eq(name, "x:b", 3);
}
END_TEST

START_TEST(markup_in_attribute_values_ends_no_tag)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a x='1>2/>' y=\"it's\"><b z='\"--&gt;]]>'/></a>");

    ck_assert_uint_eq(ifxXmlTextGetCount(text), 2);
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "1>2/>");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "y"), "it's");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 1, "z"), "\"-->]]>");
    ifxAssertElement(text, 1, "<b z='\"--&gt;]]>'/>", "");
}
END_TEST

START_TEST(quotes_are_noted_for_each_attribute)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a x='\"' y=\"'\" z=''/>");
    const ifxXmlAttribute *a = ifxXmlTextGetAttributes(text, ifxXmlTextGetElement(text, 0));

    ck_assert_int_eq(a[0].quote, '\'');
    ck_assert_int_eq(a[1].quote, '"');
    ck_assert_int_eq(a[2].quote, '\'');
    ck_assert_uint_eq(a[2].raw_length, 0);
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "\"");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "y"), "'");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "z"), "");
    ck_assert_ptr_null(ifxXmlTextGetAttribute(text, 0, "X"));
    ck_assert_ptr_null(ifxXmlTextGetAttribute(text, 0, ""));
}
END_TEST

START_TEST(attribute_values_are_decoded_as_xml_says)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a v='a&lt;&gt;&quot;&apos;&#65;&#x42;' n='1\n2\t3' c='&#10;'/>");

    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "v"), "a<>\"'AB");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "n"), "1 2 3");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "c"), "\n");
}
END_TEST

START_TEST(ampersand_in_an_attribute_is_decoded)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a v='R&amp;D' w='&#38;lt;'/>");

    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "v"), "R&D");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "w"), "&lt;");
}
END_TEST

/* Tags that are none: the table must hold a and b alone. */
static const char *const fakes[] = {
    "<a><!-- <hostdev type='pci'> </a> > - ><b/>--><b/></a>",
    "<a><![CDATA[<hostdev></a>]] > ]>]]><b/></a>",
    "<a><?php <hostdev> </a> ? > ?><b/></a>",
    "<!-- <x> --><?p <x>?><a><b/></a><!-- <x> --><?p </a>?>",
    "<a><![CDATA[<!--]]><b/><![CDATA[-->]]></a>",
    "<a><!--<![CDATA[--><b/><!--]]>--></a>",
    "<a>&lt;hostdev&gt;<b/>]] &gt;</a>",
    "<a><![CDATA[]]]]><b/></a>",
    "<a><!----><b/></a>",
};

START_TEST(fake_tags_are_no_elements)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxXmlText) text = ifxTestParse(fakes[_i], strlen(fakes[_i]), &error);

    ifxAssertNoError(error);
    ck_assert_uint_eq(ifxXmlTextGetCount(text), 2);
    ck_assert(ifxXmlTextIsNamed(text, 0, "a"));
    ck_assert(ifxXmlTextIsNamed(text, 1, "b"));
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 1)->parent, 0);
    ifxAssertElement(text, 1, "<b/>", "");
}
END_TEST

START_TEST(byte_order_mark_counts_in_offsets)
{
    g_autoptr(ifxXmlText) text = ifxTestText("\357\273\277<a><b/></a>");

    ck_assert(ifxXmlTextIsUtf8(text));
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 0)->start, 3);
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 1)->start, 6);
    ifxAssertElement(text, 1, "<b/>", "");
}
END_TEST

START_TEST(crlf_stays_in_spans_and_counts_as_white_space)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<?xml version='1.0'?>\r\n<a\r\n x='1'\r\n>\r\n  <b/>\r\n</a>\r\n");

    ck_assert_uint_eq(ifxXmlTextGetCount(text), 2);
    ck_assert_uint_eq(ifxXmlTextGetElement(text, 0)->start, 23);
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "1");
    ifxAssertElement(text, 0, "<a\r\n x='1'\r\n>\r\n  <b/>\r\n</a>", "\r\n  <b/>\r\n");
}
END_TEST

START_TEST(latin_1_is_decoded_to_utf_8)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<?xml version='1.0' encoding='ISO-8859-1'?>\n"
                    "<a x='caf\351' y='plain'><b>na\357ve</b></a>");

    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "caf\303\251");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "y"), "plain");
    ifxAssertElement(text, 1, "<b>na\357ve</b>", "na\357ve");
}
END_TEST

START_TEST(latin_1_is_known_as_such_and_its_text_is_decoded)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<?xml version='1.0' encoding='ISO-8859-1'?>\n"
                    "<a><b>na\357ve</b><c>na\357ve &amp; R</c></a>");
    g_autofree char *plain = ifxXmlTextDupContent(text, 1);
    g_autofree char *referring = ifxXmlTextDupContent(text, 2);

    ck_assert(!ifxXmlTextIsUtf8(text));
    ck_assert_str_eq(plain, "na\303\257ve");
    ck_assert_str_eq(referring, "na\303\257ve & R");
}
END_TEST

static const char *const utf8_documents[] = {
    "<a x='\303\251'/>",
    "<?xml version='1.0'?><a x='\303\251'/>",
    "<?xml version='1.0' encoding='UTF-8'?><a x='\303\251'/>",
    "<?xml version='1.0' encoding='utf-8'?><a x='\303\251'/>",
};

START_TEST(utf_8_needs_no_conversion)
{
    g_autoptr(ifxXmlText) text = ifxTestText(utf8_documents[_i]);

    ck_assert(ifxXmlTextIsUtf8(text));
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "\303\251");
}
END_TEST

/* What is inserted there must be ASCII. */
START_TEST(ascii_is_not_utf_8)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<?xml version='1.0' encoding='US-ASCII'?><a x='&#233;'/>");

    ck_assert(!ifxXmlTextIsUtf8(text));
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "x"), "\303\251");
}
END_TEST

START_TEST(undeclared_prefix_is_part_of_the_name)
{
    g_autoptr(ifxXmlText) text = ifxTestText("<a><q:b q:c='1'/><b/></a>");

    ck_assert_uint_eq(ifxXmlTextGetCount(text), 3);
    ck_assert(!ifxXmlTextIsNamed(text, 1, "b"));
    ck_assert_uint_eq(ifxXmlTextNextChild(text, 0, IFX_XML_NONE, "b"), 2);
    ck_assert_ptr_null(ifxXmlTextGetAttribute(text, 1, "c"));
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 1, "q:c"), "1");
}
END_TEST

START_TEST(default_namespace_hides_names)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a><b xmlns='urn:x'><c/><d xmlns=''/></b><b/></a>");

    ck_assert_str_eq(ifxXmlTextGetElement(text, 1)->ns, "urn:x");
    ck_assert(!ifxXmlTextIsNamed(text, 1, "b"));
    ck_assert_str_eq(ifxXmlTextGetElement(text, 2)->ns, "urn:x");
    ck_assert(!ifxXmlTextIsNamed(text, 2, "c"));
    ck_assert_ptr_null(ifxXmlTextGetElement(text, 3)->ns);
    ck_assert(ifxXmlTextIsNamed(text, 3, "d"));
    ck_assert(ifxXmlTextIsNamed(text, 4, "b"));
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 1, "xmlns"), "urn:x");
}
END_TEST

START_TEST(prefixed_elements_are_never_plain_ones)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a xmlns:q='urn:q'><q:b q:v='1' v='2'/></a>");

    ck_assert_str_eq(ifxXmlTextGetElement(text, 1)->ns, "urn:q");
    ck_assert(!ifxXmlTextIsNamed(text, 1, "b"));
    ck_assert(!ifxXmlTextIsNamed(text, 1, "q:b"));
    /* As xmlGetProp reads: whatever the namespace, the first one counts. */
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 1, "v"), "1");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 1, "q:v"), "1");
}
END_TEST

START_TEST(attributes_that_only_look_like_declarations_are_read)
{
    g_autoptr(ifxXmlText) text =
        ifxTestText("<a xmlnsx='&gt;' xmlns:q='urn:q' v='&lt;' xmlns='urn:d' w='2'/>");

    ck_assert_uint_eq(ifxXmlTextGetElement(text, 0)->n_attributes, 5);
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "xmlnsx"), ">");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "v"), "<");
    ck_assert_str_eq(ifxXmlTextGetAttribute(text, 0, "w"), "2");
}
END_TEST

typedef struct {
    const char *xml;
    const char *content;    /* of the root; NULL: none */
} ifxTestContent;

static const ifxTestContent contents[] = {
    { "<a>vm 1</a>", "vm 1" },
    { "<a/>", "" },
    { "<a></a>", "" },
    { "<a> \n</a>", " \n" },
    { "<a>R&amp;D &lt;&#x41;&gt;</a>", "R&D <A>" },
    { "<a>x<![CDATA[<&amp;]]>y</a>", "x<&amp;y" },
    { "<a>x<!-- no -->y</a>", "xy" },
    { "<a>\303\251</a>", "\303\251" },
    { "<a>t<b/></a>", NULL },
};

START_TEST(content_is_text_with_references_resolved)
{
    g_autoptr(ifxXmlText) text = ifxTestText(contents[_i].xml);
    g_autofree char *content = ifxXmlTextDupContent(text, 0);

    ck_assert_pstr_eq(content, contents[_i].content);
}
END_TEST

static guint64
ifxTestDigest(const char *xml)
{
    g_autoptr(ifxXmlText) text = ifxTestText(xml);

    return ifxXmlTextGetElement(text, 0)->digest;
}

START_TEST(digest_is_of_the_text_without_white_space)
{
    const guint64 digest = ifxXmlSaxDigest(IFX_XML_DIGEST_START, "abc", 3);

    ck_assert_uint_eq(ifxTestDigest("<a>abc</a>"), digest);
    ck_assert_uint_eq(ifxTestDigest("<a>\n a b\r\n\tc </a>"), digest);
    ck_assert_uint_eq(ifxTestDigest("<a>&#97;b<![CDATA[c]]></a>"), digest);
    ck_assert_uint_eq(ifxTestDigest("<a>ab<b>no</b>c</a>"), digest);
    ck_assert_uint_eq(ifxTestDigest("<a/>"), IFX_XML_DIGEST_START);
    ck_assert_uint_eq(ifxTestDigest("<a> <b>x</b> </a>"), IFX_XML_DIGEST_START);

    ck_assert_uint_ne(ifxTestDigest("<a>abd</a>"), digest);
    ck_assert_uint_ne(ifxTestDigest("<a>acb</a>"), digest);
    ck_assert_uint_ne(ifxTestDigest("<a><!--abc--></a>"), digest);
    ck_assert_uint_ne(ifxTestDigest("<a><?abc?></a>"), digest);
    ck_assert_uint_ne(ifxTestDigest("<a><?abc d?></a>"), ifxTestDigest("<a><?abc?></a>"));
}
END_TEST

START_TEST(digest_does_not_depend_on_how_text_arrives)
{
    guint64 digest = ifxXmlSaxDigest(IFX_XML_DIGEST_START, "a", 1);

    digest = ifxXmlSaxDigest(digest, " b", 2);
    digest = ifxXmlSaxDigest(digest, "", 0);
    ck_assert_uint_eq(digest, ifxXmlSaxDigest(IFX_XML_DIGEST_START, "ab", 2));
}
END_TEST

Suite *
ifxSuiteXmlText(void)
{
    Suite *suite = suite_create("xml-text");
    TCase *table = tcase_create("table");
    TCase *encoding = tcase_create("encoding");
    TCase *names = tcase_create("names");
    TCase *content = tcase_create("content");

    tcase_add_test(table, spans_are_byte_offsets);
    tcase_add_test(table, bytes_and_data_are_lent_unchanged);
    tcase_add_test(table, relations_follow_the_document);
    tcase_add_test(table, next_child_walks_children_of_that_name_only);
    tcase_add_test(table, name_is_lent_as_written);
    tcase_add_test(table, markup_in_attribute_values_ends_no_tag);
    tcase_add_test(table, quotes_are_noted_for_each_attribute);
    tcase_add_test(table, attribute_values_are_decoded_as_xml_says);
    tcase_add_test(table, ampersand_in_an_attribute_is_decoded);
    tcase_add_loop_test(table, fake_tags_are_no_elements, 0, G_N_ELEMENTS(fakes));
    suite_add_tcase(suite, table);

    tcase_add_test(encoding, byte_order_mark_counts_in_offsets);
    tcase_add_test(encoding, crlf_stays_in_spans_and_counts_as_white_space);
    tcase_add_test(encoding, latin_1_is_decoded_to_utf_8);
    tcase_add_test(encoding, latin_1_is_known_as_such_and_its_text_is_decoded);
    tcase_add_test(encoding, ascii_is_not_utf_8);
    tcase_add_loop_test(encoding, utf_8_needs_no_conversion,
                        0, G_N_ELEMENTS(utf8_documents));
    suite_add_tcase(suite, encoding);

    tcase_add_test(names, undeclared_prefix_is_part_of_the_name);
    tcase_add_test(names, default_namespace_hides_names);
    tcase_add_test(names, prefixed_elements_are_never_plain_ones);
    tcase_add_test(names, attributes_that_only_look_like_declarations_are_read);
    suite_add_tcase(suite, names);

    tcase_add_loop_test(content, content_is_text_with_references_resolved,
                        0, G_N_ELEMENTS(contents));
    tcase_add_test(content, digest_is_of_the_text_without_white_space);
    tcase_add_test(content, digest_does_not_depend_on_how_text_arrives);
    suite_add_tcase(suite, content);
    return suite;
}
