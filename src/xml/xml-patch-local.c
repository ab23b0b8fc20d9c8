/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "base/error.h"
#include "xml/edit.h"
#include "xml/xml-patch-internal.h"

/* An element around the insertion. */
typedef struct {
    const ifxXmlElement *element;   /* lent */
    gsize content;                  /* in the extract: after its start tag */
    gsize end;                      /* in the extract: after its end tag */
} ifxXmlAround;

/* An element that is inserted. */
typedef struct {
    const xmlNode *node;
    guint depth;                    /* 0 for the root of the document */
} ifxXmlInserted;

/* What is inserted at one place, inside the tags of the elements around it. */
typedef struct {
    GString *bytes;
    GArray *around;                 /* ifxXmlAround, from the root */
    GArray *inserted;               /* ifxXmlInserted, in document order */
    guint read;                     /* elements so far */
} ifxXmlExtract;

/* The element in whose content @edit is; IFX_XML_NONE if libxml2 was not in the content of an
 * element there, or if bytes are removed. */
static guint
ifxXmlLocalFindParent(const ifxXmlText *text,
                      const ifxInstruction *instruction,
                      const ifxEdit *edit)
{
    const ifxXmlElement *target = ifxXmlTextGetElement(text, instruction->target);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    gsize at;

    if (edit->removed > 0)
        return IFX_XML_NONE;
    if (instruction->kind == IFX_PATCH_BEFORE)
        return edit->offset == target->start ? target->parent : IFX_XML_NONE;
    if (instruction->kind == IFX_PATCH_AFTER)
        return edit->offset == target->end ? target->parent : IFX_XML_NONE;
    if (target->empty_tag)
        return IFX_XML_NONE;
    if (instruction->kind == IFX_PATCH_PREPEND)
        return edit->offset == target->content ? instruction->target : IFX_XML_NONE;

    if (edit->offset < target->content || edit->offset > target->content_end)
        return IFX_XML_NONE;
    /* White space before the end tag is in no comment, reference or section: none of them ends
     * with it. */
    for (at = edit->offset; at < target->content_end; at++) {
        if (!strchr(" \t\r\n", bytes[at]))
            return IFX_XML_NONE;
    }
    return instruction->target;
}

static void
ifxXmlExtractOpen(ifxXmlExtract *extract,
                  const ifxXmlText *text,
                  guint parent)
{
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    const guint depth = ifxXmlTextGetElement(text, parent)->depth;
    guint i;

    g_array_set_size(extract->around, depth + 1);
    for (i = depth + 1; i-- > 0; ) {
        const ifxXmlElement *element = ifxXmlTextGetElement(text, parent);

        g_array_index(extract->around, ifxXmlAround, i).element = element;
        parent = element->parent;
    }
    for (i = 0; i <= depth; i++) {
        ifxXmlAround *around = &g_array_index(extract->around, ifxXmlAround, i);
        const gsize start = around->element->start;

        g_string_append_len(extract->bytes, bytes + start,
                            (gssize) (around->element->content - start));
        around->content = extract->bytes->len;
    }
}

static void
ifxXmlExtractClose(ifxXmlExtract *extract,
                   const ifxXmlText *text)
{
    guint i;

    for (i = extract->around->len; i-- > 0; ) {
        ifxXmlAround *around = &g_array_index(extract->around, ifxXmlAround, i);
        gsize length;
        const char *name = ifxXmlTextGetName(text, around->element, &length);

        g_string_append(extract->bytes, "</");
        g_string_append_len(extract->bytes, name, (gssize) length);
        g_string_append_c(extract->bytes, '>');
        around->end = extract->bytes->len;
    }
}

static void
ifxXmlExtractExpect(ifxXmlExtract *extract,
                    const xmlNode *parent,
                    guint depth)
{
    const xmlNode *node = ifxXmlPatchNodeFirstElement(parent->children);

    while (node) {
        const ifxXmlInserted inserted = { .node = node, .depth = depth };

        g_array_append_val(extract->inserted, inserted);
        ifxXmlExtractExpect(extract, node, depth + 1);
        node = ifxXmlPatchNodeFirstElement(node->next);
    }
}

static bool
ifxXmlExtractFail(guint element,
                  GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_MISMATCH, "element %u differs", element + 1);
}

/* Its bytes are those that were read already, by the same parser: equal names are one pointer. */
static bool
ifxXmlExtractIsAround(const ifxXmlAround *around,
                      const ifxXmlSaxStart *start)
{
    const ifxXmlElement *element = around->element;

    return start->depth == element->depth && start->name == element->local &&
        start->prefix == element->prefix && start->ns == element->ns &&
        start->n_attributes + start->n_namespaces == element->n_attributes &&
        start->offset + strlen(">") == around->content;
}

