/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-xml-patch.h"

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
    /* What is around it, however odd, stays. */
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

Suite *
ifxSuiteXmlPatchAdd(void)
{
    Suite *suite = suite_create("xml-patch-add");
    TCase *add = tcase_create("add");

    tcase_add_loop_test(add, elements_are_added_at_every_position, 0, G_N_ELEMENTS(positions));
    tcase_add_loop_test(add, additions_take_the_hand_of_the_document, 0, G_N_ELEMENTS(styles));
    tcase_add_loop_test(add, neighbouring_instructions_keep_their_order,
                        0, G_N_ELEMENTS(neighbours));
    tcase_add_loop_test(add, what_is_inserted_is_read_back_as_it_was,
                        0, G_N_ELEMENTS(contents));
    suite_add_tcase(suite, add);
    return suite;
}
