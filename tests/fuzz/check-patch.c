/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/parser.h>
#include <string.h>

#include "xml/edit.h"
#include "fuzz.h"
#include "xml/xml-patch.h"

/* libxml2 reads 256 levels; an insertion may lead below that. */
#define IFX_FUZZ_MAX_DEPTH 200

static xmlDoc *
ifxFuzzReadTree(const ifxXmlText *text)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    xmlDoc *doc = xmlReadMemory(bytes, (int) length, NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA |
                                XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    ifxFuzzExpect(doc);
    return doc;
}

/* A node and all below it, without white space in text and without namespace declarations. */
static void
ifxFuzzPrint(const xmlNode *node,
             GString *out)
{
    const xmlNode *child;
    const xmlAttr *attr;
    const xmlChar *at;

    /* Where an element went between two texts there is one text now; CDATA is text. */
    if (node->type != XML_TEXT_NODE && node->type != XML_CDATA_SECTION_NODE)
        g_string_append_printf(out, "\n%s", (const char *) node->name);
    if (node->type != XML_ELEMENT_NODE) {
        for (at = node->content; at && *at; at++) {
            if (*at > ' ')
                g_string_append_c(out, (char) *at);
        }
        return;
    }

    g_string_append_printf(out, " %s", node->ns ? (const char *) node->ns->href : "");
    for (attr = node->properties; attr; attr = attr->next) {
        xmlChar *value = xmlNodeListGetString(node->doc, attr->children, 1);

        g_string_append_printf(out, "\n@%s %s=%s", (const char *) attr->name,
                               attr->ns ? (const char *) attr->ns->href : "",
                               value ? (const char *) value : "");
        xmlFree(value);
    }
    g_string_append(out, "\n>");
    for (child = node->children; child; child = child->next)
        ifxFuzzPrint(child, out);
    g_string_append(out, "\n/");
}

/* The element that sel names in the tree as it is now. Earlier insertions come after it in document
 * order. */
static xmlNode *
ifxFuzzFind(const xmlDoc *doc,
            const char *sel)
{
    g_auto(GStrv) steps = g_strsplit(sel + 1, "/", -1);
    xmlNode *node = (xmlNode *) doc;
    guint i;

    for (i = 0; steps[i] && *steps[i] != '@'; i++) {
        char *bracket = strchr(steps[i], '[');
        guint64 left = bracket ? g_ascii_strtoull(bracket + 1, NULL, 10) : 1;

        if (bracket)
            *bracket = '\0';
        for (node = node->children; node; node = node->next) {
            if (node->type == XML_ELEMENT_NODE && !node->ns &&
                xmlStrEqual(node->name, BAD_CAST steps[i]) && --left == 0)
                break;
        }
        ifxFuzzExpect(node);
    }
    return node;
}

static void
ifxFuzzInsert(xmlNode *target,
              const xmlNode *add,
              const char *pos)
{
    xmlNode *first = target->children;
    xmlNode *after = target;
    const xmlNode *child;

    for (child = add->children; child; child = child->next) {
        xmlNode *copy;

        if (child->type != XML_ELEMENT_NODE)
            continue;
        copy = xmlDocCopyNode((xmlNode *) child, target->doc, 1);
        if (strcmp(pos, "before") == 0)
            xmlAddPrevSibling(target, copy);
        else if (strcmp(pos, "after") == 0)
            after = xmlAddNextSibling(after, copy);
        else if (strcmp(pos, "prepend") == 0 && first)
            xmlAddPrevSibling(first, copy);
        else
            xmlAddChild(target, copy);
    }
}

