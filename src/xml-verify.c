/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-verify.h"

#include <string.h>

#include "error.h"
#include "xml-sax.h"

typedef struct {
    const ifxXmlText *original;
    const ifxXmlText *result;
    guint next;             /* the element of the result that comes next */
} ifxXmlVerify;

static bool
ifxXmlVerifySame(const char *a,
                 gsize a_length,
                 const char *b,
                 gsize b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* The element kept its name, attributes and text. */
static bool
ifxXmlVerifyKept(ifxXmlVerify *verify,
                 guint element)
{
    const ifxXmlElement *a = ifxXmlTextGetElement(verify->original, element);
    const ifxXmlElement *b;
    const ifxXmlAttribute *a_attributes;
    const ifxXmlAttribute *b_attributes;
    gsize a_length;
    gsize b_length;
    const char *a_bytes = ifxXmlTextGetBytes(verify->original, NULL);
    const char *b_bytes = ifxXmlTextGetBytes(verify->result, NULL);
    const char *a_name;
    const char *b_name;
    guint i;

    if (verify->next == ifxXmlTextGetCount(verify->result))
        return false;
    b = ifxXmlTextGetElement(verify->result, verify->next++);
    a_name = ifxXmlTextGetName(verify->original, a, &a_length);
    b_name = ifxXmlTextGetName(verify->result, b, &b_length);
    a_attributes = ifxXmlTextGetAttributes(verify->original, a);
    b_attributes = ifxXmlTextGetAttributes(verify->result, b);

    if (!ifxXmlVerifySame(a_name, a_length, b_name, b_length) ||
        a->depth != b->depth || a->digest != b->digest ||
        a->n_attributes != b->n_attributes || g_strcmp0(a->ns, b->ns) != 0)
        return false;

    for (i = 0; i < a->n_attributes; i++) {
        if (!ifxXmlVerifySame(a_bytes + a_attributes[i].name, a_attributes[i].name_length,
                              b_bytes + b_attributes[i].name, b_attributes[i].name_length) ||
            !ifxXmlVerifySame(a_attributes[i].decoded, a_attributes[i].decoded_length,
                              b_attributes[i].decoded, b_attributes[i].decoded_length) ||
            g_strcmp0(a_attributes[i].ns, b_attributes[i].ns) != 0)
            return false;
    }
    return true;
}

static bool
ifxXmlVerifyIsCalled(const char *written,
                     gsize length,
                     const xmlNs *ns,
                     const xmlChar *name)
{
    g_autofree char *full = ns && ns->prefix ?
        g_strdup_printf("%s:%s", ns->prefix, name) : g_strdup((const char *) name);

    return ifxXmlVerifySame(written, length, full, strlen(full));
}

static bool
ifxXmlVerifyIsIn(const char *uri,
                 const xmlNs *ns)
{
    return g_strcmp0(uri, ns ? (const char *) ns->href : NULL) == 0;
}

/* The attributes of an inserted element, in order; namespace declarations are judged
 * by what they do to names. */
static bool
ifxXmlVerifyAttributes(const ifxXmlText *text,
                       const ifxXmlElement *element,
                       const xmlNode *node)
{
    const ifxXmlAttribute *attributes = ifxXmlTextGetAttributes(text, element);
    const char *bytes = ifxXmlTextGetBytes(text, NULL);
    const xmlAttr *attr = node->properties;
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        const char *name = bytes + attributes[i].name;
        xmlChar *value;
        bool same;

        if (g_str_has_prefix(name, "xmlns=") || g_str_has_prefix(name, "xmlns:"))
            continue;
        if (!attr || !ifxXmlVerifyIsCalled(name, attributes[i].name_length, attr->ns, attr->name) ||
            !ifxXmlVerifyIsIn(attributes[i].ns, attr->ns))
            return false;
        value = xmlNodeListGetString(node->doc, attr->children, 1);
        same = ifxXmlVerifySame(attributes[i].decoded, attributes[i].decoded_length,
                                value ? (const char *) value : "",
                                value ? strlen((const char *) value) : 0);
        xmlFree(value);
        if (!same)
            return false;
        attr = attr->next;
    }
    return !attr;
}

static bool
ifxXmlVerifyNode(ifxXmlVerify *verify,
                 const xmlNode *node,
                 guint depth)
{
    const ifxXmlElement *element;
    const xmlNode *child;
    const char *name;
    gsize length;
    guint64 digest = IFX_XML_DIGEST_START;

    if (verify->next == ifxXmlTextGetCount(verify->result))
        return false;
    element = ifxXmlTextGetElement(verify->result, verify->next++);
    name = ifxXmlTextGetName(verify->result, element, &length);
    if (element->depth != depth ||
        !ifxXmlVerifyIsCalled(name, length, node->ns, node->name) ||
        !ifxXmlVerifyIsIn(element->ns, node->ns) ||
        !ifxXmlVerifyAttributes(verify->result, element, node))
        return false;

    for (child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            if (!ifxXmlVerifyNode(verify, child, depth + 1))
                return false;
        } else if (child->content) {
            digest = ifxXmlDigest(digest, (const char *) child->content,
                                  strlen((const char *) child->content));
        }
    }
    return digest == element->digest;
}

static bool
ifxXmlVerifyInsertion(ifxXmlVerify *verify,
                      const ifxXmlInsertion *insertion)
{
    const xmlNode *child;

    for (child = insertion->nodes->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE &&
            !ifxXmlVerifyNode(verify, child, insertion->depth))
            return false;
    }
    return true;
}

bool
ifxXmlVerifyInserted(const ifxXmlText *original,
                     const GArray *insertions,
                     const ifxXmlText *result,
                     GError **error)
{
    ifxXmlVerify verify = { .original = original, .result = result };
    const guint count = ifxXmlTextGetCount(original);
    bool same = true;
    guint inserted = 0;
    guint i;

    for (i = 0; same && i <= count; i++) {
        while (same && inserted < insertions->len) {
            const ifxXmlInsertion *next =
                &g_array_index(insertions, ifxXmlInsertion, inserted);

            if (next->before != i)
                break;
            same = ifxXmlVerifyInsertion(&verify, next);
            inserted++;
        }
        if (same && i < count)
            same = ifxXmlVerifyKept(&verify, i);
    }

    if (same && inserted == insertions->len && verify.next == ifxXmlTextGetCount(result))
        return true;
    g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH,
                "the result is not the original with the patch applied: "
                "element %u differs; nothing was written", verify.next);
    return false;
}
