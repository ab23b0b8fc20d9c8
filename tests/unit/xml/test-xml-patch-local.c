/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"
#include "test-xml-patch.h"

typedef struct {
    const char *xml;
    const char *patch;
} ifxTestLocal;

/* A document, a patch for it, and what makes the new text. */
typedef struct {
    ifxXmlText *text;
    xmlDoc *doc;
    ifxXmlPatch *patch;
    GArray *edits;
} ifxTestCarried;

static void
ifxTestCarry(ifxTestCarried *carried,
             const ifxTestLocal *test)
{
    GError *error = NULL;

    carried->text = ifxTestText(test->xml);
    carried->doc = ifxTestReadPatch(test->patch);
    carried->patch = ifxXmlPatchRead(carried->doc, carried->text, &error);
    ifxAssertNoError(error);
    carried->edits = ifxXmlPatchEditsNew(carried->patch, &error);
    ifxAssertNoError(error);
}

static void
ifxTestCarriedClear(ifxTestCarried *carried)
{
    ifxXmlPatchFree(carried->patch);
    ifxXmlTextFree(carried->text);
    xmlFreeDoc(carried->doc);
    g_array_unref(carried->edits);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ifxTestCarried, ifxTestCarriedClear)

static GBytes *
ifxTestCarriedApply(const ifxTestCarried *carried)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(carried->text, &length);

    return ifxEditsApply(carried->edits, bytes, length);
}

#define IFX_DEVICES \
    "<?xml version='1.0' encoding='UTF-8'?>\r\n<domain xmlns:q='urn:q' q:x='&lt;'>\r\n" \
    "  <name>\xc3\xa4</name>\r\n  <devices n='1'>\r\n    <!-- c --><hostdev/> \r\n" \
    "    <a-->x</a-->\r\n  </devices >\r\n</domain>\r\n"
#define IFX_NEW "<hostdev a='&lt;'><source><b/>t</source></hostdev><n/>"

static const ifxTestLocal inserted[] = {
    { IFX_DEVICES, "<diff><add sel='/domain/devices'>" IFX_NEW "</add></diff>" },
    { IFX_DEVICES, "<diff><add sel='/domain/devices' pos='prepend'>" IFX_NEW "</add></diff>" },
    { IFX_DEVICES,
      "<diff><add sel='/domain/devices/hostdev' pos='after'>" IFX_NEW "</add></diff>" },
    { IFX_DEVICES, "<diff><add sel='/domain/devices' pos='before'>" IFX_NEW "</add></diff>" },
    { IFX_DEVICES, "<diff><add sel='/domain/devices'><n xmlns:q='urn:r' q:y='2'>\xc3\xa4</n></add>"
      "<add sel='/domain/name' pos='after'><q:m xmlns:q='urn:q'/></add></diff>" },
    { "<a><b><c>t</c></b></a>", "<diff><add sel='/a/b/c' pos='after'><n/></add></diff>" },
    { "\xef\xbb\xbf<a><b><c>t</c></b></a>", "<diff><add sel='/a/b'><n/></add></diff>" },
    { "<a><![CDATA[<a>]]> </a>", "<diff><add sel='/a'><n/></add></diff>" },
    { "<a>]]&gt;</a>", "<diff><add sel='/a' pos='prepend'><n/></add></diff>" },
};

START_TEST(insertion_is_read_alone)
{
    g_auto(ifxTestCarried) carried = { 0 };
    g_autoptr(GBytes) result = NULL;

    ifxTestCarry(&carried, &inserted[_i]);
    result = ifxTestCarriedApply(&carried);
    ck_assert(ifxXmlPatchLocalVerify(carried.patch, carried.edits, result));
    ck_assert(ifxXmlPatchVerify(carried.patch, result, NULL));
}
END_TEST

