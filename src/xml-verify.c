/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml-verify.h"

#include <string.h>

#include "error.h"
#include "xml-patch-edits.h"
#include "xml-sax.h"

typedef struct {
    const ifxXmlText *original;
    const ifxXmlText *result;
    guint next;                 /* the element of the result that comes next */
    const ifxXmlPatch *patch;
    guint left;                 /* how many of its instructions are not met yet */
    GPtrArray *insertions;      /* those that insert, as they stand in the result */
    guint inserted;             /* how many of these are met */
} ifxXmlVerify;

/* Of the patch's instructions. */
typedef struct {
    guint first;
    guint past;
} ifxRange;

static bool
ifxXmlVerifySame(const char *a,
                 gsize a_length,
                 const char *b,
                 gsize b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

/* @attribute of @text has this name, value and namespace. */
static bool
ifxXmlVerifyAttribute(const ifxXmlText *text,
                      const ifxXmlAttribute *attribute,
                      const char *name,
                      gsize name_length,
                      const char *value,
                      gsize value_length,
                      const char *ns)
{
    return ifxXmlVerifySame(ifxXmlTextGetBytes(text, NULL) + attribute->name,
                            attribute->name_length, name, name_length) &&
        ifxXmlVerifySame(attribute->decoded, attribute->decoded_length, value, value_length) &&
        g_strcmp0(attribute->ns, ns) == 0;
}

/* What the patch wants of this attribute; NULL for nothing. */
static const ifxInstruction *
ifxXmlVerifyFind(const ifxXmlVerify *verify,
                 const ifxRange *changes,
                 const ifxXmlAttribute *attribute)
{
    const char *name = ifxXmlTextGetBytes(verify->original, NULL) + attribute->name;
    guint i;

    for (i = changes->first; i < changes->past; i++) {
        const ifxInstruction *change = verify->patch->instructions->pdata[i];

        if (change->name &&
            ifxXmlVerifySame(name, attribute->name_length, change->name, strlen(change->name)))
            return change;
    }
    return NULL;
}

/* The attributes of a kept element: those it had, as they are to be, then the new ones. */
static bool
ifxXmlVerifyKeptAttributes(const ifxXmlVerify *verify,
                           const ifxXmlElement *a,
                           const ifxXmlElement *b,
                           const ifxRange *changes)
{
    const ifxXmlAttribute *had = ifxXmlTextGetAttributes(verify->original, a);
    const ifxXmlAttribute *has = ifxXmlTextGetAttributes(verify->result, b);
    const char *bytes = ifxXmlTextGetBytes(verify->original, NULL);
    guint seen = 0;
    guint i;

    for (i = 0; i < a->n_attributes; i++) {
        const ifxInstruction *change = ifxXmlVerifyFind(verify, changes, &had[i]);

        if (change && change->kind == IFX_PATCH_REMOVE_ATTRIBUTE)
            continue;
        if (seen == b->n_attributes ||
            !ifxXmlVerifyAttribute(verify->result, &has[seen++],
                                   bytes + had[i].name, had[i].name_length,
                                   change ? change->value : had[i].decoded,
                                   change ? strlen(change->value) : had[i].decoded_length,
                                   had[i].ns))
            return false;
    }
    for (i = changes->first; i < changes->past; i++) {
        const ifxInstruction *change = verify->patch->instructions->pdata[i];

        if (change->kind != IFX_PATCH_ADD_ATTRIBUTE)
            continue;
        if (seen == b->n_attributes ||
            !ifxXmlVerifyAttribute(verify->result, &has[seen++], change->name,
                                   strlen(change->name), change->value, strlen(change->value),
                                   NULL))
            return false;
    }
    return seen == b->n_attributes;
}

/* The element kept its name, text, and but for @changes its attributes. */
static bool
ifxXmlVerifyKept(ifxXmlVerify *verify,
                 guint element,
                 const ifxRange *changes)
{
    const ifxXmlElement *a = ifxXmlTextGetElement(verify->original, element);
    const ifxXmlElement *b;
    gsize a_length;
    gsize b_length;
    const char *a_name;
    const char *b_name;

    if (verify->next == ifxXmlTextGetCount(verify->result))
        return false;
    b = ifxXmlTextGetElement(verify->result, verify->next++);
    a_name = ifxXmlTextGetName(verify->original, a, &a_length);
    b_name = ifxXmlTextGetName(verify->result, b, &b_length);
    return ifxXmlVerifySame(a_name, a_length, b_name, b_length) &&
        a->depth == b->depth && a->digest == b->digest && g_strcmp0(a->ns, b->ns) == 0 &&
        ifxXmlVerifyKeptAttributes(verify, a, b, changes);
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
                      const ifxInstruction *instruction)
{
    const bool beside = instruction->kind == IFX_PATCH_BEFORE ||
        instruction->kind == IFX_PATCH_AFTER;
    const guint depth = ifxXmlTextGetElement(verify->original, instruction->target)->depth;
    const xmlNode *child;

    for (child = instruction->node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE &&
            !ifxXmlVerifyNode(verify, child, beside ? depth : depth + 1))
            return false;
    }
    return true;
}

