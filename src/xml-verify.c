/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-verify.h"

#include <string.h>

#include "error.h"
#include "xml-expect.h"
#include "xml-sax.h"

/* An element of the result whose end tag is still to come. */
typedef struct {
    guint number;           /* from 1, in document order */
    guint64 digest;         /* that its text must have */
} ifxXmlVerifyOpen;

typedef struct {
    const ifxXmlPatch *patch;
    ifxXmlExpect expect;
    GArray *open;           /* ifxXmlVerifyOpen */
    guint read;             /* how many elements of the result were */
} ifxXmlVerify;

static bool
ifxXmlVerifyFail(guint number,
                 GError **error)
{
    g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH,
                "the result is not the original with the patch applied: "
                "element %u differs; nothing was written", number);
    return false;
}

static bool
ifxXmlVerifyValue(const ifxXmlSaxAttribute *read,
                  const char *value,
                  gsize length)
{
    return read->length == length && memcmp(read->value, value, length) == 0;
}

/* What the patch wants of this attribute; NULL for nothing. */
static const ifxInstruction *
ifxXmlVerifyFind(const ifxXmlVerify *verify,
                 const ifxXmlExpected *expected,
                 const char *name,
                 gsize length)
{
    guint i;

    for (i = expected->first_change; i < expected->past_change; i++) {
        const ifxInstruction *change = verify->patch->instructions->pdata[i];

        if (change->name && strlen(change->name) == length &&
            memcmp(change->name, name, length) == 0)
            return change;
    }
    return NULL;
}

static bool
ifxXmlVerifyDeclaration(const ifxXmlSaxStart *start,
                        guint i,
                        const char *name,
                        const ifxXmlAttribute *had)
{
    ifxXmlSaxNamespace read;

    if (i == start->n_namespaces)
        return false;
    read = ifxXmlSaxGetNamespace(start, i);
    return ifxXmlSaxIsNamed(name, had->name_length, read.prefix ? read.prefix : "xmlns",
                            read.prefix ? "xmlns" : NULL) &&
        strlen(read.uri) == had->decoded_length &&
        memcmp(read.uri, had->decoded, had->decoded_length) == 0;
}

/* An attribute that was there, with the value that @change, if any, gives it. */
static bool
ifxXmlVerifyKeptAttribute(const ifxXmlSaxStart *start,
                          guint i,
                          const char *name,
                          const ifxXmlAttribute *had,
                          const ifxInstruction *change)
{
    ifxXmlSaxAttribute read;

    if (i == start->n_attributes)
        return false;
    read = ifxXmlSaxGetAttribute(start, i);
    return ifxXmlSaxIsNamed(name, had->name_length, read.name, read.prefix) &&
        g_strcmp0(read.ns, had->ns) == 0 &&
        ifxXmlVerifyValue(&read, change ? change->value : had->decoded,
                          change ? strlen(change->value) : had->decoded_length);
}

/* The attributes of a kept element: those it had, as they are to be, then the new ones.
 * Declarations come apart from libxml2, in their order. */
static bool
ifxXmlVerifyKeptAttributes(const ifxXmlVerify *verify,
                           const ifxXmlExpected *expected,
                           const ifxXmlSaxStart *start)
{
    const ifxXmlText *text = verify->patch->text;
    const ifxXmlElement *element = ifxXmlTextGetElement(text, expected->element);
    const ifxXmlAttribute *had = ifxXmlTextGetAttributes(text, element);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    guint attributes = 0;
    guint namespaces = 0;
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        const char *name = bytes + had[i].name;
        const ifxInstruction *change;

        if (ifxXmlAttributeDeclares(&had[i], bytes)) {
            if (!ifxXmlVerifyDeclaration(start, namespaces++, name, &had[i]))
                return false;
            continue;
        }
        change = ifxXmlVerifyFind(verify, expected, name, had[i].name_length);
        if (change && change->kind == IFX_PATCH_REMOVE_ATTRIBUTE)
            continue;
        if (!ifxXmlVerifyKeptAttribute(start, attributes++, name, &had[i], change))
            return false;
    }
    for (i = expected->first_change; i < expected->past_change; i++) {
        const ifxInstruction *change = verify->patch->instructions->pdata[i];
        ifxXmlSaxAttribute read;

        if (change->kind != IFX_PATCH_ADD_ATTRIBUTE)
            continue;
        if (attributes == start->n_attributes)
            return false;
        read = ifxXmlSaxGetAttribute(start, attributes++);
        if (read.prefix || read.ns || strcmp(read.name, change->name) != 0 ||
            !ifxXmlVerifyValue(&read, change->value, strlen(change->value)))
            return false;
    }
    return attributes == start->n_attributes && namespaces == start->n_namespaces;
}