/* Right, but not shown by reading the insertions. */
static const ifxTestLocal others[] = {
    { "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4<b/></a>",
      "<diff><add sel='/a'><n/></add></diff>" },
    { "<a><b/></a>", "<diff><add sel='/a/b'><n/></add></diff>" },
    { "<a><b/></a>", "<diff><remove sel='/a/b'/><add sel='/a'><n/></add></diff>" },
    { "<a><b/></a>", "<diff><add sel='/a/b' type='@x'>1</add></diff>" },
    { "<a><b x='1'/></a>", "<diff><replace sel='/a/b/@x'>2</replace></diff>" },
    { "<a z='more bytes than all else has'><b>1</b><b>2</b><b>3</b></a>",
      "<diff><add sel='/a/b[3]'><n/></add><add sel='/a/b[2]'><n/></add>"
      "<add sel='/a/b[1]'><n/></add></diff>" },
};

START_TEST(other_change_is_left_to_the_reading_of_all)
{
    g_auto(ifxTestCarried) carried = { 0 };
    g_autoptr(GBytes) result = NULL;

    ifxTestCarry(&carried, &others[_i]);
    result = ifxTestCarriedApply(&carried);
    ck_assert(!ifxXmlPatchLocalVerify(carried.patch, carried.edits, result));
    ck_assert(ifxXmlPatchVerify(carried.patch, result, NULL));
}
END_TEST

START_TEST(each_byte_of_the_result_is_compared)
{
    g_auto(ifxTestCarried) carried = { 0 };
    g_autoptr(GBytes) result = NULL;
    const char *bytes;
    gsize length;
    gsize i;

    ifxTestCarry(&carried, &inserted[_i]);
    result = ifxTestCarriedApply(&carried);
    bytes = g_bytes_get_data(result, &length);
    for (i = 0; i <= length; i++) {
        g_autofree char *longer = g_strdup_printf("%.*s %s", (int) i, bytes, bytes + i);
        g_autofree char *other = g_memdup2(bytes, length);
        g_autoptr(GBytes) more = g_bytes_new(longer, length + 1);
        g_autoptr(GBytes) less = g_bytes_new(bytes, i);
        g_autoptr(GBytes) changed = NULL;

        other[MIN(i, length - 1)] ^= 1;
        changed = g_bytes_new(other, length);
        ck_assert(!ifxXmlPatchLocalVerify(carried.patch, carried.edits, more));
        ck_assert(i == length || !ifxXmlPatchLocalVerify(carried.patch, carried.edits, less));
        ck_assert(!ifxXmlPatchLocalVerify(carried.patch, carried.edits, changed));
    }
}
END_TEST

/* What one byte or one tag makes of an insertion. */
static char *
ifxTestTamper(const char *text,
              gsize at,
              guint how)
{
    static const char *const added[] = {
        "<", ">", "/", "&", "'", " ", "x", "<!--", "-->", "<x/>", "</devices>", "<?x ?>",
        "</devices><devices n='1'>", "</a><a>", "]]>", "&#32;", "<![CDATA[ ]]>", "\t",
    };

    if (how < G_N_ELEMENTS(added))
        return g_strdup_printf("%.*s%s%s", (int) at, text, added[how], text + at);
    if (how == G_N_ELEMENTS(added))
        return g_strdup_printf("%.*s%s", (int) at, text, text[at] ? text + at + 1 : "");
    return NULL;
}

/* Is it never less strict than the reading of all? Counts what both take. */
static guint
ifxTestTamperAll(const ifxTestCarried *carried,
                 ifxEdit *edit)
{
    char *right = edit->inserted;
    guint taken = 0;
    gsize at;

    for (at = 0; at <= strlen(right); at++) {
        guint how = 0;

        while ((edit->inserted = ifxTestTamper(right, at, how++))) {
            g_autoptr(GBytes) result = ifxTestCarriedApply(carried);

            if (ifxXmlPatchLocalVerify(carried->patch, carried->edits, result)) {
                ck_assert_msg(ifxXmlPatchVerify(carried->patch, result, NULL), "%s",
                              edit->inserted);
                taken++;
            }
            g_free(edit->inserted);
        }
    }
    edit->inserted = right;
    return taken;
}

