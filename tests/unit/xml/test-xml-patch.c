/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/parser.h>

#include "xml/edit.h"
#include "helpers.h"
#include "suite.h"
#include "xml/xml-patch-edits.h"
#include "xml/xml-patch.h"
#include "xml/xml-verify.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

static xmlDoc *
ifxTestReadPatch(const char *patch)
{
    xmlDoc *doc = xmlReadMemory(patch, (int) strlen(patch), "patch.xml", NULL, XML_PARSE_NONET);

    ck_assert_ptr_nonnull(doc);
    return doc;
}

/* The new text, read again and compared as the tool does it; NULL on failure. */
static char *
ifxTestPatch(const char *xml,
             const char *patch_xml,
             GError **error)
{
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    g_autoptr(xmlDoc) doc = ifxTestReadPatch(patch_xml);
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, error);
    g_autoptr(GArray) edits = patch ? ifxXmlPatchGetEdits(patch, error) : NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (!edits)
        return NULL;
    bytes = ifxEditsApply(edits, xml, strlen(xml));
    if (!ifxXmlPatchVerify(patch, bytes, error))
        return NULL;
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

typedef struct {
    const char *xml;
    const char *patch;
    const char *result;
} ifxTestAdd;

static void
ifxAssertPatched(const ifxTestAdd *test)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestPatch(test->xml, test->patch, &error);

    ifxAssertNoError(error);
    ck_assert_str_eq(result, test->result);
}

#define IFX_ADD(sel, pos) "<diff><add sel='" sel "' pos='" pos "'><n x=\"1\"><m/></n></add></diff>"
#define IFX_APPEND(sel) "<diff><add sel='" sel "'><n x=\"1\"><m/></n></add></diff>"

#define IFX_PRETTY_TO_B "<a id='1'>\n  <b>\n    <c/>"
#define IFX_PRETTY_FROM_D "\n    <d/>\n  </b>\n</a>\n"

static const ifxTestAdd positions[] = {
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_ADD("/a/b/c", "before"),
      "<a id='1'>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n    <c/>" IFX_PRETTY_FROM_D },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_ADD("/a/b/c", "after"),
      IFX_PRETTY_TO_B "\n    <n x='1'>\n      <m/>\n    </n>" IFX_PRETTY_FROM_D },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_ADD("/a/b", "prepend"),
      "<a id='1'>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n    <c/>" IFX_PRETTY_FROM_D },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_APPEND("/a/b"),
      IFX_PRETTY_TO_B "\n    <d/>\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_APPEND("/a"),
      IFX_PRETTY_TO_B "\n    <d/>\n  </b>\n  <n x='1'>\n    <m/>\n  </n>\n</a>\n" },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D, IFX_ADD("/a", "prepend"),
      "<a id='1'>\n  <n x='1'>\n    <m/>\n  </n>\n  <b>\n    <c/>" IFX_PRETTY_FROM_D },
    /* Several at once keep their order at each position. */
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D,
      "<diff><add sel='/a/b/c' pos='after'><n/><o/></add></diff>",
      IFX_PRETTY_TO_B "\n    <n/>\n    <o/>" IFX_PRETTY_FROM_D },
    { IFX_PRETTY_TO_B IFX_PRETTY_FROM_D,
      "<diff><add sel='/a/b/c' pos='before'><n/><o/></add></diff>",
      "<a id='1'>\n  <b>\n    <n/>\n    <o/>\n    <c/>" IFX_PRETTY_FROM_D },
    /* [1] where it could be left out; white space and comments in the patch */
    { "<a>\n <b/>\n</a>",
      "<diff>\n<!-- c -->\n<add sel='/a[1]/b[1]' pos='after'>\n<n/>\n</add>\n</diff>",
      "<a>\n <b/>\n <n/>\n</a>" },
    /* An empty patch */
    { "<a>\n <b/>\n</a>", "<diff/>", "<a>\n <b/>\n</a>" },
    { "<a>\n <b/>\n</a>", "<diff>\n</diff>", "<a>\n <b/>\n</a>" },
};