/* The element kept its name, and but for the patch its attributes. */
static bool
ifxXmlVerifyKept(const ifxXmlVerify *verify,
                 const ifxXmlExpected *expected,
                 const ifxXmlSaxStart *start)
{
    const ifxXmlText *text = verify->patch->text;
    const ifxXmlElement *element = ifxXmlTextGetElement(text, expected->element);
    gsize length;
    const char *name = ifxXmlTextGetName(text, element, &length);

    return ifxXmlSaxIsNamed(name, length, start->name, start->prefix) &&
        g_strcmp0(start->ns, element->ns) == 0 &&
        ifxXmlVerifyKeptAttributes(verify, expected, start);
}

static bool
ifxXmlVerifyIsCalled(const xmlChar *name,
                     const xmlNs *ns,
                     const char *read_name,
                     const char *read_prefix,
                     const char *read_ns)
{
    return strcmp((const char *) name, read_name) == 0 &&
        g_strcmp0(ns ? (const char *) ns->prefix : NULL, read_prefix) == 0 &&
        g_strcmp0(ns ? (const char *) ns->href : NULL, read_ns) == 0;
}

/* An inserted element and its attributes, in order; namespace declarations are judged by
 * what they do to names. */
static bool
ifxXmlVerifyInserted(const xmlNode *node,
                     const ifxXmlSaxStart *start)
{
    const xmlAttr *attr = node->properties;
    guint i;

    if (!ifxXmlVerifyIsCalled(node->name, node->ns, start->name, start->prefix, start->ns))
        return false;

    for (i = 0; i < start->n_attributes; i++) {
        const ifxXmlSaxAttribute read = ifxXmlSaxGetAttribute(start, i);
        xmlChar *value;
        bool same;

        if (!attr || !ifxXmlVerifyIsCalled(attr->name, attr->ns, read.name, read.prefix, read.ns))
            return false;
        value = xmlNodeListGetString(node->doc, attr->children, 1);
        same = ifxXmlVerifyValue(&read, value ? (const char *) value : "",
                                 value ? strlen((const char *) value) : 0);
        xmlFree(value);
        if (!same)
            return false;
        attr = attr->next;
    }
    return !attr;
}

static guint64
ifxXmlVerifyDigest(const ifxXmlVerify *verify,
                   const ifxXmlExpected *expected)
{
    guint64 digest = IFX_XML_DIGEST_START;
    const xmlNode *child;

    if (!expected->node)
        return ifxXmlTextGetElement(verify->patch->text, expected->element)->digest;
    for (child = expected->node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE && child->content)
            digest = ifxXmlDigest(digest, (const char *) child->content,
                                  strlen((const char *) child->content));
    }
    return digest;
}

static bool
ifxXmlVerifyStart(void *opaque,
                  const ifxXmlSaxStart *start,
                  GError **error)
{
    ifxXmlVerify *verify = opaque;
    ifxXmlVerifyOpen open = { .number = ++verify->read };
    ifxXmlExpected expected;

    if (!ifxXmlExpectNext(&verify->expect, &expected) || expected.depth != verify->open->len ||
        !(expected.node ? ifxXmlVerifyInserted(expected.node, start) :
          ifxXmlVerifyKept(verify, &expected, start)))
        return ifxXmlVerifyFail(open.number, error);

    open.digest = ifxXmlVerifyDigest(verify, &expected);
    g_array_append_val(verify->open, open);
    return true;
}

static bool
ifxXmlVerifyEnd(void *opaque,
                guint64 digest,
                GError **error)
{
    ifxXmlVerify *verify = opaque;
    const guint last = verify->open->len - 1;
    const ifxXmlVerifyOpen open = g_array_index(verify->open, ifxXmlVerifyOpen, last);

    g_array_set_size(verify->open, last);
    return open.digest == digest || ifxXmlVerifyFail(open.number, error);
}

bool
ifxXmlPatchVerify(const ifxXmlPatch *patch,
                  GBytes *result,
                  GError **error)
{
    static const ifxXmlSaxHandler handler = { ifxXmlVerifyStart, ifxXmlVerifyEnd };
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(ifxXmlVerifyOpen));
    ifxXmlVerify verify = { .patch = patch, .open = open };
    ifxXmlExpected missing;
    GError *problem = NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(result, &length);
    bool ok;

    ifxXmlExpectInit(&verify.expect, patch);
    ok = ifxXmlSaxParse(bytes, length, &handler, &verify, NULL, &problem);
    if (ok && (ifxXmlExpectNext(&verify.expect, &missing) || !ifxXmlExpectIsDone(&verify.expect)))
        ok = ifxXmlVerifyFail(verify.read + 1, &problem);
    ifxXmlExpectClear(&verify.expect);

    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_XML))
        g_prefix_error(&problem, "the result can't be read again: ");
    if (!ok)
        g_propagate_error(error, problem);
    return ok;
}