static void
ifxFuzzRemove(xmlNode *node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* One instruction of a patch that was accepted. */
static void
ifxFuzzCarryOut(const xmlNode *instruction,
                const xmlDoc *doc)
{
    xmlChar *sel = xmlGetNoNsProp(instruction, BAD_CAST "sel");
    xmlChar *pos = xmlGetNoNsProp(instruction, BAD_CAST "pos");
    xmlChar *type = xmlGetNoNsProp(instruction, BAD_CAST "type");
    const char *at = strstr((const char *) sel, "/@");
    xmlNode *target = ifxFuzzFind(doc, (const char *) sel);
    const xmlChar *name = at ? BAD_CAST at + 2 : type ? type + 1 : NULL;

    if (xmlStrEqual(instruction->name, BAD_CAST "remove")) {
        if (name)
            xmlRemoveProp(xmlHasNsProp(target, name, NULL));
        else
            ifxFuzzRemove(target);
    } else if (name) {
        xmlChar *value = xmlNodeGetContent(instruction);

        xmlSetNsProp(target, NULL, name, value);
        xmlFree(value);
    } else {
        ifxFuzzInsert(target, instruction, pos ? (const char *) pos : "");
    }
    xmlFree(sel);
    xmlFree(pos);
    xmlFree(type);
}

static void
ifxFuzzCompare(const xmlDoc *patch,
               const ifxXmlText *text,
               const ifxXmlText *result)
{
    g_autoptr(xmlDoc) expected = ifxFuzzReadTree(text);
    g_autoptr(xmlDoc) got = ifxFuzzReadTree(result);
    g_autoptr(GString) expected_print = g_string_new(NULL);
    g_autoptr(GString) got_print = g_string_new(NULL);
    const xmlNode *instruction;

    for (instruction = xmlDocGetRootElement(patch)->children; instruction;
         instruction = instruction->next) {
        if (instruction->type == XML_ELEMENT_NODE)
            ifxFuzzCarryOut(instruction, expected);
    }
    ifxFuzzPrint(xmlDocGetRootElement(expected), expected_print);
    ifxFuzzPrint(xmlDocGetRootElement(got), got_print);
    if (!g_string_equal(expected_print, got_print)) {
        fprintf(stderr, "expected:%s\ngot:%s\n", expected_print->str, got_print->str);
        abort();
    }
}

static bool
ifxFuzzIsShallow(const ifxXmlText *text)
{
    guint i;

    for (i = 0; i < ifxXmlTextGetCount(text); i++) {
        if (ifxXmlTextGetElement(text, i)->depth > IFX_FUZZ_MAX_DEPTH)
            return false;
    }
    return true;
}

/* In order, and inside of the document. */
static void
ifxFuzzCheckEdits(const GArray *edits,
                  gsize length)
{
    gsize at = 0;
    guint i;

    for (i = 0; i < edits->len; i++) {
        const ifxEdit *edit = &g_array_index(edits, ifxEdit, i);

        ifxFuzzExpect(edit->offset >= at && edit->offset <= length);
        ifxFuzzExpect(edit->removed <= length - edit->offset);
        at = edit->offset + edit->removed;
    }
}

/* What the edits insert, changed: @n chooses what changes, and where: at the start, at the end, or
 * anywhere. */
static char *
ifxFuzzTamper(const char *inserted,
              guint n)
{
    static const char *const added[] = {
        "<", ">", "/", "&", " ", "<!--", "-->", "<![CDATA[", "]]>", "<a>", "</a>", "</devices>",
        "<a/>", "&#32;", "<?a ?>", "xmlns='a'", "xmlns:q='a'", "'",
    };
    const size_t length = strlen(inserted);
    const guint how = n % (G_N_ELEMENTS(added) + 1);
    const size_t anywhere = n / 128 % (length + 1);
    const size_t at = n / 32 % 4 == 0 ? 0 : n / 32 % 4 == 1 ? length : anywhere;

    return g_strdup_printf("%.*s%s%s", (int) at, inserted,
                           how < G_N_ELEMENTS(added) ? added[how] : "",
                           inserted + (at < length && how == G_N_ELEMENTS(added) ? at + 1 : at));
}

/* What the reading of the insertions alone takes, the reading of all must take. */
static void
ifxFuzzCheckLocal(const ifxXmlPatch *patch,
                  const GArray *edits,
                  GBytes *result)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(patch->text, &length);
    guint i;
    guint j;

    ifxFuzzExpect(!ifxXmlPatchLocalVerify(patch, edits, result) ||
                  ifxXmlPatchVerify(patch, result, NULL));
    for (i = 0; i < edits->len; i++) {
        ifxEdit *edit = &g_array_index(edits, ifxEdit, i);
        const guint random = g_str_hash(edit->inserted) + i;
        char *right = edit->inserted;

        for (j = 0; j < 6; j++) {
            g_autoptr(GBytes) tampered = NULL;

            edit->inserted = ifxFuzzTamper(right, random + j * 2654435761U);
            tampered = ifxEditsApply(edits, bytes, length);
            ifxFuzzExpect(!ifxXmlPatchLocalVerify(patch, edits, tampered) ||
                          ifxXmlPatchVerify(patch, tampered, NULL));
            g_free(edit->inserted);
        }
        edit->inserted = right;
    }
}