START_TEST(elements_are_added_at_every_position)
{
    ifxAssertPatched(&positions[_i]);
}
END_TEST

static const ifxTestAdd styles[] = {
    /* Tabs */
    { "<a>\n\t<b>\n\t\t<c/>\n\t</b>\n</a>\n", IFX_ADD("/a/b/c", "after"),
      "<a>\n\t<b>\n\t\t<c/>\n\t\t<n x='1'>\n\t\t\t<m/>\n\t\t</n>\n\t</b>\n</a>\n" },
    { "<a>\n\t<b/>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n\t<b>\n\t\t<n x='1'>\n\t\t\t<m/>\n\t\t</n>\n\t</b>\n</a>\n" },
    /* Four spaces */
    { "<a>\n    <b>\n        <c/>\n    </b>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n    <b>\n        <c/>\n        <n x='1'>\n            <m/>\n        </n>\n"
      "    </b>\n</a>\n" },
    /* One line */
    { "<a><b><c/></b></a>", IFX_ADD("/a/b/c", "after"),
      "<a><b><c/><n x='1'><m/></n></b></a>" },
    { "<a><b><c/></b></a>", IFX_ADD("/a/b/c", "before"),
      "<a><b><n x='1'><m/></n><c/></b></a>" },
    { "<a><b><c/></b></a>", IFX_ADD("/a/b", "prepend"),
      "<a><b><n x='1'><m/></n><c/></b></a>" },
    { "<a><b><c/></b></a>", IFX_APPEND("/a/b"),
      "<a><b><c/><n x='1'><m/></n></b></a>" },
    { "<a><b/></a>\n", IFX_APPEND("/a/b"), "<a><b><n x='1'><m/></n></b></a>\n" },
    { "<a><b></b></a>\n", IFX_APPEND("/a/b"), "<a><b><n x='1'><m/></n></b></a>\n" },
    { "<a/>", IFX_APPEND("/a"), "<a><n x='1'><m/></n></a>" },
    { "<?xml version='1.0'?><a/>", IFX_ADD("/a", "prepend"),
      "<?xml version='1.0'?><a><n x='1'><m/></n></a>" },
    /* CRLF */
    { "<a>\r\n  <b>\r\n    <c/>\r\n  </b>\r\n</a>\r\n", IFX_ADD("/a/b/c", "after"),
      "<a>\r\n  <b>\r\n    <c/>\r\n    <n x='1'>\r\n      <m/>\r\n    </n>\r\n  </b>\r\n</a>\r\n" },
    { "<a>\r\n  <b/>\r\n</a>\r\n", IFX_APPEND("/a/b"),
      "<a>\r\n  <b>\r\n    <n x='1'>\r\n      <m/>\r\n    </n>\r\n  </b>\r\n</a>\r\n" },
    /* Double quotes: those of the neighbour, else of the first attribute */
    { "<a>\n  <b y=\"1\"/>\n</a>\n", IFX_ADD("/a/b", "after"),
      "<a>\n  <b y=\"1\"/>\n  <n x=\"1\">\n    <m/>\n  </n>\n</a>\n" },
    { "<a y='1'>\n  <b y=\"1\"/>\n</a>\n", IFX_ADD("/a/b", "after"),
      "<a y='1'>\n  <b y=\"1\"/>\n  <n x=\"1\">\n    <m/>\n  </n>\n</a>\n" },
    { "<a y=\"1\">\n  <b/>\n</a>\n", IFX_ADD("/a/b", "after"),
      "<a y=\"1\">\n  <b/>\n  <n x=\"1\">\n    <m/>\n  </n>\n</a>\n" },
    /* <devices/>, <devices></devices>, on their own lines, or with a comment alone */
    { "<a>\n  <b/>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b/>\n</a>\n", IFX_ADD("/a/b", "prepend"),
      "<a>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b y='1' />\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b y='1' >\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b></b>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b>\n  </b>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b>\n    <!-- none -->\n  </b>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b>\n    <!-- none -->\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    { "<a>\n  <b>\n    <!-- none -->\n  </b>\n</a>\n", IFX_ADD("/a/b", "prepend"),
      "<a>\n  <b>\n    <n x='1'>\n      <m/>\n    </n>\n    <!-- none -->\n  </b>\n</a>\n" },
    { "<a>\n  <b>\n    <c/> <!-- last -->\n  </b>\n</a>\n", IFX_APPEND("/a/b"),
      "<a>\n  <b>\n    <c/> <!-- last -->\n    <n x='1'>\n      <m/>\n    </n>\n  </b>\n</a>\n" },
    /* What stands around it, however odd, stays. */
    { "<?xml version='1.0'?>\n<a  y = '1'\n>\n  <b\t/><!-- > -->\n</a >\n<!-- end -->",
      IFX_ADD("/a/b", "after"),
      "<?xml version='1.0'?>\n<a  y = '1'\n>\n  <b\t/>\n  <n x='1'>\n    <m/>\n  </n><!-- > -->\n"
      "</a >\n<!-- end -->" },
    { "\357\273\277<a>\n  <b/>\n</a>", IFX_ADD("/a/b", "after"),
      "\357\273\277<a>\n  <b/>\n  <n x='1'>\n    <m/>\n  </n>\n</a>" },
};

