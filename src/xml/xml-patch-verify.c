/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml-patch-internal.h"

/* An element that the result must have: an inserted one, or one of the original. */
typedef struct {
    guint depth;            /* 0 for the root */
    const xmlNode *node;    /* the inserted element; NULL for one of the original */
    guint element;          /* in the original, if @node is NULL */
    guint first_change;     /* the patch's instructions for @element: */
    guint past_change;      /* first_change ... past_change - 1 */
} ifxXmlExpected;

/* A walk over these elements in document order. */
typedef struct {
    const ifxXmlPatch *patch;   /* lent */
    guint next;                 /* the next element of the original */
    guint left;                 /* instructions that are not reached yet */
    GPtrArray *insertions;      /* instructions that insert, in the order of the result */
    guint inserted;             /* how many of these are done */
    const xmlNode *node;        /* the last element, during an insertion; otherwise NULL */
    guint depth;                /* of @node */
} ifxXmlExpect;

static void
ifxXmlExpectInit(ifxXmlExpect *expect,
                 const ifxXmlPatch *patch)
{
    *expect = (ifxXmlExpect) {
        .patch = patch,
        .left = patch->instructions->len,
        .insertions = ifxXmlPatchEditsListInsertions(patch),
    };
}

static void
ifxXmlExpectClear(ifxXmlExpect *expect)
{
    g_clear_pointer(&expect->insertions, g_ptr_array_unref);
}

/* Moves to the next element of the insertion; at its end @node is NULL. */
static void
ifxXmlExpectNextInserted(ifxXmlExpect *expect)
{
    const ifxInstruction *instruction = expect->insertions->pdata[expect->inserted];
    const xmlNode *node = expect->node;
    const xmlNode *next = ifxXmlPatchNodeFirstElement(node->children);

    if (next)
        expect->depth++;
    while (!next) {
        next = ifxXmlPatchNodeFirstElement(node->next);
        node = node->parent;
        if (next || node == instruction->node)
            break;
        expect->depth--;
    }
    expect->node = next;
    if (!next)
        expect->inserted++;
}

/* The element of the original that follows the insertion in document order; the number of
 * elements at the end of the original. */
static guint
ifxXmlExpectPlaceOf(const ifxXmlText *original,
                    const ifxInstruction *instruction)
{
    if (instruction->kind == IFX_PATCH_BEFORE)
        return instruction->target;
    if (instruction->kind == IFX_PATCH_PREPEND)
        return instruction->target + 1;
    return ifxXmlTextGetElement(original, instruction->target)->past;
}

/* Enters the insertion before the next element; false if there is none. */
static bool
ifxXmlExpectEnterInsertion(ifxXmlExpect *expect)
{
    const ifxXmlText *original = expect->patch->text;
    const ifxInstruction *instruction;

    if (expect->inserted == expect->insertions->len)
        return false;
    instruction = expect->insertions->pdata[expect->inserted];
    if (ifxXmlExpectPlaceOf(original, instruction) != expect->next)
        return false;

    expect->node = ifxXmlPatchNodeFirstElement(instruction->node->children);
    expect->depth = ifxXmlTextGetElement(original, instruction->target)->depth;
    if (instruction->kind == IFX_PATCH_APPEND || instruction->kind == IFX_PATCH_PREPEND)
        expect->depth++;
    return true;
}

/* The instructions for @element are the last of those that are not reached yet. */
static void
ifxXmlExpectFindChanges(ifxXmlExpect *expect,
                        ifxXmlExpected *expected)
{
    expected->past_change = expect->left;
    while (expect->left > 0) {
        const ifxInstruction *change = expect->patch->instructions->pdata[expect->left - 1];

        if (change->target != expected->element)
            break;
        expect->left--;
    }
    expected->first_change = expect->left;
}