START_TEST(what_is_taken_is_taken_by_the_reading_of_all)
{
    g_auto(ifxTestCarried) carried = { 0 };
    guint i;

    ifxTestCarry(&carried, &inserted[_i]);
    for (i = 0; i < carried.edits->len; i++) {
        ifxEdit *edit = &g_array_index(carried.edits, ifxEdit, i);
        const guint taken = ifxTestTamperAll(&carried, edit);

        /* White space beside elements does not count, and little else. */
        ck_assert_uint_gt(taken, 0);
        ck_assert_uint_lt(taken, 5 * strlen(edit->inserted));
    }
}
END_TEST

START_TEST(insertion_at_another_place_is_not_taken)
{
    g_auto(ifxTestCarried) carried = { 0 };
    ifxEdit *edit;
    gsize right;
    gsize length;

    ifxTestCarry(&carried, &inserted[_i]);
    edit = &g_array_index(carried.edits, ifxEdit, 0);
    right = edit->offset;
    ifxXmlTextGetBytes(carried.text, &length);
    for (edit->offset = 0; edit->offset <= length; edit->offset++) {
        g_autoptr(GBytes) result = NULL;

        if (edit->offset == right ||
            (carried.edits->len > 1 && edit->offset >= (edit + 1)->offset))
            continue;
        result = ifxTestCarriedApply(&carried);
        ck_assert(!ifxXmlPatchLocalVerify(carried.patch, carried.edits, result) ||
                  ifxXmlPatchVerify(carried.patch, result, NULL));
    }
    edit->offset = right;
}
END_TEST

/* For the patch that adds <n><m/></n> to the root: what is inserted instead. In the last one the
 * end tag of the root ends a comment that the insertion opens. */
static const char *const wrong[] = {
    "",
    "<n/>",
    "<n/><m/>",
    "<n><m/></n><n/>",
    "<n><m/></n><!-- -->",
    "<n x='1'><m/></n>",
    "<n>t<m/></n>",
    "<n><m/></n></p--><!-- ",
};

START_TEST(other_insertion_is_not_taken)
{
    static const ifxTestLocal test = {
        "<p-->t<b/></p-->", "<diff><add sel='/p--'><n><m/></n></add></diff>",
    };
    g_auto(ifxTestCarried) carried = { 0 };
    g_autoptr(GBytes) result = NULL;
    ifxEdit *edit;

    ifxTestCarry(&carried, &test);
    edit = &g_array_index(carried.edits, ifxEdit, 0);
    g_free(edit->inserted);
    edit->inserted = g_strdup(wrong[_i]);
    result = ifxTestCarriedApply(&carried);
    ck_assert(!ifxXmlPatchLocalVerify(carried.patch, carried.edits, result));
}
END_TEST

Suite *
ifxSuiteXmlPatchLocal(void)
{
    Suite *suite = suite_create("xml-patch-local");
    TCase *local = tcase_create("local");

    tcase_add_loop_test(local, insertion_is_read_alone, 0, G_N_ELEMENTS(inserted));
    tcase_add_loop_test(local, other_change_is_left_to_the_reading_of_all, 0,
                        G_N_ELEMENTS(others));
    tcase_add_loop_test(local, each_byte_of_the_result_is_compared, 0, G_N_ELEMENTS(inserted));
    tcase_add_loop_test(local, what_is_taken_is_taken_by_the_reading_of_all, 0,
                        G_N_ELEMENTS(inserted));
    tcase_add_loop_test(local, insertion_at_another_place_is_not_taken, 0,
                        G_N_ELEMENTS(inserted));
    tcase_add_loop_test(local, other_insertion_is_not_taken, 0, G_N_ELEMENTS(wrong));
    suite_add_tcase(suite, local);
    return suite;
}