START_TEST(additions_take_the_hand_of_the_document)
{
    ifxAssertPatched(&styles[_i]);
}
END_TEST

static const ifxTestAdd neighbours[] = {
    /* first child and beside it, last child and beside it: all meet at one offset */
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='before'><n/></add><add sel='/a' pos='prepend'><o/></add></diff>",
      "<a><o/><n/><b/></a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n/></add><add sel='/a'><o/></add></diff>",
      "<a><b/><n/><o/></a>" },
    { "<a><b></b><c></c></a>",
      "<diff><add sel='/a/c' pos='before'><n/></add><add sel='/a/b' pos='after'><o/></add></diff>",
      "<a><b></b><o/><n/><c></c></a>" },
    { "<a><b/><c/></a>",
      "<diff><add sel='/a/c' pos='before'><n/></add><add sel='/a/b' pos='after'><o/></add></diff>",
      "<a><b/><o/><n/><c/></a>" },
    { "<a><b/><c/></a>",
      "<diff><add sel='/a/c' pos='before'><n/></add>"
      "<add sel='/a/b' pos='prepend'><o/></add></diff>",
      "<a><b><o/></b><n/><c/></a>" },
    { "<a><b></b><c></c></a>",
      "<diff><add sel='/a/c' pos='before'><n/></add><add sel='/a/b'><o/></add></diff>",
      "<a><b><o/></b><n/><c></c></a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b'><n/></add><add sel='/a'><o/></add></diff>",
      "<a><b><n/></b><o/></a>" },
    { "<a>\n  <b/>\n  <c/>\n</a>\n",
      "<diff><add sel='/a/c' pos='after'><p/></add><add sel='/a/b' pos='after'><o/></add>"
      "<add sel='/a' pos='prepend'><n/></add></diff>",
      "<a>\n  <n/>\n  <b/>\n  <o/>\n  <c/>\n  <p/>\n</a>\n" },
    { "<a>\n  <b/>\n  <c/>\n</a>\n",
      "<diff><add sel='/a/c' pos='before'><o/></add><add sel='/a/b' pos='after'><n/></add>"
      "<add sel='/a'><p/></add></diff>",
      "<a>\n  <b/>\n  <n/>\n  <o/>\n  <c/>\n  <p/>\n</a>\n" },
    { "<a><b/><c/></a>",
      "<diff><add sel='/a/c' pos='before'><n/></add><add sel='/a/b'><o/></add></diff>",
      "<a><b><o/></b><n/><c/></a>" },
};