static bool
ifxXmlExpectIsRemoved(const ifxXmlExpect *expect,
                      const ifxXmlExpected *expected)
{
    const ifxInstruction *last = expected->first_change == expected->past_change ? NULL :
        expect->patch->instructions->pdata[expected->past_change - 1];

    return last && last->kind == IFX_PATCH_REMOVE;
}

static bool
ifxXmlExpectNext(ifxXmlExpect *expect,
                 ifxXmlExpected *expected)
{
    const ifxXmlText *original = expect->patch->text;

    if (expect->node)
        ifxXmlExpectNextInserted(expect);
    while (!expect->node && !ifxXmlExpectEnterInsertion(expect)) {
        const ifxXmlElement *element;

        if (expect->next == ifxXmlTextGetCount(original))
            return false;
        element = ifxXmlTextGetElement(original, expect->next);
        *expected = (ifxXmlExpected) { .depth = element->depth, .element = expect->next };
        ifxXmlExpectFindChanges(expect, expected);
        if (!ifxXmlExpectIsRemoved(expect, expected)) {
            expect->next++;
            return true;
        }
        expect->next = element->past;
    }

    *expected = (ifxXmlExpected) { .depth = expect->depth, .node = expect->node };
    return true;
}

static bool
ifxXmlExpectIsDone(const ifxXmlExpect *expect)
{
    return expect->inserted == expect->insertions->len && expect->left == 0 &&
        expect->next == ifxXmlTextGetCount(expect->patch->text);
}

typedef struct {
    const ifxXmlPatch *patch;
    ifxXmlExpect expect;
    GArray *digests;        /* guint64: the digest that the text of each element so far must have */
} ifxXmlVerify;

static bool
ifxXmlVerifyFail(guint element,
                 GError **error)
{
    return ifxErrorSet(error, IFX_ERROR_MISMATCH,
                       "the result is not the original with the patch applied: "
                       "element %u differs; nothing was written", element + 1);
}

/* The instruction for this attribute; NULL if there is none. */
static const ifxInstruction *
ifxXmlVerifyFindChange(const ifxXmlVerify *verify,
                       const ifxXmlExpected *expected,
                       const ifxXmlAttribute *had)
{
    guint i;

    for (i = expected->first_change; i < expected->past_change; i++) {
        const ifxInstruction *change = verify->patch->instructions->pdata[i];

        if (change->name && !had->prefix && strcmp(change->name, had->local) == 0)
            return change;
    }
    return NULL;
}

static bool
ifxXmlVerifyDeclaration(const ifxXmlSaxStart *start,
                        guint i,
                        const ifxXmlAttribute *had)
{
    ifxXmlSaxNamespace read;

    if (i == start->n_namespaces)
        return false;
    read = ifxXmlSaxGetNamespace(start, i);
    return read.prefix == had->prefix && strlen(read.uri) == had->decoded_length &&
        memcmp(read.uri, had->decoded, had->decoded_length) == 0;
}

/* An attribute of the original, with the value of @change if there is one. */
static bool
ifxXmlVerifyOriginalAttribute(const ifxXmlSaxStart *start,
                              guint i,
                              const ifxXmlAttribute *had,
                              const ifxInstruction *change)
{
    ifxXmlSaxAttribute read;

    if (i == start->n_attributes)
        return false;
    read = ifxXmlSaxGetAttribute(start, i);
    return read.name == had->local && read.prefix == had->prefix && read.ns == had->ns &&
        ifxXmlSaxHasValue(&read, change ? change->value : had->decoded,
                          change ? strlen(change->value) : had->decoded_length);
}

/* An element of the original has its old attributes, as the patch leaves them, then the new ones.
 * libxml2 gives declarations in a list of their own, in their order. */