/* What the edits of @patch make of its document. */
static GBytes *
ifxFuzzApply(const ifxXmlPatch *patch,
             ifxXmlText **result)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) edits = ifxXmlPatchEditsNew(patch, &error);
    GBytes *bytes;
    gsize length;
    const char *original = ifxXmlTextGetBytes(patch->text, &length);

    ifxFuzzExpectDone(edits, error);
    ifxFuzzCheckEdits(edits, length);
    bytes = ifxEditsApply(edits, original, length);
    *result = ifxXmlTextParse(bytes, &error);
    ifxFuzzExpectDone(*result, error);
    ifxFuzzExpectDone(ifxXmlPatchVerify(patch, bytes, &error), error);
    ifxFuzzCheckLocal(patch, edits, bytes);
    ifxFuzzCheckDiff(edits, original, length, bytes);
    return bytes;
}

/* @doc without every second instruction, the first or the second of two. */
static xmlDoc *
ifxFuzzHalf(const xmlDoc *doc,
            bool second)
{
    xmlDoc *half = xmlCopyDoc((xmlDoc *) doc, 1);
    xmlNode *node = xmlDocGetRootElement(half)->children;

    while (node) {
        xmlNode *next = node->next;

        if (node->type == XML_ELEMENT_NODE) {
            if (second)
                ifxFuzzRemove(node);
            second = !second;
        }
        node = next;
    }
    return half;
}

/* A patch that was accepted is one too when it comes as two. */
static void
ifxFuzzCheckJoin(const xmlDoc *doc,
                 const ifxXmlText *text)
{
    g_autoptr(xmlDoc) first = ifxFuzzHalf(doc, false);
    g_autoptr(xmlDoc) second = ifxFuzzHalf(doc, true);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(first, text, &error);
    g_autoptr(ifxXmlPatch) other = patch ? ifxXmlPatchRead(second, text, &error) : NULL;
    g_autoptr(ifxXmlText) result = NULL;
    g_autoptr(GBytes) bytes = NULL;

    ifxFuzzExpectDone(other, error);
    ifxFuzzExpectDone(ifxXmlPatchJoin(patch, other, &error), error);
    bytes = ifxFuzzApply(patch, &result);
}

void
ifxFuzzCheckPatch(const xmlDoc *doc,
                  const ifxXmlText *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, &error);
    g_autoptr(GArray) edits = patch ? ifxXmlPatchEditsNew(patch, &error) : NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(ifxXmlText) result = NULL;

    if (!edits) {
        ifxFuzzExpectError(error, IFX_ERROR_PATCH, IFX_ERROR_PATCH);
        return;
    }
    ifxFuzzExpect(!error);
    if (!ifxFuzzIsShallow(text))
        return;
    bytes = ifxFuzzApply(patch, &result);
    ifxFuzzCompare(doc, text, result);
    ifxFuzzCheckJoin(doc, text);
}