START_TEST(neighbouring_instructions_keep_their_order)
{
    ifxAssertPatched(&neighbours[_i]);
}
END_TEST

static const ifxTestAdd contents[] = {
    { "<a>\n  <b/>\n</a>\n",
      "<diff xmlns:u='urn:u' xmlns:q='urn:q'><add sel='/a/b' pos='after'>"
      "<q:n q:x='1' y='2'><q:m/></q:n></add></diff>",
      "<a>\n  <b/>\n  <q:n xmlns:q='urn:q' q:x='1' y='2'>\n    <q:m/>\n  </q:n>\n</a>\n" },
    /* Declared by the document already: still declared, so that it can be moved */
    { "<a xmlns:q='urn:other'>\n  <b/>\n</a>\n",
      "<diff><add sel='/a/b' pos='after'><q:n xmlns:q='urn:q'/></add></diff>",
      "<a xmlns:q='urn:other'>\n  <b/>\n  <q:n xmlns:q='urn:q'/>\n</a>\n" },
    { "<a><b/></a>",
      "<diff xmlns:q='urn:q'><add sel='/a/b' pos='after'><n><m q:x='1' q:y='2'/></n></add></diff>",
      "<a><b/><n><m xmlns:q='urn:q' q:x='1' q:y='2'/></n></a>" },
    { "<a><b/></a>",
      "<diff xmlns:q='urn:q'><add sel='/a/b' pos='after'><n/></add></diff>",
      "<a><b/><n/></a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n xmlns='urn:d'><m/></n></add></diff>",
      "<a><b/><n xmlns='urn:d'><m/></n></a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n xml:lang='de'/></add></diff>",
      "<a><b/><n xml:lang='de'/></a>" },
    /* An inner prefix that means something else than the outer one */
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><q:n xmlns:q='urn:1'>"
      "<q:m xmlns:q='urn:2'/></q:n></add></diff>",
      "<a><b/><q:n xmlns:q='urn:1'><q:m xmlns:q='urn:2'/></q:n></a>" },
    /* Text is escaped and keeps its white space. */
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n>1 &lt; 2 &amp; 3 &gt; \"2\" 'x'</n></add></diff>",
      "<a><b/><n>1 &lt; 2 &amp; 3 &gt; \"2\" 'x'</n></a>" },
    { "<a>\n <b/>\n</a>",
      "<diff><add sel='/a/b' pos='after'><n> t <m/><o> </o></n></add></diff>",
      "<a>\n <b/>\n <n> t <m/><o> </o></n>\n</a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n><![CDATA[<x>&]]></n></add></diff>",
      "<a><b/><n>&lt;x&gt;&amp;</n></a>" },
    { "<a><b/></a>", "<diff><add sel='/a/b' pos='after'><n>\303\251\342\202\254</n></add></diff>",
      "<a><b/><n>\303\251\342\202\254</n></a>" },
    { "<a><b/></a>", "<diff><add sel='/a/b' pos='after'><n>a&#13;b</n></add></diff>",
      "<a><b/><n>a&#xd;b</n></a>" },
    /* Attributes: the quote in use, white space that would be lost */
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'>"
      "<n x=\"it's &quot;q&quot; &lt;&gt; &#10;&#9;\"/></add></diff>",
      "<a><b/><n x='it&apos;s \"q\" &lt;&gt; &#xa;&#x9;'/></a>" },
    { "<a><b y=\"\"/></a>",
      "<diff><add sel='/a/b' pos='after'><n x=\"it's &quot;q&quot;\"/></add></diff>",
      "<a><b y=\"\"/><n x=\"it's &quot;q&quot;\"/></a>" },
    { "<a><b/></a>", "<diff><add sel='/a/b' pos='after'><n x=''/></add></diff>",
      "<a><b/><n x=''/></a>" },
    { "<a><b/></a>", "<diff><add sel='/a/b' pos='after'><n x='R&amp;D'/></add></diff>",
      "<a><b/><n x='R&amp;D'/></a>" },
    { "<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n xmlns='urn:d'><m xmlns=''/></n></add></diff>",
      "<a><b/><n xmlns='urn:d'><m xmlns=''/></n></a>" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\351'><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n x='\303\251'>\342\202\254</n></add></diff>",
      "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\351'><b/>"
      "<n x='&#xe9;'>&#x20ac;</n></a>" },
    { "<?xml version='1.0' encoding='US-ASCII'?>\n<a><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n>\303\251</n></add></diff>",
      "<?xml version='1.0' encoding='US-ASCII'?>\n<a><b/><n>&#xe9;</n></a>" },
    { "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\351'><b/></a>",
      "<diff><add sel='/a/b' pos='after'><n x='e'/></add></diff>",
      "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\351'><b/><n x='e'/></a>" },
};