/* The element of the original before which the insertion stands in document order; the
 * original's count for its end. */
static guint
ifxXmlVerifyNextOf(const ifxXmlText *original,
                   const ifxInstruction *instruction)
{
    if (instruction->kind == IFX_PATCH_BEFORE)
        return instruction->target;
    if (instruction->kind == IFX_PATCH_PREPEND)
        return instruction->target + 1;
    return ifxXmlTextGetElement(original, instruction->target)->past;
}

/* The insertions that stand right before @element. */
static bool
ifxXmlVerifyInsertionsBefore(ifxXmlVerify *verify,
                             guint element)
{
    while (verify->inserted < verify->insertions->len) {
        const ifxInstruction *next = verify->insertions->pdata[verify->inserted];

        if (ifxXmlVerifyNextOf(verify->original, next) != element)
            break;
        if (!ifxXmlVerifyInsertion(verify, next))
            return false;
        verify->inserted++;
    }
    return true;
}

/* The instructions for @element, which stand at the end of those not met yet. */
static ifxRange
ifxXmlVerifyTake(ifxXmlVerify *verify,
                 guint element)
{
    ifxRange range = { .first = verify->left, .past = verify->left };

    while (range.first > 0) {
        const ifxInstruction *change = verify->patch->instructions->pdata[range.first - 1];

        if (change->target != element)
            break;
        range.first--;
    }
    verify->left = range.first;
    return range;
}

static bool
ifxXmlVerifyIsRemoved(const ifxXmlVerify *verify,
                      const ifxRange *changes)
{
    const ifxInstruction *last = changes->first == changes->past ? NULL :
        verify->patch->instructions->pdata[changes->past - 1];

    return last && last->kind == IFX_PATCH_REMOVE;
}

static bool
ifxXmlVerifyAll(ifxXmlVerify *verify)
{
    const guint count = ifxXmlTextGetCount(verify->original);
    guint i = 0;

    while (i < count) {
        ifxRange changes;

        if (!ifxXmlVerifyInsertionsBefore(verify, i))
            return false;
        changes = ifxXmlVerifyTake(verify, i);
        if (ifxXmlVerifyIsRemoved(verify, &changes)) {
            i = ifxXmlTextGetElement(verify->original, i)->past;
            continue;
        }
        if (!ifxXmlVerifyKept(verify, i, &changes))
            return false;
        i++;
    }
    return ifxXmlVerifyInsertionsBefore(verify, count) &&
        verify->inserted == verify->insertions->len && verify->left == 0 &&
        verify->next == ifxXmlTextGetCount(verify->result);
}

bool
ifxXmlPatchVerify(const ifxXmlPatch *patch,
                  const ifxXmlText *result,
                  GError **error)
{
    g_autoptr(GPtrArray) insertions = ifxXmlPatchGetInsertions(patch);
    ifxXmlVerify verify = {
        .original = patch->text,
        .result = result,
        .patch = patch,
        .insertions = insertions,
        .left = patch->instructions->len,
    };

    if (ifxXmlVerifyAll(&verify))
        return true;
    g_set_error(error, IFX_ERROR, IFX_ERROR_MISMATCH,
                "the result is not the original with the patch applied: "
                "element %u differs; nothing was written", verify.next);
    return false;
}