static bool
ifxXmlVerifyOriginalAttributes(const ifxXmlVerify *verify,
                               const ifxXmlExpected *expected,
                               const ifxXmlSaxStart *start)
{
    const ifxXmlText *text = verify->patch->text;
    const ifxXmlElement *element = ifxXmlTextGetElement(text, expected->element);
    const ifxXmlAttribute *had = ifxXmlTextGetAttributes(text, element);
    guint attributes = 0;
    guint namespaces = 0;
    guint i;

    for (i = 0; i < element->n_attributes; i++) {
        const ifxInstruction *change;

        if (!had[i].local) {
            if (!ifxXmlVerifyDeclaration(start, namespaces++, &had[i]))
                return false;
            continue;
        }
        change = ifxXmlVerifyFindChange(verify, expected, &had[i]);
        if (change && change->kind == IFX_PATCH_REMOVE_ATTRIBUTE)
            continue;
        if (!ifxXmlVerifyOriginalAttribute(start, attributes++, &had[i], change))
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
            !ifxXmlSaxHasValue(&read, change->value, strlen(change->value)))
            return false;
    }
    return attributes == start->n_attributes && namespaces == start->n_namespaces;
}

/* One parser read both documents, so equal names are one pointer. */
static bool
ifxXmlVerifyOriginal(const ifxXmlVerify *verify,
                     const ifxXmlExpected *expected,
                     const ifxXmlSaxStart *start)
{
    const ifxXmlElement *element =
        ifxXmlTextGetElement(verify->patch->text, expected->element);

    return start->name == element->local && start->prefix == element->prefix &&
        start->ns == element->ns && ifxXmlVerifyOriginalAttributes(verify, expected, start);
}

static guint64
ifxXmlVerifyDigest(const ifxXmlVerify *verify,
                   const ifxXmlExpected *expected)
{
    return expected->node ? ifxXmlPatchNodeDigest(expected->node) :
        ifxXmlTextGetElement(verify->patch->text, expected->element)->digest;
}

static bool
ifxXmlVerifyStart(void *opaque,
                  const ifxXmlSaxStart *start,
                  GError **error)
{
    ifxXmlVerify *verify = opaque;
    ifxXmlExpected expected;
    guint64 digest;

    if (!ifxXmlExpectNext(&verify->expect, &expected) || expected.depth != start->depth ||
        !(expected.node ? ifxXmlPatchNodeIsRead(expected.node, start) :
          ifxXmlVerifyOriginal(verify, &expected, start)))
        return ifxXmlVerifyFail(start->element, error);

    digest = ifxXmlVerifyDigest(verify, &expected);
    g_array_append_val(verify->digests, digest);
    return true;
}

static bool
ifxXmlVerifyEnd(void *opaque,
                guint element,
                guint64 digest,
                gsize offset G_GNUC_UNUSED,
                GError **error)
{
    const ifxXmlVerify *verify = opaque;

    return g_array_index(verify->digests, guint64, element) == digest ||
        ifxXmlVerifyFail(element, error);
}

bool
ifxXmlPatchVerify(const ifxXmlPatch *patch,
                  GBytes *result,
                  GError **error)
{
    static const ifxXmlSaxHandler handler = { ifxXmlVerifyStart, ifxXmlVerifyEnd };
    g_autoptr(GArray) digests = g_array_sized_new(FALSE, FALSE, sizeof(guint64),
                                                  ifxXmlTextGetCount(patch->text));
    ifxXmlVerify verify = { .patch = patch, .digests = digests };
    ifxXmlExpected missing;
    GError *problem = NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(result, &length);
    bool ok;

    ifxXmlExpectInit(&verify.expect, patch);
    ok = ifxXmlSaxParse(ifxXmlTextGetSax(patch->text), bytes, length, &handler, &verify, NULL,
                        &problem);
    if (ok && (ifxXmlExpectNext(&verify.expect, &missing) || !ifxXmlExpectIsDone(&verify.expect)))
        ok = ifxXmlVerifyFail(digests->len, &problem);
    ifxXmlExpectClear(&verify.expect);

    if (g_error_matches(problem, IFX_ERROR, IFX_ERROR_XML))
        g_prefix_error(&problem, "cannot read the result again: ");
    if (!ok)
        g_propagate_error(error, problem);
    return ok;
}