START_TEST(what_is_inserted_is_read_back_as_it_was)
{
    ifxAssertPatched(&contents[_i]);
}
END_TEST

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
      "the patches of two stylesheets: instruction 1 has the same target" },
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
    edits = ifxXmlPatchGetEdits(patch, &error);
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
    { "<diff>" IFX_GOOD "<change sel='/a/b[1]'/></diff>", 2, "<change> is not known" },
    { "<diff><x:add xmlns:x='urn:x' sel='/a'><n/></x:add></diff>", 1, "<add> is not known" },
    { "<diff>text</diff>", 1, "there is text or something else" },
    { "<diff><?pi?></diff>", 1, "there is text or something else" },
    { "<diff><add sel='/a' ws='both'><n/></add></diff>", 1, "knows only: sel, pos, type" },
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
    { "<diff><add sel='/a'>text</add></diff>", 1, "something else than elements" },
    { "<diff><add sel='/a'><n/>text</add></diff>", 1, "something else than elements" },
    { "<diff><add sel='/a'><!-- c --><n/></add></diff>", 1, "something else than elements" },
    { "<diff><add sel='/a'><?pi?><n/></add></diff>", 1, "something else than elements" },
    { "<diff><add sel='/a'/></diff>", 1, "it inserts nothing" },
    { "<diff><add sel='/a'> \n </add></diff>", 1, "it inserts nothing" },
    { "<diff><add sel='/a' pos='before'><n/></add></diff>", 1, "beside the root" },
    { "<diff>" IFX_GOOD "<add sel='/a' pos='after'><n/></add></diff>", 2, "beside the root" },
    /* Order: from the end to the start, one a target */
    { "<diff><add sel='/a/b[1]'><n/></add><add sel='/a/b[2]'><n/></add></diff>", 2,
      "does not stand before that of instruction 1" },
    { "<diff><add sel='/a'><n/></add><add sel='/a/d'><n/></add></diff>", 2,
      "does not stand before that of instruction 1" },
    { "<diff>" IFX_GOOD "<add sel='/a/b[2]'><n/></add>"
      "<add sel='/a/b[2]/c' pos='after'><n/></add></diff>",
      3, "does not stand before that of instruction 2" },
    { "<diff>" IFX_GOOD "<add sel='/a/d' pos='before'><n/></add></diff>", 2, "one a target" },
    { "<diff><replace sel='/a/b[1]/@x'>2</replace><remove sel='/a/b[1]/@x'/></diff>", 2,
      "one a target" },
    { "<diff><add sel='/a' type='@y'/><add sel='/a' type='@z'/><add sel='/a' type='@y'/></diff>",
      3, "instruction 1 has the same target" },
    { "<diff><add sel='/a/b[1]' pos='after'><n/></add><remove sel='/a/b[1]/@x'/></diff>", 2,
      "does not stand before that of instruction 1" },
    { "<diff><remove sel='/a/b[2]/c'/><remove sel='/a/b[2]'/></diff>", 2,
      "it removes what instruction 1 changes" },
    { "<diff><remove sel='/a/b[1]/@x'/><remove sel='/a/b[1]'/></diff>", 2,
      "it removes what instruction 1 changes" },
    /* Attributes */
    { "<diff><add sel='/a/b[1]' type='@x'>2</add></diff>", 1,
      "an attribute 'x' already: use <replace>" },
    { "<diff><add sel='/a' type='x'>2</add></diff>", 1, "type='x' is not of the form @name" },
    { "<diff><add sel='/a' type='@'>2</add></diff>", 1, "type='@'" },
    { "<diff><add sel='/a' type='@x:y'>2</add></diff>", 1, "type='@x:y'" },
    { "<diff><add sel='/a' type='@xmlns'>urn:x</add></diff>", 1, "type='@xmlns'" },
    { "<diff><add sel='/a' type='namespace::x'>urn:x</add></diff>", 1, "type='namespace::x'" },
    { "<diff><add sel='/a' type='@y' pos='after'>2</add></diff>", 1, "an attribute has no pos" },
    { "<diff><add sel='/a' type='@y'><n/></add></diff>", 1, "is text and nothing else" },
    { "<diff><replace sel='/a'><n/></replace></diff>", 1, "only an attribute can be replaced" },
    { "<diff><replace sel='/a/@x'>2</replace></diff>", 1, "'/a/@x' matches nothing" },
    { "<diff><replace sel='/a/b/@x'>2</replace></diff>", 1, "'/a/b' matches several" },
    { "<diff><replace sel='/a/b[1]/@x'><n/></replace></diff>", 1, "is text and nothing else" },
    { "<diff><replace sel='/a/b[1]/@x'>2<!-- c --></replace></diff>", 1, "is text" },
    { "<diff><replace sel='/a/b[1]/@x' pos='after'>2</replace></diff>", 1,
      "<replace> knows only: sel" },
    { "<diff><replace sel='/a/b[1]/@x/@y'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace sel='/a/b[1]/@'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace sel='/@x'>2</replace></diff>", 1, "is not of the form" },
    { "<diff><replace>2</replace></diff>", 1, "it has no sel" },
    /* Removal */
    { "<diff><remove sel='/a'/></diff>", 1, "the root element can't be removed" },
    { "<diff><remove sel='/a/d'>text</remove></diff>", 1, "<remove> holds nothing" },
    { "<diff><remove sel='/a/d' ws='after'/></diff>", 1, "<remove> knows only: sel" },
    { "<diff><remove sel='/a/d/@x'/></diff>", 1, "'/a/d/@x' matches nothing" },
    { "<diff><remove/></diff>", 1, "it has no sel" },
    /* Found when it is written */
    { "<diff><add sel='/a'><n><!-- c --></n></add></diff>", 1, "no comment" },
    { "<diff>" IFX_GOOD "<add sel='/a'><n><?pi?></n></add></diff>", 2, "processing instruction" },
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
    ifxAssertError(error, IFX_ERROR_XML, "the result can't be read again: line 1");
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
    g_autoptr(GArray) edits = ifxXmlPatchGetEdits(patch, NULL);
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

START_TEST(edits_are_places_in_the_original)
{
    const char *xml = "<a>\n  <b/>\n  <c/>\n</a>\n";
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    g_autoptr(xmlDoc) doc =
        ifxTestReadPatch("<diff><add sel='/a/c'><n/></add>"
                         "<add sel='/a/b' pos='after'><m/></add></diff>");
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, NULL);
    g_autoptr(GArray) edits = ifxXmlPatchGetEdits(patch, NULL);
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
    TCase *verify = tcase_create("verify");

    tcase_add_loop_test(add, elements_are_added_at_every_position, 0, G_N_ELEMENTS(positions));
    tcase_add_loop_test(add, additions_take_the_hand_of_the_document, 0, G_N_ELEMENTS(styles));
    tcase_add_loop_test(add, neighbouring_instructions_keep_their_order,
                        0, G_N_ELEMENTS(neighbours));
    tcase_add_loop_test(add, what_is_inserted_is_read_back_as_it_was,
                        0, G_N_ELEMENTS(contents));
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
