/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is a document, and after a NUL the description of a patch for it. Each instruction is a
 * byte for what it does, a byte for its target, a byte for the length of what it writes, and that
 * text. The instructions are sorted, except after one kind of byte.
 */
#include <libxml/parser.h>
#include <string.h>

#include "fuzz.h"
#include "xml/xml-doc.h"
#include "xml/xml-text.h"

/* Each element is read alone in documents of at most so many; it costs the square. */
#define IFX_FUZZ_MAX_ELEMENTS 40
#define IFX_FUZZ_UNSORTED 0x80

typedef struct {
    guint8 what;
    guint target;
    char *written;
} ifxFuzzStep;

static void
ifxFuzzStepClear(gpointer step)
{
    g_free(((ifxFuzzStep *) step)->written);
}

static void
ifxFuzzCheckAttributes(const ifxXmlText *text,
                       const ifxXmlElement *element)
{
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, element);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    gsize at = element->start + 1 + element->name_length;
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        const ifxXmlAttribute *a = &attributes[i];

        ifxFuzzExpect(a->name > at - (i > 0) && a->name_length > 0);
        ifxFuzzExpect(a->value > a->name + a->name_length);
        ifxFuzzExpect(a->quote == '\'' || a->quote == '"');
        ifxFuzzExpect(bytes[a->value - 1] == a->quote);
        at = a->value + a->raw_length + 1;
        ifxFuzzExpect(bytes[at - 1] == a->quote && at < element->content);
        /* A byte of a character in other encodings. */
        ifxFuzzExpect(!ifxXmlTextIsUtf8(text) || !memchr(bytes + a->value, '<', a->raw_length));
    }
}

/* Start tag at its start, end tag at its end, children in between, in order. */
static void
ifxFuzzCheckSpan(const ifxXmlText *text,
                 guint i)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, i);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    gsize at = e->content;
    guint child;

    ifxFuzzExpect(bytes[e->start] == '<' && e->name_length > 0);
    ifxFuzzExpect(e->start + 1 + e->name_length < e->content);
    ifxFuzzExpect(e->content <= e->content_end && e->content_end <= e->end);
    ifxFuzzExpect(bytes[e->content - 1] == '>' && bytes[e->end - 1] == '>');
    ifxFuzzExpect(e->past > i && e->past <= ifxXmlTextGetCount(text));
    if (e->empty_tag)
        ifxFuzzExpect(e->past == i + 1 && e->content == e->end && bytes[e->content - 2] == '/');
    else
        ifxFuzzExpect(memcmp(bytes + e->content_end, "</", 2) == 0 &&
                      memcmp(bytes + e->content_end + 2, bytes + e->start + 1,
                             e->name_length) == 0);

    for (child = i + 1; child < e->past; child = ifxXmlTextGetElement(text, child)->past) {
        const ifxXmlElement *c = ifxXmlTextGetElement(text, child);

        ifxFuzzExpect(c->parent == i && c->depth == e->depth + 1);
        ifxFuzzExpect(c->start >= at && c->end <= e->content_end && c->past <= e->past);
        at = c->end;
    }
    ifxFuzzCheckAttributes(text, e);
}

/* Its bytes are an element of their own, the same one. */
static void
ifxFuzzReadAlone(const ifxXmlText *text,
                 guint i)
{
    const ifxXmlElement *e = ifxXmlTextGetElement(text, i);
    g_autoptr(GBytes) slice = g_bytes_new_from_bytes(ifxXmlTextGetData(text), e->start,
                                                     e->end - e->start);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxXmlText) alone = ifxXmlTextParse(slice, &error);
    guint j;

    ifxFuzzExpectDone(alone, error);
    ifxFuzzExpect(ifxXmlTextGetCount(alone) == e->past - i);
    for (j = i; j < e->past; j++) {
        const ifxXmlElement *here = ifxXmlTextGetElement(text, j);
        const ifxXmlElement *there = ifxXmlTextGetElement(alone, j - i);

        ifxFuzzExpect(here->start == there->start + e->start);
        ifxFuzzExpect(here->content_end == there->content_end + e->start);
        ifxFuzzExpect(here->n_attributes == there->n_attributes);
        ifxFuzzExpect(here->digest == there->digest);
    }
}

/* The path of an element names that element alone, where all names on it are plain. */
static void
ifxFuzzCheckPath(const ifxXmlText *text,
                 guint i)
{
    g_autofree char *path = ifxXmlPathFormat(text, i);
    g_autoptr(GError) error = NULL;
    const guint found = ifxXmlPathResolve(text, path, strlen(path), &error);

    ifxFuzzExpect((found == IFX_XML_NONE) == (error != NULL));
    ifxFuzzExpect(found == i || found == IFX_XML_NONE || strchr(path, ':') ||
                  ifxXmlTextGetElement(text, i)->ns);
}