static bool
ifxXmlExtractStart(void *opaque,
                   const ifxXmlSaxStart *start,
                   GError **error)
{
    ifxXmlExtract *extract = opaque;
    const guint around = extract->around->len;
    bool same;

    if (start->element < around) {
        same = ifxXmlExtractIsAround(&g_array_index(extract->around, ifxXmlAround, start->element),
                                     start);
    } else if (start->element - around < extract->inserted->len) {
        const ifxXmlInserted *inserted =
            &g_array_index(extract->inserted, ifxXmlInserted, start->element - around);

        same = start->depth == inserted->depth && ifxXmlPatchNodeIsRead(inserted->node, start);
    } else {
        same = false;
    }
    extract->read++;
    return same || ifxXmlExtractFail(start->element, error);
}

/* An element around it has no text, and ends with its own end tag: so nothing that the insertion
 * opens is open there. */
static bool
ifxXmlExtractEnd(void *opaque,
                 guint element,
                 guint64 digest,
                 gsize offset,
                 GError **error)
{
    const ifxXmlExtract *extract = opaque;
    const guint n = extract->around->len;
    bool same;

    if (element < n)
        same = digest == IFX_XML_DIGEST_START &&
            offset == g_array_index(extract->around, ifxXmlAround, element).end;
    else
        same = digest ==
            ifxXmlPatchNodeDigest(g_array_index(extract->inserted, ifxXmlInserted,
                                                element - n).node);
    return same || ifxXmlExtractFail(element, error);
}

/* Is what @edit inserts what @instruction asks for, wherever @edit belongs? Adds to @length what
 * was read for that. */
static bool
ifxXmlLocalReadInsertion(const ifxXmlText *text,
                         const ifxInstruction *instruction,
                         const ifxEdit *edit,
                         gsize *length)
{
    static const ifxXmlSaxHandler handler = { ifxXmlExtractStart, ifxXmlExtractEnd };
    const guint parent = ifxXmlLocalFindParent(text, instruction, edit);
    g_autoptr(GString) bytes = NULL;
    g_autoptr(GArray) around = NULL;
    g_autoptr(GArray) inserted = NULL;
    ifxXmlExtract extract;

    if (parent == IFX_XML_NONE)
        return false;
    bytes = g_string_sized_new(1024);
    around = g_array_new(FALSE, FALSE, sizeof(ifxXmlAround));
    inserted = g_array_new(FALSE, FALSE, sizeof(ifxXmlInserted));
    extract = (ifxXmlExtract) { .bytes = bytes, .around = around, .inserted = inserted };

    ifxXmlExtractOpen(&extract, text, parent);
    g_string_append(bytes, edit->inserted);
    ifxXmlExtractClose(&extract, text);
    ifxXmlExtractExpect(&extract, instruction->node, around->len);
    *length += bytes->len;
    return bytes->len <= G_MAXINT &&
        ifxXmlSaxParse(ifxXmlTextGetSax(text), bytes->str, bytes->len, &handler, &extract, NULL,
                       NULL) &&
        extract.read == around->len + inserted->len;
}

/* Takes @length bytes from the start of @rest and compares them with @bytes. */
static bool
ifxXmlLocalTake(const char **rest,
                gsize *left,
                const char *bytes,
                gsize length)
{
    if (*left < length || memcmp(*rest, bytes, length) != 0)
        return false;
    *rest += length;
    *left -= length;
    return true;
}

/* Is @result the original with what @edits insert, and nothing else? */
static bool
ifxXmlLocalIsResult(const ifxXmlText *text,
                    const GArray *edits,
                    GBytes *result)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);
    gsize left;
    const char *rest = g_bytes_get_data(result, &left);
    gsize at = 0;
    guint i;

    for (i = 0; i < edits->len; i++) {
        const ifxEdit *edit = &g_array_index(edits, ifxEdit, i);

        if (edit->offset < at || edit->offset > length ||
            !ifxXmlLocalTake(&rest, &left, bytes + at, edit->offset - at) ||
            !ifxXmlLocalTake(&rest, &left, edit->inserted, strlen(edit->inserted)))
            return false;
        at = edit->offset;
    }
    return ifxXmlLocalTake(&rest, &left, bytes + at, length - at) && left == 0;
}

bool
ifxXmlPatchLocalVerify(const ifxXmlPatch *patch,
                       const GArray *edits,
                       GBytes *result)
{
    g_autoptr(GPtrArray) insertions = NULL;
    gsize read = 0;
    guint i;

    if (!ifxXmlTextIsUtf8(patch->text) || !ifxXmlLocalIsResult(patch->text, edits, result))
        return false;

    insertions = ifxXmlPatchEditsListInsertions(patch);
    if (insertions->len != patch->instructions->len || edits->len != insertions->len)
        return false;
    for (i = 0; i < edits->len; i++) {
        if (!ifxXmlLocalReadInsertion(patch->text, insertions->pdata[i],
                                      &g_array_index(edits, ifxEdit, i), &read))
            return false;
        /* The tags around each insertion are read again, which may come to more than the whole. */
        if (read > g_bytes_get_size(result))
            return false;
    }
    return true;
}