static void
ifxFuzzCheckText(const ifxXmlText *text)
{
    const guint count = ifxXmlTextGetCount(text);
    guint i;

    ifxFuzzExpect(count > 0 && ifxXmlTextGetElement(text, 0)->parent == IFX_XML_NONE);
    for (i = 0; i < count; i++) {
        g_autofree char *content = ifxXmlTextDupContent(text, i);

        ifxFuzzCheckSpan(text, i);
        ifxFuzzExpect((content != NULL) == (ifxXmlTextGetElement(text, i)->past == i + 1));
        ifxFuzzExpect(!content || g_utf8_validate(content, -1, NULL));
    }
    if (count > IFX_FUZZ_MAX_ELEMENTS)
        return;
    for (i = 0; i < count; i++) {
        ifxFuzzCheckPath(text, i);
        if (ifxXmlTextIsUtf8(text))
            ifxFuzzReadAlone(text, i);
    }
}

static int
ifxFuzzStepCompare(gconstpointer a,
                   gconstpointer b)
{
    const ifxFuzzStep *left = a;
    const ifxFuzzStep *right = b;

    if (left->target != right->target)
        return left->target > right->target ? -1 : 1;
    return (right->what & 7) - (left->what & 7);
}

/* ifxFuzzStep; elements last among those for one target. */
static GArray *
ifxFuzzReadSteps(const ifxXmlText *text,
                 const uint8_t *data,
                 size_t size)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(ifxFuzzStep));
    bool sort = true;

    g_array_set_clear_func(steps, ifxFuzzStepClear);
    while (size >= 3) {
        const size_t length = MIN(data[2], size - 3);
        ifxFuzzStep step = {
            .what = data[0],
            .target = data[1] % ifxXmlTextGetCount(text),
            .written = g_strndup((const char *) data + 3, length),
        };

        sort &= !(step.what & IFX_FUZZ_UNSORTED);
        g_array_append_val(steps, step);
        data += 3 + length;
        size -= 3 + length;
    }
    if (sort)
        g_array_sort(steps, ifxFuzzStepCompare);
    return steps;
}

/* "/@name" of the attribute that the step means; of the others none. */
static char *
ifxFuzzAttribute(const ifxXmlText *text,
                 const ifxFuzzStep *step)
{
    const ifxXmlElement *element = ifxXmlTextGetElement(text, step->target);
    const ifxXmlAttribute *attribute;

    if (element->n_attributes == 0)
        return g_strdup("/@a");
    attribute = ifxXmlTextGetAttributes(text, element) + (step->what >> 3) % element->n_attributes;
    return g_strdup_printf("/@%.*s", (int) attribute->name_length,
                           ifxXmlTextGetBytes(text, NULL) + attribute->name);
}

static void
ifxFuzzWriteStep(const ifxXmlText *text,
                 const ifxFuzzStep *step,
                 GString *out)
{
    static const char *const positions[] = {
        "", " pos='prepend'", " pos='before'", " pos='after'",
    };
    g_autofree char *path = ifxXmlPathFormat(text, step->target);
    g_autofree char *attribute = ifxFuzzAttribute(text, step);
    const char *equals = strchr(step->written, '=');

    switch (step->what & 7) {
    case 4:
        g_string_append_printf(out, "<remove sel='%s'/>", path);
        break;
    case 5:
        g_string_append_printf(out, "<remove sel='%s%s'/>", path, attribute);
        break;
    case 6:
        g_string_append_printf(out, "<replace sel='%s%s'>%s</replace>", path, attribute,
                               step->written);
        break;
    case 7:
        g_string_append_printf(out, "<add sel='%s' type='@%.*s'>%s</add>", path,
                               (int) (equals ? equals - step->written : 1),
                               equals ? step->written : "n", equals ? equals + 1 : step->written);
        break;
    default:
        g_string_append_printf(out, "<add sel='%s'%s>%s</add>", path, positions[step->what & 7],
                               *step->written ? step->written : "<n a='1'><m/></n>");
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
    const size_t length = nul ? (size_t) (nul - data) : size;
    g_autoptr(GBytes) bytes = g_bytes_new(data, length);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, &error);
    g_autoptr(GString) patch = g_string_new("<diff>");
    g_autoptr(GArray) steps = NULL;
    g_autoptr(xmlDoc) doc = NULL;
    guint i;

    if (!text) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_MISMATCH);
        return 0;
    }
    ifxFuzzExpect(!error);
    ifxFuzzCheckText(text);
    if (!nul)
        return 0;

    steps = ifxFuzzReadSteps(text, nul + 1, size - length - 1);
    for (i = 0; i < steps->len; i++)
        ifxFuzzWriteStep(text, &g_array_index(steps, ifxFuzzStep, i), patch);
    g_string_append(patch, "</diff>");
    doc = xmlReadMemory(patch->str, (int) patch->len, NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    /* No stylesheet makes names that namespaces do not allow. */
    if (doc && doc->properties & XML_DOC_NSVALID)
        ifxFuzzCheckPatch(doc, text);
    return 0;
}
